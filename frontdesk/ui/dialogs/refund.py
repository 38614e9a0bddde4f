"""Refund: money and credits of one sale line side by side, before and after, and one red button (S5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.changes import Change, Topic
from frontdesk.services.drafts.refunds import REFUND_REASONS, RefundDraft, step_problem
from frontdesk.services.drafts.sales import DESK_TENDERS
from frontdesk.services.views.money import Money
from frontdesk.services.views.refunds import DecisionRow, RefundLine, RefundPart, RefundResult, RefundView
from frontdesk.ui import credit_words, money_words, refund_words
from frontdesk.ui.tokens import SPACE_3, Tone
from frontdesk.ui.widgets.after import After
from frontdesk.ui.widgets.basics import LinkButton, Paragraph, Text
from frontdesk.ui.widgets.fields import IntField, MoneyField, Select, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from frontdesk.ui.widgets.surfaces import Card, KeyValues

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.refunds import RefundsPresenter
    from frontdesk.ui.task_runner import Late

CARD = "external_card"


def open_refund(context: UiContext, sale_line_id: int, decision_id: int | None = None) -> RefundDialog:
    """Opens the dialog for a line; `decision_id` is the task of a failed refund that this one settles."""
    dialog = RefundDialog(context, sale_line_id, decision_id)
    dialog.open()
    return dialog


class RefundDialog(SheetDialog):
    """The credits follow the amount until a person changes them."""

    def __init__(self, context: UiContext, sale_line_id: int, decision_id: int | None) -> None:
        super().__init__(
            context, self.tr("Refund"), name="refundDialog", width=760, subtitle=" ", about=sale_line_id
        )
        self.command_id = uuid4()
        self.view: RefundView | None = None
        self._line_id, self._decision_id = sale_line_id, decision_id
        self._decision: DecisionRow | None = None
        self._by_hand = False
        self._set_credits = ""
        self._presenter: Late[RefundsPresenter] = context.late(
            "frontdesk.ui.presenters.refunds", "RefundsPresenter"
        )
        self.form = Form(context.messages, name="refundForm")
        self._build_sides()
        self._build_reason()
        self.add_form(self.form)
        self.set_primary(self.tr("Refund"), self._refund, name="refundButton", danger=True)
        self.form.edited.connect(self._edited)
        context.notifier.watch(self, (Topic.SALES, Topic.PAYMENTS, Topic.CREDITS), self._changed)

    def open(self) -> None:
        """Shows the dialog and reads both sides."""
        super().open()
        self._read()

    # Pieces: building

    def _build_sides(self) -> None:
        formats = self.context.formats
        self.money_facts = KeyValues(name="refundMoneyFacts", right=True)
        self.credit_facts = KeyValues(name="refundCreditFacts", right=True)
        self.money_after = After(self.tr("Stays with the studio"), name="refundMoneyAfter")
        self.credits_after = After(self.tr("Left for the client"), name="refundCreditsAfter")
        self.ways = KeyValues(name="refundWays", right=True)
        self.disputes = Paragraph("", "muted", name="refundDisputes")
        self.disputes.hide()
        money, credits = Card(name="refundMoney"), Card(name="refundCredits")
        form = self.form
        form.add("amount", self.tr("Refund"), MoneyField(formats, name="refundAmount"))
        follow = LinkButton(self.tr("Follow the amount"), self._follow, name="refundFollow")
        self._follow_button = follow
        follow.hide()
        form.add(
            "credits_to_void",
            self.tr("Credits to void"),
            IntField(formats, name="refundCredits"),
            beside=[follow],
        )
        for card, title, facts in (
            (money, self.tr("Money"), self.money_facts),
            (credits, self.tr("Credits"), self.credit_facts),
        ):
            card.body.setSpacing(SPACE_3)
            card.body.addWidget(Text(title, "section"))
            card.body.addWidget(facts)
        money.body.addWidget(self.disputes)
        form.move_field("amount", money.body)
        money.body.addWidget(self.money_after)
        money.body.addWidget(self.ways)
        form.move_field("credits_to_void", credits.body)
        credits.body.addWidget(self.credits_after)
        sides = QWidget()
        row = QHBoxLayout(sides)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_3)
        for card in (money, credits):
            card.body.addStretch(1)
            row.addWidget(card, 1)
        form.add_widget(sides)

    def _build_reason(self) -> None:
        form = self.form
        instead: list[tuple[str, str]] = [(self.tr("The way it came"), "")]
        instead += [(money_words.tender_name(code), code) for code in DESK_TENDERS]
        self.references = QVBoxLayout()
        self.references.setSpacing(SPACE_3)
        holder = QWidget()
        holder.setLayout(self.references)
        self.references.setContentsMargins(0, 0, 0, 0)
        self._references_holder = holder
        form.add_widget(holder)
        form.add("instead", self.tr("Pay the client by"), Select(instead, "", name="refundInstead"))
        form.set_visible("instead", self._decision_id is not None)
        reason = Select(credit_words.reasons(REFUND_REASONS), name="refundReason")
        reason.setPlaceholderText(self.tr("Choose a reason"))
        reason.set_value(None)
        form.add("reason_code", self.tr("Reason"), reason, required=True)
        form.add("text", self.tr("In a few words"), TextField(name="refundText"))
        form.side_by_side("reason_code", "text")

    # Pieces: reading

    def _read(self) -> None:
        self.start(self._load(), latest="refund.load")

    async def _load(self) -> None:
        presenter = await self._presenter.get()
        view, self._decision = await presenter.refund_view(self._line_id, self._decision_id)
        first = self.view is None
        self.view = view
        self._show_facts()
        if not first:
            self._tell()
        elif self.form.is_touched:
            self._offer_to_start_over()
            self._tell()
        else:
            self._prefill()

    def _changed(self, _changes: tuple[Change, ...]) -> None:
        if self.view is not None and not self.is_busy():
            self._read()

    @property
    def line(self) -> RefundLine:
        """The line that is refunded."""
        assert self.view is not None
        return next(one for one in self.view.lines if one.sale_line_id == self._line_id)

    def _most(self) -> int:
        assert self.view is not None
        return min(self.line.refundable.amount, self.view.refundable.amount)

    def _possible(self, amount: int) -> int:
        """The amount, or the nearest that Stripe can refund."""
        assert self.view is not None
        beside = self.view.beside(self.line, amount) or (amount,)
        return min(reversed(beside), key=lambda one: abs(one - amount))

    def _prefill(self) -> None:
        """The suggestion; for a task, what did not reach the client."""
        amount = self.line.suggested.amount
        if self._decision is not None:
            amount = self._decision.amount.amount
        amount = self._possible(min(amount, self._most()))
        self._by_hand = False
        fresh: dict[str, Any] = {key: "" for key in self.form.field_keys() if key.startswith("references.")}
        self.form.set_values(
            amount=amount,
            credits_to_void=self.line.credits_for_amount(amount),
            reason_code=None,
            text="",
            instead="",
            **fresh,
        )
        self._set_credits = self.form["credits_to_void"].text()
        self.banner.clear()
        if self.view is not None and self.view.disputed and self.disputes.isHidden():
            self.banner.tell(refund_words.asked_about(), Tone.INFO)
        self.form["amount"].setFocus()
        self.form["amount"].selectAll()
        self._tell()

    def _offer_to_start_over(self) -> None:
        typed = self.form.readable_values()
        amount, credits = typed.get("amount"), typed.get("credits_to_void")
        self._by_hand = amount is None or credits != self.line.credits_for_amount(amount)
        self._set_credits = self.form["credits_to_void"].text()
        self.banner.tell(
            self.tr("What you typed last time is here again."),
            Tone.INFO,
            action=self.tr("Start over"),
            run=self._prefill,
        )

    def _show_facts(self) -> None:
        assert self.view is not None
        formats, line, view = self.context.formats, self.line, self.view
        self.title_label.setText(self.tr("Refund {name}").format(name=line.name))
        self.setWindowTitle(self.title_label.text())
        told = self.tr("{client} · receipt {receipt} · {day} · {staff}")
        self.subtitle_label.setText(
            told.format(
                client=view.client,
                receipt=view.receipt,
                day=formats.instant(view.sold_at),
                staff=view.staff,
            )
        )
        self.money_facts.set(refund_words.money_facts(formats, line, self._most()))
        disputes = refund_words.undecided(formats, view.payments)
        self.disputes.setText(disputes)
        self.disputes.setVisible(bool(disputes))
        self.credit_facts.set(refund_words.credit_facts(formats, line))
        self._add_references()

    def _add_references(self) -> None:
        """A field for each payment whose refund may go through the card terminal."""
        assert self.view is not None
        for payment in self.view.payments:
            key = f"references.{payment.payment_id}"
            if key not in self.form.field_keys():
                field = TextField(name=f"refundReference{payment.payment_id}")
                self.form.add(key, self.tr("Reference of the card terminal"), field, required=True)
                self.form.move_field(key, self.references)
                self.form.set_visible(key, False)

    # Pieces: following what is typed

    def _edited(self) -> None:
        """The credits follow, unless their number is another than the one that was set last."""
        if self.form["credits_to_void"].text() != self._set_credits:
            self._by_hand = True
        self._let_follow()
        self._tell()

    def _let_follow(self) -> None:
        amount = self.form.readable_values().get("amount")
        if self.view is None or amount is None:
            return
        if not self._by_hand or self._takes_all(amount):
            field = self.form["credits_to_void"]
            field.set_value(self.line.credits_for_amount(amount))
            self._set_credits = field.text()

    def _follow(self) -> None:
        self._by_hand = False
        self._let_follow()
        self._tell()
        self.form["credits_to_void"].setFocus()

    def _takes_all(self, amount: int) -> bool:
        """With the last of the money all credits go."""
        return bool(self.line.received) and amount >= self.line.refundable.amount

    def _parts(self, amount: int) -> tuple[RefundPart, ...]:
        assert self.view is not None
        return self.view.split(amount) if 0 < amount <= self.view.refundable.amount else ()

    def _tell(self) -> None:
        """All that follows from what is typed."""
        if self.view is None:
            return
        values = self.form.readable_values()
        amount, credits = values.get("amount"), values.get("credits_to_void")
        instead = values.get("instead") or ""
        parts = self._parts(amount or 0)
        self._show_after(amount, credits)
        self._show_ways(parts, instead)
        fixed = amount is not None and self._takes_all(amount)
        self.form["credits_to_void"].setReadOnly(fixed)
        self._follow_button.setVisible(self._by_hand and not fixed)
        self.form.set_help("credits_to_void", self._help(fixed))
        beside = () if instead or amount is None else self._beside(amount)
        self.form.set_help("amount", refund_words.only_these(self.context.formats, beside))
        if amount is None or credits is None:
            self.set_consequence("")
            self.primary.setText(self.tr("Refund"))
        elif amount > self._most():
            most = self.context.formats.money(self._most())
            self.set_consequence(
                self.tr("At most {most} can be refunded here.").format(most=most), Tone.WARNING
            )
            self.primary.setText(self.tr("Refund"))
        elif beside:
            self.set_consequence("")
            self.primary.setText(self.tr("Refund"))
        else:
            formats = self.context.formats
            told = refund_words.consequence(formats, self.line, parts, credits, instead)
            if not instead and refund_words.waits_for_network(self.context, parts):
                told = f"{told} {refund_words.queued()}"
            self.set_consequence(told, Tone.DANGER)
            self.primary.setText(refund_words.button(formats, amount, credits))

    def _help(self, fixed: bool) -> str:
        if fixed:
            return self.tr("With the last of the money all credits go.")
        if self._by_hand:
            return self.tr("Changed by hand.")
        return self.tr("They follow the amount.")

    def _show_after(self, amount: int | None, credits: int | None) -> None:
        formats, line = self.context.formats, self.line
        kept = line.received.amount - line.refunded.amount - line.lost.amount
        rest = kept - (amount or 0)
        self.money_after.tell(formats.amount(kept), formats.amount(rest) if rest >= 0 else "")
        left = line.most_credits if credits is not None and credits > line.left else line.left
        stay = left - (credits or 0)
        self.credits_after.tell(formats.number(left), formats.number(stay) if stay >= 0 else "")

    def _show_ways(self, parts: tuple[RefundPart, ...], instead: str) -> None:
        assert self.view is not None
        ways = refund_words.ways(self.context.formats, self.view.payments, parts, instead)
        self.ways.set(ways)
        self.ways.setVisible(bool(ways))
        by_id = {one.payment_id: one for one in parts}
        shown = False
        for key in self.form.field_keys():
            if not key.startswith("references."):
                continue
            part = by_id.get(int(key.partition(".")[2]))
            on_terminal = part is not None and (instead or part.tender) == CARD
            self.form.set_visible(key, on_terminal)
            shown = shown or on_terminal
            if part is not None and on_terminal:
                words = self.tr(
                    "Now refund {amount} on your card terminal, and type the reference it prints."
                )
                self.form.set_help(key, words.format(amount=self.context.formats.money(part.amount)))
        self._references_holder.setVisible(shown)

    # Pieces: refunding

    def _refund(self) -> None:
        values = self.form.values()
        if values is None or self.view is None:
            return
        draft = self._refund_draft(values)
        # The problem says the same.
        self.form.set_help("amount", "")
        if not self.form.show_problems((*draft.problems(), *self._too_much(draft))):
            self.commit(self._write(draft), then=self._done)

    def _too_much(self, draft: RefundDraft) -> tuple[Problem, ...]:
        assert self.view is not None
        if draft.amount is None:
            return ()
        if not draft.instead and (beside := self._beside(draft.amount.amount)):
            return (step_problem(beside, self.view.step, draft.amount.currency),)
        if draft.amount.amount <= self._most():
            return ()
        held = draft.amount.amount <= self._most() + sum(one.undecided.amount for one in self.view.payments)
        told = {"most": Money(self._most(), draft.amount.currency)}
        return (Problem("amount", f"refunds.{'disputed' if held else 'too_much'}", told),)

    def _beside(self, amount: int) -> tuple[int, ...]:
        assert self.view is not None
        return self.view.beside(self.line, amount)

    def _refund_draft(self, values: dict[str, Any]) -> RefundDraft:
        amount = values["amount"]
        references = tuple(
            (int(key.partition(".")[2]), text)
            for key, text in values.items()
            if key.startswith("references.") and text
        )
        return RefundDraft(
            sale_line_id=self._line_id,
            amount=None if amount is None else Money(amount, self.context.formats.currency),
            credits_to_void=values["credits_to_void"],
            reason_code=values["reason_code"] or "",
            text=values["text"],
            references=references,
            decision_id=self._decision_id,
            instead=values["instead"] or "",
        )

    async def _write(self, draft: RefundDraft) -> RefundResult:
        return await (await self._presenter.get()).refund(draft, self.command_id)

    def _done(self, result: RefundResult) -> None:
        told = refund_words.done(self.context.formats, result)
        context, refund_id = self.context, result.refund_id
        context.toast(told, self.tr("Receipt"), lambda: context.ask("receipt", refund_id=refund_id))
