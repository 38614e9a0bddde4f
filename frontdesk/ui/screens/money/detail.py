"""One transaction in full: its sale, lines and credits, payments, refunds, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.refunds import RefundMade, RefundPart
from frontdesk.services.views.transactions import DetailLine, DetailPayment, TransactionDetail
from frontdesk.ui import client_words, credit_words, decision_words, money_words, refund_words
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_4, Tone
from frontdesk.ui.widgets.basics import (
    ElidedText,
    LinkButton,
    MenuButton,
    PrimaryButton,
    Rule,
    Text,
    action_button,
    empty,
)
from frontdesk.ui.widgets.focus_kept import focus_kept
from frontdesk.ui.widgets.surfaces import Banner, BigNumber, Card, Chip, KeyValues, ScrollPage

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class TransactionPane(ScrollPage):
    """Empty until `show_detail`; its buttons do the commands of the screen."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(name="transactionPane")
        self._context = context
        self.detail: TransactionDetail | None = None
        self._build_head()
        self._build_waiting()
        self.facts = KeyValues(name="transactionFacts")
        self.body.addWidget(self.facts)
        self._sections = QVBoxLayout()
        self._sections.setSpacing(SPACE_2)
        self.body.addLayout(self._sections)
        self.body.addStretch(1)

    def show_detail(self, detail: TransactionDetail | None) -> None:
        """Shows a transaction; None while another one is read for the first time."""
        self.detail = detail
        self.setEnabled(detail is not None)
        if detail is not None:
            with focus_kept(self):
                self._show(detail)

    # Pieces: showing and building

    def _show(self, detail: TransactionDetail) -> None:
        formats, row = self._context.formats, detail.row
        self.amount.set(formats.money(row.amount), self._what(detail))
        self.chip.set(*money_words.standing(row.standing))
        self.waiting.setVisible(detail.can_mark_done)
        self.warning.setVisible(row.disputed and detail.can_refund)
        self.facts.set(self._facts(detail))
        empty(self._sections)
        self._show_lines(detail)
        self._show_payments(detail)
        self._show_refunds(detail)
        actions = self._context.actions
        actions["payments.refund"].setVisible(detail.can_refund)
        actions["payments.void"].setVisible(detail.can_void)
        actions["payments.paid_out"].setVisible(detail.can_mark_done)
        actions["payments.failed"].setVisible(detail.can_mark_failed)
        self.more.setVisible(detail.can_void or detail.can_mark_done or detail.can_mark_failed)

    def _build_head(self) -> None:
        self.amount = BigNumber(name="transactionAmount")
        self.chip = Chip(name="transactionStatus")
        top = QHBoxLayout()
        top.addWidget(self.amount, 1)
        top.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        actions = self._context.actions
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        for id in ("refund", "receipt", "client"):
            # Without icons, so that there is room for the words of longer languages, and for the menu.
            button = action_button(actions[f"payments.{id}"], name=f"transaction.{id}", plain=True)
            buttons.addWidget(button)
        self.more = MenuButton(
            self.tr("More for this transaction"),
            [actions[f"payments.{id}"] for id in ("void", "paid_out", "failed")],
            name="transactionMore",
        )
        buttons.addWidget(self.more)
        buttons.addStretch(1)
        self.body.addLayout(buttons)

    def _build_waiting(self) -> None:
        """A transfer that somebody has to make, and then to tick off."""
        actions = self._context.actions
        self.waiting = Card(name="transactionWaiting")
        self.waiting.body.addWidget(
            Text(
                self.tr("This refund waits: make the transfer at your bank, then mark it here."),
                wrap=True,
            )
        )
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(action_button(actions["payments.paid_out"], PrimaryButton, name="transaction.paidOut"))
        line.addWidget(action_button(actions["payments.failed"], name="transaction.failed"))
        line.addStretch(1)
        self.waiting.body.addLayout(line)
        self.body.addWidget(self.waiting)
        self.waiting.hide()
        self.warning = Banner(name="transactionWarning", closable=False)
        self.body.addWidget(self.warning)
        self.warning.tell(refund_words.disputed(), Tone.WARNING)
        self.warning.hide()

    # Pieces: in words

    def _what(self, detail: TransactionDetail) -> str:
        row = detail.row
        words = self.tr("Payment by {tender}") if row.kind == "payment" else self.tr("Refund by {tender}")
        if row.tender == "free":
            words = self.tr("Free sale") if row.kind == "payment" else self.tr("Credits voided, no money")
        return words.format(tender=money_words.tender(row.tender, row.at_desk))

    def _facts(self, detail: TransactionDetail) -> list[tuple[str, str]]:
        formats, row = self._context.formats, detail.row
        facts = [
            (self.tr("Client"), row.client),
            (self.tr("When"), formats.instant(row.at)),
            (self.tr("Who"), self.tr("{staff} at {desk}").format(staff=row.staff, desk=detail.desk)),
            (self.tr("Receipt"), row.receipt),
        ]
        if row.reference:
            facts.append((self.tr("Reference"), row.reference))
        if row.kind == "refund":
            words = self.tr("{receipt} of {day}, sold by {staff}")
            sold = words.format(
                receipt=detail.sale_receipt, day=formats.instant(detail.sold_at), staff=detail.sold_by
            )
            facts.append((self.tr("Sale"), sold))
        return facts

    def _show_lines(self, detail: TransactionDetail) -> None:
        self._title(self.tr("Bought"), detail.total.currency)
        several = len(detail.lines) > 1
        for line in detail.lines:
            self._sections.addWidget(self._line(line, several and detail.can_refund))
        amount = self._context.formats.amount
        pairs = []
        if detail.discount:
            pairs.append((self.tr("Before the discount"), amount(detail.subtotal)))
            pairs.append((self._discount(detail), amount(-detail.discount.amount)))
        if detail.tax:
            pairs.append((detail.tax_name or self.tr("Tax"), amount(detail.tax)))
        if pairs or several:
            total = self.tr("Total")
            sums = KeyValues(right=True)
            sums.set([*pairs, (total, amount(detail.total))], strong=total)
            self._sections.addWidget(sums)

    def _discount(self, detail: TransactionDetail) -> str:
        words = self.tr("Discount ({reason})").format(reason=credit_words.reason(detail.discount_code))
        return f"{words} “{detail.discount_text}”" if detail.discount_text else words

    def _line(self, line: DetailLine, refund: bool) -> QWidget:
        formats = self._context.formats
        name = self.tr("{name} · {credits}").format(
            name=line.name, credits=money_words.package_credits(line.credits, line.bonus)
        )
        parts = [self.tr("{used} used").format(used=formats.number(line.used)), *self._credits(line)]
        if line.left > line.disputed:
            parts.append(credit_words.until_in_words(formats, line.last_day))
        links = []
        if refund:
            link = LinkButton(
                self.tr("Refund…"),
                partial(self._context.ask, "refund", line.sale_line_id),
                name=f"transactionLineRefund{line.sale_line_id}",
            )
            link.setAccessibleName(self.tr("Refund {name}").format(name=line.name))
            links.append(link)
        return _Entry(name, formats.amount(line.list_price), [" · ".join(parts)], links)

    def _credits(self, line: DetailLine) -> list[str]:
        """What can be used, and what is there and cannot."""
        formats, usable = self._context.formats, line.left - line.disputed
        parts = []
        if usable or not (line.disputed or line.requested):
            parts.append(self.tr("{credits} left").format(credits=client_words.credits(formats, usable)))
        if line.disputed:
            words = self.tr("{credits} set aside (disputed)")
            parts.append(words.format(credits=formats.number(line.disputed)))
        if line.requested:
            words = self.tr("{credits} set aside (refund requested)")
            parts.append(words.format(credits=formats.number(line.requested)))
        return parts

    def _show_payments(self, detail: TransactionDetail) -> None:
        self._title(self.tr("Paid"), detail.total.currency)
        for payment in detail.payments:
            name = money_words.tender_name(payment.tender, detail.row.at_desk)
            amount = self._context.formats.amount(payment.amount)
            self._sections.addWidget(_Entry(name, amount, self._payment(payment)))

    def _payment(self, payment: DetailPayment) -> list[str]:
        amount = self._context.formats.amount
        if payment.cash_given is not None and payment.cash_change is not None:
            words = self.tr("{given} given, {change} change")
            return [words.format(given=amount(payment.cash_given), change=amount(payment.cash_change))]
        told = []
        if payment.reference:
            told.append(self.tr("reference {reference}").format(reference=payment.reference))
        if payment.lost is not None:
            words = self.tr("{amount} of it was lost by a dispute, and what was unused for it is voided")
            told.append(words.format(amount=amount(payment.lost)))
        return told

    def _show_refunds(self, detail: TransactionDetail) -> None:
        if detail.refunds:
            self._title(self.tr("Refunds"), detail.total.currency)
        for refund in detail.refunds:
            self._sections.addWidget(self._refund(refund, detail.row.at_desk))

    def _refund(self, refund: RefundMade, at_desk: bool) -> QWidget:
        formats = self._context.formats
        title = self.tr("Sale voided") if refund.kind == "void" else self.tr("Refund")
        credits = self.tr("{credits} voided").format(
            credits=client_words.credits(formats, refund.credits_voided)
        )
        if refund.credits_set_aside:
            credits = self.tr("{credits} set aside").format(
                credits=client_words.credits(formats, refund.credits_set_aside)
            ) + (f" · {credits}" if refund.credits_voided else "")
        reason = credit_words.reason(refund.reason_code)
        told = [
            f"{formats.instant(refund.requested_at)} · {refund.staff} · {refund.receipt}",
            f"{credits} · {reason}" + (f" “{refund.text}”" if refund.text else ""),
            *(self._part(part, at_desk) for part in refund.parts if part.amount),
        ]
        link = LinkButton(
            self.tr("Receipt"),
            partial(self._context.ask, "receipt", refund_id=refund.refund_id),
            name=f"transactionRefundReceipt{refund.refund_id}",
        )
        link.setAccessibleName(self.tr("Receipt {number}").format(number=refund.receipt))
        return _Entry(title, formats.amount(-refund.amount.amount), told, [link])

    def _part(self, part: RefundPart, at_desk: bool) -> str:
        status, _ = money_words.standing(part.standing)
        line = self.tr("{amount} by {tender}: {status}").format(
            amount=self._context.formats.amount(part.amount),
            tender=money_words.tender(part.tender, at_desk),
            status=status,
        )
        if part.why:
            line = self.tr("{line}, {why}").format(line=line, why=decision_words.reason(part.why))
        if part.reference:
            line = self.tr("{line}, reference {reference}").format(line=line, reference=part.reference)
        return line

    def _title(self, title: str, currency: str) -> None:
        if self._sections.count():
            self._sections.addSpacing(SPACE_2)
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(Text(title, "section"))
        line.addStretch(1)
        line.addWidget(Text(currency, "secondary"))
        self._sections.addWidget(head)
        self._sections.addWidget(Rule())


class _Entry(QWidget):
    """What it is and its amount in one line; quiet facts beneath, links at their end."""

    def __init__(
        self, what: str, amount: str, facts: list[str], links: list[LinkButton] | None = None
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_1, 0, SPACE_1)
        column.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(SPACE_4)
        first.addWidget(ElidedText(what, "strong"), 1)
        first.addWidget(Text(amount))
        column.addLayout(first)
        for at, fact in enumerate(facts):
            line = QHBoxLayout()
            line.setSpacing(SPACE_2)
            line.addWidget(Text(fact, "muted", wrap=True), 1)
            if at == 0:
                for link in links or ():
                    line.addWidget(link)
            column.addLayout(line)
