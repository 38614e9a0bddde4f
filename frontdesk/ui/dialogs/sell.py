"""Sell: client, packages, discount, payment in one narrow column; what is due always in sight (S1, S2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from frontdesk.errors import Refused
from frontdesk.services.changes import Change, Topic
from frontdesk.services.drafts.checkouts import QR_CODE, READER, CheckoutDraft
from frontdesk.services.drafts.sales import DISCOUNT_REASONS, SaleDraft
from frontdesk.services.views.checkouts import OpenedCheckout, StripeTenders
from frontdesk.services.views.clients import ClientRow
from frontdesk.services.views.sales import SaleQuote, SaleResult
from frontdesk.ui import sale_words
from frontdesk.ui.dialogs.selling.due_bar import DueBar
from frontdesk.ui.dialogs.selling.form import SaleForm
from frontdesk.ui.dialogs.selling.payment_row import READER_PREFERENCE
from frontdesk.ui.dialogs.selling.sold import SoldPage, promise
from frontdesk.ui.receipt_acts import ReceiptActs
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.seen import Seen
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.checkouts import CheckoutsPresenter
    from frontdesk.ui.presenters.sell import SellPresenter
    from frontdesk.ui.sync_board import SyncBoard
    from frontdesk.ui.task_runner import Late

#: How drafts of this dialog begin; the ids that it was opened with follow.
_KEPT = "sellDialog:"
#: How soon after midnight the last days that are shown count from the new day.
_LOOK_AT_CLOCK_MS = 1_000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def open_sell(context: UiContext, client_id: int | None = None, package_id: int | None = None) -> SellDialog:
    """Opens the dialog, with the client and the package if they are known."""
    dialog = SellDialog(context, client_id, package_id)
    dialog.open()
    return dialog


def open_kept_sale(context: UiContext) -> SellDialog | None:
    """Opens the sale that was left last with Esc; says so if there is none."""
    kept = [key for key in context.drafts if key.startswith(_KEPT)]
    if not kept:
        context.toast(QCoreApplication.translate("SellDialog", "No sale was left unfinished"))
        return None
    ids = [int(one) if one else None for one in kept[-1].removeprefix(_KEPT).split("/")]
    return open_sell(context, ids[0], ids[1])


class SellDialog(SheetDialog):
    """One sale. Enter goes on from step to step; the last one takes the money, once."""

    def __init__(self, context: UiContext, client_id: int | None, package_id: int | None) -> None:
        super().__init__(
            context,
            self.tr("Sell"),
            name="sellDialog",
            width=600,
            about=f"{client_id or ''}/{package_id or ''}",
        )
        #: One command for the sale that is shown, however often the button is pressed.
        self.command_id = uuid4()
        self.result_of_sale: SaleResult | None = None
        self._client_id, self._package_id = client_id, package_id
        self._opened_with = (client_id, package_id)
        #: Whose sale was left, until somebody else is chosen.
        self._kept_for: ClientRow | None = None
        #: For whom it was looked whether one package alone is on sale.
        self._offered_to: int | None = None
        self._quote: SaleQuote | None = None
        self._quoted: SaleDraft | None = None
        self._presenter: Late[SellPresenter] = context.late("frontdesk.ui.presenters.sell", "SellPresenter")
        self.form = SaleForm(context)
        self.add_form(self.form)
        self._build_due()
        self.receipt = ReceiptActs(context, self, name="sell")
        for button in self.receipt.buttons:
            button.hide()
            self.footer.addWidget(button)
        self.set_primary(self.tr("Take payment"), self._go, name="sellTakeButton")
        self.primary.installEventFilter(self)
        self._seen = Seen(self.primary)
        self._add_shortcuts()
        self.form.edited.connect(self._edited)
        self.form.picker.chosen.connect(self._client_chosen)
        self.form.basket.added.connect(self._package_added)
        context.notifier.watch(self, (Topic.PACKAGES,), self._packages_changed)
        self._checkouts: Late[CheckoutsPresenter] = context.late(
            "frontdesk.ui.presenters.checkouts", "CheckoutsPresenter"
        )
        self._stripe = StripeTenders(False, False, ())
        self._board: SyncBoard | None = context.ask("sync") if "sync" in context.services else None
        if self._board is not None:
            self._board.changed.connect(self._offer_stripe)
        context.notifier.watch(self, (Topic.CHECKOUTS, Topic.SYNC), self._stripe_changed)
        #: The day in the studio's zone from which the last days that are shown count.
        self._day = context.formats.today()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._follow_day)
        self._clock.start(_LOOK_AT_CLOCK_MS)

    # SheetDialog

    def open(self) -> None:
        """Shows the dialog and reads what is on sale."""
        super().open()
        if self._client_id is None and self.form.is_touched:
            # A sale that was left: the next letters may be the next client's name, who must not get it.
            self.form.picker.setFocus(Qt.FocusReason.TabFocusReason)
            self._kept_for = self.form.picker.client()
        if self._client_id is not None and self.form.picker.client() is None:
            self.form.picker.set_client_id(self._client_id)
        self._read_offers()
        self._read_tenders()
        self._edited()

    def reject(self) -> None:
        """Esc keeps the sale that was begun, and says where it is."""
        kept = not self.is_busy() and self.form.is_touched and self.result_of_sale is None
        client, context, asked = self.form.picker.client(), self.context, self._opened_with
        super().reject()
        if kept:
            words = self.tr("The sale to {name} is kept") if client else self.tr("The sale is kept")
            context.toast(
                words.format(name=client.name if client else ""),
                self.tr("Continue"),
                lambda: open_sell(context, *asked),
            )

    def is_armed(self) -> bool:
        """Whether Enter would go on: what is shown is what would be sold, and was seen."""
        if not self._seen.is_long_enough():
            return False
        if self.result_of_sale is not None:
            return True
        return self._day == self.context.formats.today() and self._quoted == _basket(self.form.draft())

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter at the client, the packages or the discount goes on to the money and does not take it."""
        if event.key() not in _ENTER or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif event.isAutoRepeat():
            # The key has been down since before this was shown.
            return
        elif self._is_in(self.form.picker, self.form.basket):
            self._go_on()
        elif self._is_in(self.form.discount):
            # How it is paid may not even be in sight.
            if self.form.discount.is_said():
                self._go_on()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A key that is held down presses the button as little as it does anything else."""
        held = isinstance(event, QKeyEvent) and event.isAutoRepeat() and event.key() in _ENTER
        if held and event.type() == QEvent.Type.KeyPress and watched is self.primary:
            return True
        return super().eventFilter(watched, event)

    def _is_in(self, *parts: QWidget) -> bool:
        """Whether a sale that could be made has the focus in one of these parts of it."""
        focused, form = self.focusWidget(), self.form
        if isinstance(focused, QPushButton) or form.picker.client() is None or not form.basket.lines():
            return False
        return any(part.isAncestorOf(focused) for part in parts)

    # Pieces: building

    def _build_due(self) -> None:
        self._due_bar = DueBar(name="sellDueBar")
        whole = self.layout()
        assert isinstance(whole, QVBoxLayout)
        # Between what scrolls and the sentence above the buttons.
        whole.insertWidget(whole.count() - 4, self._due_bar)

    def _add_shortcuts(self) -> None:
        keys = {
            "Alt+1": lambda: self.form.payments.choose("cash"),
            "Alt+2": lambda: self.form.payments.choose("external_card"),
            "Alt+3": lambda: self.form.payments.choose("bank_transfer"),
            "Alt+4": lambda: self.form.payments.choose(QR_CODE),
            "Alt+5": lambda: self.form.payments.choose(READER),
            "Alt+S": self.form.payments.split,
            "Alt+P": self.form.basket.look,
            "Ctrl+D": self.form.discount.open_up,
            "Ctrl+P": self._print,
        }
        for key, run in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(run)

    # Pieces: reading

    def _read_offers(self) -> None:
        self.start(self._load_offers(), latest="sell.load_offers")

    async def _load_offers(self) -> None:
        client = self.form.picker.client()
        offers = await (await self._presenter.get()).offers(client.id if client else None)
        changed = self.form.basket.set_offers(offers)
        if changed:
            names = self.context.formats.value(changed)
            self.banner.tell(
                self.tr("The terms of {names} were changed meanwhile. These are the new ones.").format(
                    names=names
                ),
                Tone.WARNING,
            )
        if self._package_id is not None:
            package_id, self._package_id = self._package_id, None
            if not self.form.basket.lines():
                self.form.basket.add_by_id(package_id)
        if client is not None and client.id != self._offered_to:
            self._offered_to = client.id
            if self.form.basket.choose_the_only_one():
                self._edited()

    def _read_tenders(self) -> None:
        self.start(self._load_tenders(), latest="sell.load_tenders")

    async def _load_tenders(self) -> None:
        client = self.form.picker.client()
        presenter = await self._checkouts.get()
        self._stripe = await presenter.tenders(client.id if client else None)
        self._offer_stripe()
        self.form.waiting.set_rows(await presenter.of_client(client.id) if client else ())

    def _offer_stripe(self) -> None:
        status = self._board.status if self._board is not None else None
        refused = self._stripe.refused
        why_not = ""
        if refused is not None:
            currency = self.context.formats.currency
            why_not = self.context.messages.error(Refused(refused, currency=currency))
        elif status is not None and status.mode == "no_key":
            why_not = self.tr("QR code and card reader need Stripe's key on this computer: see Settings.")
        elif status is not None and status.online is False:
            why_not = self.tr("No network: QR code and card reader cannot be used. The other ways work.")
        self.form.payments.set_stripe(self._stripe, why_not)
        self.keep_in_sight()

    def _stripe_changed(self, changes: tuple[Change, ...]) -> None:
        # Of the outbox nothing matters here but what brings a reader or takes the connection away.
        if self.result_of_sale is None and any(
            not one.ids or one.topic is Topic.CHECKOUTS for one in changes
        ):
            self._read_tenders()

    def _packages_changed(self, _changes: tuple[Change, ...]) -> None:
        if self.result_of_sale is None:
            self._read_offers()

    def _client_chosen(self, client: ClientRow | None) -> None:
        if client is not None and self._kept_for is not None and client.id != self._kept_for.id:
            # How the last one wanted to pay says nothing about this one.
            self._kept_for = None
            self.form.payments.start_over()
        self._read_offers()
        self._read_tenders()
        self._edited()
        if client is not None and self.isVisible():
            self._go_on()

    def _package_added(self) -> None:
        self._go_on()

    def _go_on(self) -> None:
        """The focus goes where something is still to be said."""
        self._seen.forget()
        if self.form.picker.client() is None:
            self.form.picker.setFocus()
        elif not self.form.basket.lines() or self.form.basket.waits_for_yes:
            self.form.basket.setFocus()
        elif self._quote is not None and not self._quote.total:
            self.primary.setFocus()
        else:
            self.form.payments.focus_first()

    def _edited(self) -> None:
        if self.result_of_sale is not None:
            return
        basket = _basket(self.form.draft())
        if basket != self._quoted:
            self._quoted = None
            self.start(self._ask_quote(basket), latest="sell.ask_quote")
        self._show_due()

    async def _ask_quote(self, basket: SaleDraft) -> None:
        quote = None
        if not basket.basket_problems():
            quote = await (await self._presenter.get()).quote(basket)
        if self.result_of_sale is not None or basket != _basket(self.form.draft()):
            return
        if quote != self._quote:
            self._seen.forget()
        self._quote, self._quoted = quote, basket
        self.form.show_quote(quote, self.form.basket.lines())
        if quote is not None and quote.problems:
            self.form.show_problems(quote.problems, focus=False)
        if quote is not None and not quote.total and self.form.payments.isAncestorOf(self.focusWidget()):
            self.primary.setFocus()
        self._show_due()

    def _follow_day(self) -> bool:
        """Reads the last days again once midnight has passed in the studio's zone; whether it has (C4)."""
        today = self.context.formats.today()
        if today == self._day or self.result_of_sale is not None or self.is_busy():
            return False
        self._day, self._quoted = today, None
        self._seen.forget()
        self._read_offers()
        self.start(self._count_anew(_basket(self.form.draft())), latest="sell.ask_quote")
        return True

    async def _count_anew(self, basket: SaleDraft) -> None:
        before = self._quote
        await self._ask_quote(basket)
        if before is not None and self._quote is not None and before.last_days != self._quote.last_days:
            self.tell_day(self._day)

    def tell_day(self, day: date) -> None:
        """Midnight has passed since the sale was begun."""
        told = self.tr("It is {day} by now, and the last day of use has moved with it.")
        self.banner.tell(told.format(day=self.context.formats.date(day)), Tone.WARNING)

    def _show_due(self) -> None:
        formats, quote = self.context.formats, self._quote
        offers = self.form.basket.lines()
        due = quote.total.amount if quote else sum(one.price.amount for one in offers)
        self._due_bar.set_due(formats.money(due), self.tr("to pay"))
        payments = self.form.payments.drafts()
        change = self.form.payments.change()
        if change >= 0:
            self._due_bar.set_change(formats.money(change), self.tr("change") if change else "", Tone.GOOD)
        else:
            self._due_bar.set_change(formats.money(-change), self.tr("missing"), Tone.DANGER)
        self.keep_in_sight()
        client = self.form.picker.client()
        self._name_client(client)
        if quote is None or client is None or not quote.lines:
            self.set_consequence("")
            self.primary.setText(self.tr("Take payment"))
            return
        self.set_consequence(promise(formats, client.name, quote))
        self.primary.setText(
            sale_words.take(formats, payments) if quote.total else self.tr("Complete the free sale")
        )

    def _name_client(self, client: ClientRow | None) -> None:
        """Where nothing scrolls away: whose sale it is."""
        shown = client is not None and bool(self.form.basket.lines())
        self.subtitle_label.setText(self.tr("for {name}").format(name=client.name) if client else "")
        self.subtitle_label.setVisible(shown)

    # Pieces: selling

    def _go(self) -> None:
        if not self._seen.press():
            return
        if self.result_of_sale is not None:
            self.accept()
            return
        if self._follow_day():
            # Until when the credits can be used was not seen yet.
            return
        if not self.form.is_readable():
            return
        draft = self.form.draft()
        checkout = self.form.payments.checkout(draft)
        if self.form.show_problems((checkout or draft).problems()):
            return
        if self._quote is None or self._quoted != _basket(draft):
            # What is due was not seen yet.
            return
        if self.form.show_problems(self._quote.problems):
            return
        if checkout is not None:
            self.commit(self._wait_for_stripe(checkout), then=self._waits)
        else:
            self.commit(self._sell(draft), keep_open=True, then=self._sold)

    async def _wait_for_stripe(self, draft: CheckoutDraft) -> OpenedCheckout:
        if draft.reader_id:
            self.context.preferences.set_text(READER_PREFERENCE, draft.reader_id)
        return await (await self._checkouts.get()).open(draft, self.command_id)

    def _waits(self, opened: OpenedCheckout) -> None:
        """Another dialog goes on with it, the same that shows it again later."""
        self.finished.connect(partial(_show_checkout, self.context, opened.checkout_id))

    async def _sell(self, draft: SaleDraft) -> SaleResult:
        return await (await self._presenter.get()).sell(draft, self.command_id)

    def _sold(self, result: SaleResult) -> None:
        client = self.form.picker.client()
        assert self._quote is not None and client is not None
        self.result_of_sale = result
        self._clock.stop()
        self.form.is_touched = False
        self._seen.forget()
        page = SoldPage(self.context.formats, client.name, self._quote, result)
        self.set_title(self.tr("Sold"))
        self.subtitle_label.hide()
        self.form.hide()
        self._due_bar.hide()
        self.set_consequence("")
        self.body.addWidget(page)
        self.body.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.cancel_button.hide()
        self.receipt.set_receipt("sale", result.sale_id, result.receipt)
        for button in self.receipt.buttons:
            button.show()
        self.primary.setText(self.tr("Done"))
        self.primary.setFocus()

    def _print(self) -> None:
        if self.result_of_sale is not None:
            self.receipt.print_now()


def _show_checkout(context: UiContext, checkout_id: int, _result: int) -> None:
    context.ask("checkout", checkout_id)


def _basket(draft: SaleDraft) -> SaleDraft:
    """What a quote depends on: a discount counts as soon as its worth is known, before its reason is."""
    discount = draft.discount
    if discount is not None:
        discount = replace(discount, reason_code=DISCOUNT_REASONS[0], text="")
        if discount.problems():
            discount = None
    return replace(draft, discount=discount, payments=(), settle_unpaid_visits=False)
