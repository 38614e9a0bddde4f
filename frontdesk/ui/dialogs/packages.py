"""Dialogs of the Packages screen: what a save of sold terms means, and deleting for good."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from frontdesk.ui.context import UiContext
from frontdesk.ui.tokens import SPACE_2, SPACE_4, Tone
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

Work = Callable[[], Coroutine[Any, Any, Any]]


class SavePackageDialog(SheetDialog):
    """Says that a save counts for future sales and leaves sold lots as they are (P4)."""

    def __init__(
        self,
        context: UiContext,
        name: str,
        changes: list[tuple[str, str, str]],
        sold: int,
        save: Work,
    ) -> None:
        """`changes` are (term, before, after); `sold` counts the lots that keep their terms."""
        super().__init__(
            context,
            self.tr("Save changes to {name}").format(name=name),
            name="savePackageDialog",
            width=520,
            subtitle=self.tr("This makes a new version of the package."),
        )
        self.body.addWidget(_changes(changes))
        self.set_consequence(self._consequence(sold))
        self.set_primary(
            self.tr("Save changes"), lambda: self.commit(save()), name="savePackageConfirmButton"
        )

    def _consequence(self, sold: int) -> str:
        match sold:
            case 0:
                return self.tr("Changes apply to future sales; nothing was sold of it yet.")
            case 1:
                return self.tr("Changes apply to future sales; 1 sold lot stays as it is.")
        number = self.context.formats.number(sold)
        return self.tr("Changes apply to future sales; {n} sold lots stay as they are.").format(n=number)


class DeletePackageDialog(SheetDialog):
    """Deletes a package that was never sold (P2)."""

    def __init__(self, context: UiContext, name: str, delete: Work) -> None:
        super().__init__(
            context,
            self.tr("Delete {name}?").format(name=name),
            name="deletePackageDialog",
            subtitle=self.tr("It was never sold, so nothing in the books names it."),
        )
        self.set_consequence(
            self.tr("The package and all its versions go, and cannot come back."), Tone.DANGER
        )
        self.set_primary(
            self.tr("Delete package"),
            lambda: self.commit(delete()),
            name="deletePackageConfirmButton",
            danger=True,
        )


def _changes(changes: list[tuple[str, str, str]]) -> QWidget:
    """Each changed term in a line: before → after."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE_4)
    grid.setVerticalSpacing(SPACE_2)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    top = Qt.AlignmentFlag.AlignTop
    for at, (term, before, after) in enumerate(changes):
        grid.addWidget(Text(term, "muted"), at, 0, top)
        grid.addWidget(Text(before, wrap=True), at, 1, top)
        grid.addWidget(Text("→", "muted"), at, 2, top)
        grid.addWidget(Text(after, "strong", wrap=True), at, 3, top)
    return table
