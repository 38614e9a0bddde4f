"""Disconnecting the studio from Stripe, with what that stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent

from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import Paragraph
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.services.views.stripe_account import AccountView
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.stripe_account import StripeAccountPresenter
    from frontdesk.ui.task_runner import Late


def open_stripe_disconnect(context: UiContext) -> StripeDisconnectDialog:
    """Opens the dialog."""
    dialog = StripeDisconnectDialog(context)
    dialog.open()
    return dialog


class StripeDisconnectDialog(SheetDialog):
    """Says what stops, what is kept, and that the key goes."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "", name="stripeDisconnectDialog", width=460)
        self._presenter: Late[StripeAccountPresenter] = context.late(
            "frontdesk.ui.presenters.stripe_account", "StripeAccountPresenter"
        )
        title = self.tr("Disconnect Stripe")
        self.setWindowTitle(title)
        self.title_label.setText(title)
        self.body.addWidget(
            Paragraph(
                self.tr(
                    "Nothing is sold by Stripe and nothing comes in from it until the same account is "
                    "connected again. The books keep everything. The key is taken out of this computer's "
                    "keyring; to end it for good, delete it at Stripe."
                ),
                "body",
            )
        )
        self.set_primary(self.tr("Disconnect Stripe"), self._take, name="stripeDisconnectButton", danger=True)
        self.start(self._look())

    def showEvent(self, event: QShowEvent) -> None:
        """An Enter too many disconnects nothing."""
        super().showEvent(event)
        self.cancel_button.setFocus()

    async def _look(self) -> None:
        self._show(await (await self._presenter.get()).view())

    def _show(self, view: AccountView) -> None:
        if not view.waiting:
            return
        count = self.context.formats.number(view.waiting)
        told = (
            self.tr("One thing still waits for Stripe. It is kept, and goes on once you connect again.")
            if view.waiting == 1
            else self.tr("{n} things still wait for Stripe. They are kept, and go on once you connect again.")
        )
        self.set_consequence(told.format(n=count), Tone.WARNING)

    def _take(self) -> None:
        self.commit(self._disconnect(), then=self._done)

    async def _disconnect(self) -> None:
        await (await self._presenter.get()).disconnect()

    def _done(self, _answer: object) -> None:
        self.context.toast(self.tr("Stripe is disconnected"))
