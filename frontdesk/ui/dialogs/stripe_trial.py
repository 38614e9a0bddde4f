"""Trying Stripe in a copy of the studio: makes the copy, or takes the one there is, and opens it (Y7)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile
from PySide6.QtGui import QShowEvent

from frontdesk.errors import Refused
from frontdesk.paths import Places
from frontdesk.ui.another_program import open_on
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import Paragraph
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from datetime import datetime

    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.stripe_account import StripeAccountPresenter
    from frontdesk.ui.task_runner import Late


def open_stripe_trial(context: UiContext) -> StripeTrialDialog:
    """Opens the dialog."""
    dialog = StripeTrialDialog(context)
    dialog.open()
    return dialog


class StripeTrialDialog(SheetDialog):
    """Says what the copy is for and what it cannot do; where there is one already, asks which."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "", name="stripeTrialDialog", width=480)
        self._presenter: Late[StripeAccountPresenter] = context.late(
            "frontdesk.ui.presenters.stripe_account", "StripeAccountPresenter"
        )
        title = self.tr("Try Stripe in a copy of this studio")
        self.setWindowTitle(title)
        self.title_label.setText(title)
        self.body.addWidget(
            Paragraph(
                self.tr(
                    "The copy opens in a window of its own, marked TEST MODE. Put a test key of Stripe in "
                    "there, and sell, refund and sync as you like: no money moves, and nothing comes back "
                    "into this studio."
                ),
                "body",
            )
        )
        self._which = Segments(
            [(self.tr("Go on in the copy"), False), (self.tr("Make a new copy"), True)],
            False,
            name="stripeTrialWhich",
        )
        self._which.hide()
        self.body.addWidget(self._which)
        self._which.chosen.connect(lambda _new: self._show_choice())
        self._made_at: datetime | None = None
        self.set_primary(self.tr("Make the copy and open it"), self._take, name="stripeTrialOpenButton")
        self.start(self._look())

    def showEvent(self, event: QShowEvent) -> None:
        """There is no field: Enter does what the dialog is for."""
        super().showEvent(event)
        self.primary.setFocus()

    async def _look(self) -> None:
        self._made_at = await (await self._presenter.get()).trial_made_at()
        self._which.setVisible(self._made_at is not None)
        self._show_choice()

    def _makes_new(self) -> bool:
        return self._made_at is None or bool(self._which.value())

    def _show_choice(self) -> None:
        if not self._makes_new():
            assert self._made_at is not None
            when = self.context.formats.instant(self._made_at)
            self.set_consequence(self.tr("Opens the copy that was used last on {when}.").format(when=when))
            self.primary.setText(self.tr("Open the copy"))
            return
        self.primary.setText(self.tr("Make the copy and open it"))
        if self._made_at is not None:
            told = self.tr("All that was done in the copy is thrown away, and a new one made of this studio.")
            self.set_consequence(told, Tone.WARNING)

    def _take(self) -> None:
        self.commit(self._open())

    async def _open(self) -> None:
        presenter = await self._presenter.get()
        folder = presenter.trial_folder
        if self._makes_new():
            _refuse_open(Places(folder))
            await presenter.make_trial()
        start = self.context.services.get("open_program", open_on)
        if not start(folder):
            raise Refused("trial.cannot_open", path=str(folder))


def _refuse_open(places: Places) -> None:
    """A copy that is open must not lose its books.

    Raises:
        Refused: trial.is_open.
    """
    if not Path(places.home).exists():
        return
    lock = QLockFile(str(places.lock))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        raise Refused("trial.is_open")
    lock.unlock()
