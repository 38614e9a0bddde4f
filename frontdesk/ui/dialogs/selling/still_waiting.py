"""Under the client of a sale: what they are asked to pay already, so that nobody asks them twice (S4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from frontdesk.services.views.checkouts import CheckoutRow
from frontdesk.ui import checkout_words
from frontdesk.ui.tokens import SPACE_2, Tone
from frontdesk.ui.widgets.basics import LinkButton, Text

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class StillWaiting(QWidget):
    """One quiet line; of several payments the newest is shown."""

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._context = context
        self._row: CheckoutRow | None = None
        self.told = Text("", "help", wrap=True, name=f"{name}Text")
        self.told.set_tone(Tone.WARNING)
        self.show_button = LinkButton(self.tr("Show"), self._show, name=f"{name}Show")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_2)
        line.addWidget(self.told, 1)
        line.addWidget(self.show_button)
        self.hide()

    def set_rows(self, rows: tuple[CheckoutRow, ...]) -> None:
        """Shows what waits; hides itself where nothing does."""
        self._row = rows[-1] if rows else None
        if self._row is not None:
            self.told.setText(checkout_words.still_waits(self._context.formats, self._row))
            self.show_button.setAccessibleName(self.tr("Show the payment that waits"))
        self.setVisible(self._row is not None)

    def _show(self) -> None:
        if self._row is not None:
            self._context.ask("checkout", self._row.id)
