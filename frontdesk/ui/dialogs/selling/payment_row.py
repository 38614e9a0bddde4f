"""One payment of a sale: its tender, and what that tender asks for (S2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.drafts.checkouts import QR_CODE, READER
from frontdesk.services.drafts.sales import DESK_TENDERS, STRIPE_TENDERS, PaymentDraft
from frontdesk.services.views.checkouts import StripeTenders
from frontdesk.services.views.money import Money
from frontdesk.ui import money_words, sale_words
from frontdesk.ui.tokens import SPACE_1
from frontdesk.ui.widgets.basics import IconButton, LinkButton, SecondaryButton
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import CheckField, MoneyField, Select, TextField
from frontdesk.ui.widgets.form import Form

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

CASH, CARD = DESK_TENDERS[0], DESK_TENDERS[1]
#: Which card reader this computer used last.
READER_PREFERENCE: Final = "stripe/reader"
_WITH_REFERENCE: Final = ("external_card", "bank_transfer")


class PaymentRow(QWidget):
    """One payment: its tender, its amount where there are several, and what that tender asks for."""

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._context, self._formats, self._preferences = context, context.formats, context.preferences
        self._email = ""
        #: The amount was typed by a person and stays.
        self.is_set = False
        formats = context.formats
        self.form = Form(context.messages, name=f"{name}Form")
        self.remove_button = IconButton("close", self.tr("Take this payment out"), name=f"{name}Remove")
        tenders = [(money_words.tender_name(code), code) for code in DESK_TENDERS]
        tenders += [(self.tr("QR code"), QR_CODE), (self.tr("Card reader"), READER)]
        self._tenders = Segments(tenders, name=f"{name}Tender", columns=len(DESK_TENDERS))
        self.form.add("tender", self.tr("Paid by"), self._tenders, beside=[self.remove_button])
        self.form.add("amount", self.tr("Amount"), MoneyField(formats, name=f"{name}Amount"))
        self.form.add(
            "cash_given",
            self.tr("Cash given"),
            MoneyField(formats, name=f"{name}Given"),
            beside=[self._quick(name)],
        )
        reference = TextField(name=f"{name}Reference")
        self.form.add("reference", self.tr("Reference"), reference)
        self.form.add(
            "reader", self.tr("Card reader"), Select(name=f"{name}Reader"), beside=[self._set_up(name)]
        )
        self.form.add("email_receipt", "", CheckField("", True, name=f"{name}EmailReceipt"))
        self.form.side_by_side("amount", "cash_given", "reference")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        for key in ("cash_given", "amount"):
            self.form[key].setFixedWidth(140)
        self.set_stripe(StripeTenders(False, False, ()), "")

    @property
    def tender(self) -> str:
        """The code of the tender."""
        return str(self.form["tender"].value())

    @property
    def reader_id(self) -> str:
        """The card reader that is chosen; "" where there is none."""
        return str(self.form["reader"].value() or "")

    @property
    def wants_email(self) -> bool:
        """Whether Stripe is to mail its receipt."""
        return bool(self._email) and bool(self.form["email_receipt"].value())

    def set_stripe(self, tenders: StripeTenders, why_not: str) -> None:
        """What Stripe can be paid by; with a reason ``why_not`` it cannot be now."""
        self._email = tenders.email
        for code in STRIPE_TENDERS:
            self._tenders.offer(code, tenders.connected, why_not)
        self.form.set_help("tender", why_not if tenders.connected else "")
        self._tenders.setToolTip(self._keys(tenders.connected))
        readers: Select = self.form["reader"]
        readers.set_choices([(one.label, one.id) for one in tenders.readers])
        readers.setVisible(bool(tenders.readers))
        if readers.value() is None and tenders.readers:
            known = self._preferences.text(READER_PREFERENCE)
            ids = [one.id for one in tenders.readers]
            readers.set_value(known if known in ids else ids[0])
        if readers.value() is not None:
            self.form.clear_problem("reader")
        told = self.tr("E-mail Stripe's receipt to {email}").format(email=tenders.email)
        check: CheckField = self.form["email_receipt"]
        check.setText(told)
        check.setAccessibleName(told)
        if self.tender in STRIPE_TENDERS and not tenders.connected:
            self._tenders.set_value(CASH)
        self.show_tender()

    def choose(self, tender: str) -> None:
        """Another tender, if it can be chosen."""
        if not self._tenders.is_offered(tender):
            return
        self.form["tender"].set_value(tender)
        self.show_tender()
        self.form.edited.emit()

    def amount(self) -> int:
        """Minor units, 0 while they cannot be read."""
        return int(self.form.readable_values().get("amount") or 0)

    def change(self) -> int:
        """Cash given less the amount; 0 where nothing was typed."""
        given = self.form.readable_values().get("cash_given")
        return int(given) - self.amount() if self.tender == CASH and given is not None else 0

    def draft(self) -> PaymentDraft:
        """The payment as far as it can be read."""
        values, code = self.form.readable_values(), self._formats.currency
        given = values.get("cash_given") if self.tender == CASH else None
        return PaymentDraft(
            tender=self.tender,
            amount=Money(self.amount(), code),
            reference=values["reference"] if self.tender in _WITH_REFERENCE else "",
            cash_given=None if given is None else Money(given, code),
        )

    def show_tender(self) -> None:
        """Only what belongs to the tender."""
        self.form.set_visible("cash_given", self.tender == CASH)
        self.form.set_visible("reference", self.tender in _WITH_REFERENCE)
        self.form.set_required("reference", self.tender == CARD)
        self.form.set_visible("reader", self.tender == READER)
        self.form.set_visible("email_receipt", self.tender in STRIPE_TENDERS and bool(self._email))
        hints = {
            CASH: "",
            CARD: self.tr("as the terminal printed it"),
        }
        self.form["reference"].setPlaceholderText(hints.get(self.tender, self.tr("if there is one")))

    def offer_amounts(self, most: int) -> None:
        """Offers round amounts for what is due now."""
        due = self.amount()
        self.form["cash_given"].setPlaceholderText(self._formats.amount(due) if due else "")
        offered = sale_words.quick_amounts(due, self._formats.currency)[:most] if due else ()
        for at, button in enumerate(self._buttons):
            amount = offered[at] if at < len(offered) else 0
            button.setVisible(bool(amount))
            button.setProperty("amount", amount)
            button.setText(self._formats.amount(amount))
            button.setAccessibleName(self.tr("{amount} given").format(amount=self._formats.money(amount)))

    def focus_next_field(self) -> None:
        """What is to be typed for this tender."""
        if self.tender in STRIPE_TENDERS:
            self._tenders.setFocus()
        else:
            self.form["cash_given" if self.tender == CASH else "reference"].setFocus()

    def _quick(self, name: str) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_1)
        self._buttons: list[SecondaryButton] = []
        for at in range(3):
            button = SecondaryButton("", name=f"{name}Quick{at}")
            button.clicked.connect(partial(self._given, button))
            button.hide()
            self._buttons.append(button)
            line.addWidget(button)
        return holder

    def _set_up(self, name: str) -> LinkButton:
        return LinkButton(
            self.tr("Set up a reader…"),
            lambda: self._context.ask("register_reader"),
            name=f"{name}SetUpReader",
        )

    def _keys(self, with_stripe: bool) -> str:
        if not with_stripe:
            return self.tr("Alt+1 cash, Alt+2 card terminal, Alt+3 bank transfer")
        return self.tr(
            "Alt+1 cash, Alt+2 card terminal, Alt+3 bank transfer, Alt+4 QR code, Alt+5 card reader"
        )

    def _given(self, button: SecondaryButton, _checked: bool = False) -> None:
        field = self.form["cash_given"]
        field.set_value(int(button.property("amount")))
        field.setFocus()
        field.edited.emit()
