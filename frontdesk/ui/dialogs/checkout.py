"""A sale that waits for Stripe: shown until it is paid, and again whenever somebody asks for it (S4)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from frontdesk.services.changes import Change, Topic
from frontdesk.services.drafts.checkouts import READER
from frontdesk.services.views.checkouts import OVER, CheckoutView, ReaderRow
from frontdesk.services.views.sales import SaleResult
from frontdesk.ui.dialogs.selling.payment_row import READER_PREFERENCE
from frontdesk.ui.dialogs.selling.sold import SoldPage
from frontdesk.ui.dialogs.selling.waiting import WaitingPage
from frontdesk.ui.receipt_acts import ReceiptActs
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import SecondaryButton
from frontdesk.ui.widgets.seen import Seen
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.checkouts import CheckoutsPresenter
    from frontdesk.ui.sync_board import SyncBoard
    from frontdesk.ui.task_runner import Late


def open_checkout(context: UiContext, checkout_id: int) -> CheckoutDialog:
    """Opens the dialog of a checkout, open or over."""
    dialog = CheckoutDialog(context, checkout_id)
    dialog.open()
    return dialog


class CheckoutDialog(SheetDialog):
    """Follows one checkout: what the client does on their phone or at the reader shows here by itself."""

    def __init__(self, context: UiContext, checkout_id: int) -> None:
        super().__init__(
            context,
            self.tr("Waiting for the payment"),
            name="checkoutDialog",
            width=680,
            about=checkout_id,
        )
        self.checkout_id = checkout_id
        self.view: CheckoutView | None = None
        self.result_of_sale: SaleResult | None = None
        self._readers: tuple[ReaderRow, ...] = ()
        self._presenter: Late[CheckoutsPresenter] = context.late(
            "frontdesk.ui.presenters.checkouts", "CheckoutsPresenter"
        )
        self.page = WaitingPage(context)
        self.body.addWidget(self.page)
        self.page.hide()
        self.receipt = ReceiptActs(context, self, name="checkout")
        self.test_card_button = SecondaryButton(
            self.tr("Hold a test card to it"), self._present, name="checkoutTestCardButton", tall=True
        )
        self.take_back_button = SecondaryButton(
            self.tr("Cancel the payment"), self._take_back, name="checkoutTakeBackButton", tall=True
        )
        for button in (*self.receipt.buttons, self.test_card_button, self.take_back_button):
            button.hide()
            self.footer.insertWidget(self.footer.indexOf(self.cancel_button), button)
        self.cancel_button.setText(self.tr("Back to the queue"))
        self._seen = Seen(self.set_primary("", self._go, name="checkoutPrimaryButton"))
        self.primary.hide()
        QShortcut(QKeySequence("Ctrl+P"), self).activated.connect(self._print)
        context.notifier.watch(self, (Topic.CHECKOUTS, Topic.SYNC), self._changed)
        self._board: SyncBoard | None = context.ask("sync") if "sync" in context.services else None
        if self._board is not None:
            self._board.changed.connect(self._network_changed)

    def is_armed(self) -> bool:
        """Whether Enter would press the button."""
        return not self.primary.isHidden() and self._seen.is_long_enough()

    # SheetDialog

    def open(self) -> None:
        """Shows the dialog and reads how it stands."""
        super().open()
        # Enter does nothing while there is nothing to do but wait.
        self.setFocus()
        self._read()

    def reject(self) -> None:
        """Esc leaves it waiting, and says where it is."""
        view, context, checkout_id = self.view, self.context, self.checkout_id
        waits = not self.is_busy() and view is not None and view.row.standing not in (*OVER, "paid")
        super().reject()
        if waits and view is not None:
            context.toast(
                self.tr("The payment of {name} still waits. It stands in Payments, Pending.").format(
                    name=view.row.client
                ),
                self.tr("Show"),
                partial(context.ask, "checkout", checkout_id),
            )

    # Pieces: reading

    def _changed(self, changes: tuple[Change, ...]) -> None:
        mine = any(one.touches(Topic.CHECKOUTS, self.checkout_id) for one in changes)
        if self.result_of_sale is None and (mine or any(one.topic is Topic.SYNC for one in changes)):
            self._read()

    def _network_changed(self) -> None:
        if self.result_of_sale is None and self.view is not None:
            self._read()

    def _read(self) -> None:
        self.start(self._load(), latest="checkout.load")

    async def _load(self) -> None:
        presenter = await self._presenter.get()
        view = await presenter.view(self.checkout_id)
        if view.row.tender == READER:
            self._readers = (await presenter.tenders(None)).readers
        if self._board is not None and self._board.status.online is False:
            view = replace(view, row=view.row.seen_offline())
        if self.result_of_sale is None:
            self._show(view)

    def _show(self, view: CheckoutView) -> None:
        self.view = view
        if view.result is not None:
            self._show_sold(view, view.result)
            return
        standing = view.row.standing
        self.page.show_view(view, self._readers)
        self.page.show()
        self.set_title(self._title(view))
        self.take_back_button.setVisible(view.row.can_cancel)
        self.test_card_button.setVisible(standing == "on_reader" and self._is_simulated(view))
        self.cancel_button.setText(self.tr("Close") if standing in OVER else self.tr("Back to the queue"))
        words = self.tr("Send it again") if standing == "stopped" else self.tr("Sell again…")
        self.primary.setText(words)
        self._offer(standing in (*OVER, "stopped"))

    def _offer(self, offered: bool) -> None:
        """Shows or takes away the button that Enter presses; an Enter of before does not press it."""
        if offered and self.primary.isHidden():
            self._seen.forget()
            self.primary.show()
            self.primary.setFocus()
        elif not offered:
            if self.primary.hasFocus():
                self.setFocus()
            self.primary.hide()

    def _title(self, view: CheckoutView) -> str:
        if view.row.standing in OVER:
            return self.tr("Not paid")
        return self.tr("Pay at the reader") if view.row.tender == READER else self.tr("Pay by QR code")

    def _is_simulated(self, view: CheckoutView) -> bool:
        return any(one.id == view.reader_id and one.simulated for one in self._readers)

    def _show_sold(self, view: CheckoutView, result: SaleResult) -> None:
        self.result_of_sale = result
        self.set_title(self.tr("Sold"))
        self.banner.clear()
        self.page.hide()
        self.body.addWidget(SoldPage(self.context.formats, view.row.client, view.quote, result))
        self.body.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.receipt.set_receipt("sale", result.sale_id, result.receipt)
        for over in (self.cancel_button, self.take_back_button, self.test_card_button):
            over.hide()
        for shown in self.receipt.buttons:
            shown.show()
        self.primary.setText(self.tr("Done"))
        self._offer(True)

    # Pieces: doing

    def _go(self) -> None:
        """What the primary button says, if it is there."""
        if self.primary.isHidden() or not self._seen.press():
            return
        if self.result_of_sale is not None:
            self.accept()
        elif self.view is not None and self.view.row.standing == "stopped":
            reader_id = str(self.page.readers.value() or self.view.reader_id)
            self.context.preferences.set_text(READER_PREFERENCE, reader_id)
            self.commit(self._send_again(reader_id), keep_open=True)
        elif self.view is not None and self.view.row.standing in OVER:
            context, row, quote = self.context, self.view.row, self.view.quote
            self.finished.connect(
                lambda: context.ask("sell", row.client_id, quote.lines[0].package_id if quote.lines else None)
            )
            self.accept()

    async def _send_again(self, reader_id: str) -> None:
        await (await self._presenter.get()).send_again(self.checkout_id, reader_id)

    def _take_back(self) -> None:
        self.commit(self._cancel(), keep_open=True)

    async def _cancel(self) -> None:
        await (await self._presenter.get()).cancel(self.checkout_id)

    def _present(self) -> None:
        if self.view is not None:
            self.commit(self._hold_card(self.view.reader_id), keep_open=True)

    async def _hold_card(self, reader_id: str) -> None:
        await (await self._presenter.get()).present_card(reader_id)
        self.banner.tell(self.tr("A test card was held to the reader."), Tone.INFO)

    def _print(self) -> None:
        if self.result_of_sale is not None:
            self.receipt.print_now()
