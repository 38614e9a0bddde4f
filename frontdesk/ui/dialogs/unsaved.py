"""Before the window closes: what was typed and is not saved yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent

from frontdesk.ui.widgets.basics import Paragraph
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


def open_unsaved(context: UiContext, things: tuple[str, ...]) -> UnsavedDialog:
    """Opens the dialog about these things, a line each."""
    dialog = UnsavedDialog(context, things)
    dialog.open()
    return dialog


class UnsavedDialog(SheetDialog):
    """Enter and Esc keep the program open; only its own button loses what was typed."""

    def __init__(self, context: UiContext, things: tuple[str, ...]) -> None:
        super().__init__(context, self.tr("Quit without saving?"), name="unsavedDialog", width=460)
        told = "\n".join((self.tr("This was typed and is not saved yet:"), *things))
        self.things = Paragraph(told, "body", name="unsavedThings")
        self.body.addWidget(self.things)
        self.set_primary(self.tr("Quit without saving"), self._quit, name="unsavedQuitButton", danger=True)
        self.cancel_button.setText(self.tr("Keep it open"))

    def showEvent(self, event: QShowEvent) -> None:
        """An Enter too many loses nothing."""
        super().showEvent(event)
        self.cancel_button.setFocus()

    def _quit(self) -> None:
        self.accept()
        assert self.context.window is not None
        self.context.window.close()
