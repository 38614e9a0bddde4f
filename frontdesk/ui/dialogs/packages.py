"""Dialogs of the Packages screen: what a save of sold terms means, and deleting for good."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtGui import QShowEvent

from frontdesk.ui.context import UiContext
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from frontdesk.ui.widgets.surfaces import KeyValues

Work = Callable[[], Coroutine[Any, Any, Any]]


class _Confirmation(SheetDialog):
    """A dialog without fields: the keyboard begins at its button."""

    def showEvent(self, event: QShowEvent) -> None:
        """Enter confirms, Esc goes back."""
        super().showEvent(event)
        self.primary.setFocus()


class SavePackageDialog(_Confirmation):
    """Says that a save counts for future sales and leaves what was sold as it is (P4)."""

    def __init__(
        self,
        context: UiContext,
        name: str,
        changes: list[tuple[str, str, str]],
        sold: int,
        save: Work,
        *,
        closes_link: bool = False,
    ) -> None:
        """`changes` are (term, before, after); `sold` counts the packs that keep their terms,
        each with its bonus.

        `closes_link` says that the payment link of before is closed by it (Y1).
        """
        super().__init__(
            context,
            self.tr("Save changes to {name}").format(name=name),
            name="savePackageDialog",
            width=520,
            subtitle=self.tr("This makes a new version of the package."),
        )
        changed = KeyValues(name="savePackageChanges")
        words = self.tr("{before} → {after}")
        changed.set((term, words.format(before=before, after=after)) for term, before, after in changes)
        self.body.addWidget(changed)
        told = self._consequence(sold)
        if closes_link:
            told = self.tr("{told} Printed QR codes of the old link stop working.").format(told=told)
        self.set_consequence(told, Tone.WARNING if closes_link else Tone.NEUTRAL)
        self.set_primary(
            self.tr("Save changes"), lambda: self.commit(save()), name="savePackageConfirmButton"
        )

    def _consequence(self, sold: int) -> str:
        match sold:
            case 0:
                return self.tr("Changes apply to future sales; nothing was sold of it yet.")
            case 1:
                return self.tr("Changes apply to future sales; 1 sold pack keeps what it was sold with.")
        number = self.context.formats.number(sold)
        return self.tr("Changes apply to future sales; {n} sold packs keep what they were sold with.").format(
            n=number
        )


class DeletePackageDialog(_Confirmation):
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
