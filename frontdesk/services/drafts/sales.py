"""Drafts of a sale: its lines, discount and payments, and all that is checked before it is made (S1, S2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from frontdesk.errors import Problem
from frontdesk.models.money import WHOLE_MILLI_PERCENT, Money
from frontdesk.models.text import LINE_LIMIT
from frontdesk.services.drafts.checks import amount_problems, choice_problems, line_problems, number_problems

#: Tenders taken at the desk, in the order in which the dialog offers them (S2).
DESK_TENDERS: Final = ("cash", "external_card", "bank_transfer")
#: Tenders that only Stripe can say are paid: a sale by one of them waits as a checkout (S4).
STRIPE_TENDERS: Final = ("stripe_checkout", "stripe_reader")
#: The tender of a sale that costs nothing.
FREE: Final = "free"
#: What a sale made at once may be paid by, and what any sale may.
DONE_TENDERS: Final = (*DESK_TENDERS, FREE)
ALL_TENDERS: Final = (*DONE_TENDERS, *STRIPE_TENDERS)
DISCOUNT_REASONS: Final = ("loyalty", "promotion", "concession", "staff", "goodwill", "other")
#: Why a sale that was entered by mistake is taken back (S2).
VOID_REASONS: Final = ("wrong_client", "wrong_package", "wrong_tender", "entered_twice", "other")
#: The reason code that says nothing by itself, so its text must.
OTHER: Final = "other"
REFERENCE_LIMIT: Final = 64
MOST_LINES: Final = 20
MOST_PAYMENTS: Final = 10


@dataclass(frozen=True, slots=True)
class SaleLineDraft:
    """One package to sell, in the version that the screen showed: another version is refused (P4)."""

    package_id: int
    version_id: int


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """A discount on the whole sale with its reason (S2): an amount, or a rate in thousandths of a percent."""

    reason_code: str = ""
    amount: Money | None = None
    milli_percent: int | None = None
    text: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field: ``amount``, ``milli_percent``, ``reason_code``, ``text``."""
        return (*self._worth_problems(), *reason_problems(self.reason_code, self.text, DISCOUNT_REASONS))

    def _worth_problems(self) -> Iterator[Problem]:
        if self.amount is not None and self.milli_percent is not None:
            yield Problem("amount", "sales.discount_twice")
        elif self.milli_percent is not None:
            yield from number_problems("milli_percent", self.milli_percent, 1, WHOLE_MILLI_PERCENT)
        else:
            yield from amount_problems("amount", self.amount, least=1)


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money received by one tender. ``cash_given`` is what the client handed over, None for the exact amount.

    ``reference`` is the external terminal's (mandatory there) or the bank's.
    """

    tender: str
    amount: Money
    reference: str = ""
    cash_given: Money | None = None

    def problems(self, tenders: tuple[str, ...] = DONE_TENDERS) -> tuple[Problem, ...]:
        """What is wrong, field by field: ``tender``, ``amount``, ``reference``, ``cash_given``."""
        return (
            *choice_problems("tender", self.tender, tenders),
            *amount_problems("amount", self.amount, least=0 if self.tender == FREE else 1),
            *reference_problems("reference", self.reference, required=self.tender == "external_card"),
            *self._cash_problems(),
        )

    def _cash_problems(self) -> Iterator[Problem]:
        if self.tender == FREE and self.amount:
            yield Problem("amount", "sales.free_costs_nothing")
        if self.cash_given is None:
            return
        if self.tender != "cash":
            yield Problem("cash_given", "sales.not_cash")
            return
        wrong = tuple(amount_problems("cash_given", self.cash_given, least=0))
        yield from wrong
        if not wrong and self.cash_given.amount < self.amount.amount:
            facts = {"given": self.cash_given, "due": self.amount}
            yield Problem("cash_given", "sales.cash_too_little", facts)


@dataclass(frozen=True, slots=True)
class SaleDraft:
    """A sale as the dialog fills it in.

    Payments are empty for a sale that costs nothing; otherwise they add up to its total exactly. With
    ``settle_unpaid_visits`` the new credits pay the client's unpaid visits at once, oldest first (C12).
    """

    client_id: int | None = None
    lines: tuple[SaleLineDraft, ...] = ()
    discount: DiscountDraft | None = None
    payments: tuple[PaymentDraft, ...] = ()
    settle_unpaid_visits: bool = False

    def problems(self, tenders: tuple[str, ...] = DONE_TENDERS) -> tuple[Problem, ...]:
        """What is wrong. Fields of the parts have a path: ``discount.amount``, ``payments.0.reference``."""
        return (*self.basket_problems(), *self._payment_problems(tenders))

    def basket_problems(self) -> tuple[Problem, ...]:
        """What is wrong with everything but the payments: what a quote needs."""
        return (
            *([] if self.client_id is not None else [Problem("client_id", "field.required")]),
            *self._line_problems(),
            *(inner("discount", self.discount.problems()) if self.discount else ()),
        )

    def _line_problems(self) -> Iterator[Problem]:
        if not self.lines:
            yield Problem("lines", "sales.no_package")
        elif len(self.lines) > MOST_LINES:
            yield Problem("lines", "sales.too_many_lines", {"most": MOST_LINES})

    def _payment_problems(self, tenders: tuple[str, ...]) -> Iterator[Problem]:
        if len(self.payments) > MOST_PAYMENTS:
            yield Problem("payments", "sales.too_many_payments", {"most": MOST_PAYMENTS})
        for place, payment in enumerate(self.payments):
            yield from inner(f"payments.{place}", payment.problems(tenders))


@dataclass(frozen=True, slots=True)
class VoidSaleDraft:
    """Takes a whole sale of today back (S2). ``references`` are (payment id, terminal's reference)."""

    sale_id: int
    reason_code: str = ""
    text: str = ""
    references: tuple[tuple[int, str], ...] = ()

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field; a reference's field is ``references.<payment id>``."""
        return (
            *reason_problems(self.reason_code, self.text, VOID_REASONS),
            *references_problems(self.references),
        )


def inner(path: str, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems of a part, with their fields named from the whole."""
    return tuple(Problem(f"{path}.{one.field}", one.code, one.params) for one in problems)


def reason_problems(code: object, text: object, codes: tuple[str, ...]) -> Iterator[Problem]:
    """Problems of a mandatory reason: a code of the list, and its text where the code says nothing."""
    if not code:
        yield Problem("reason_code", "sales.reason_missing")
    else:
        yield from choice_problems("reason_code", code, codes)
    yield from line_problems("text", text, LINE_LIMIT, required=code == OTHER)


def reference_problems(field: str, value: object, *, required: bool) -> Iterator[Problem]:
    """Problems of a terminal's or bank's reference; it is no place for a card number (A5)."""
    if required and not str(value).strip():
        yield Problem(field, "sales.reference_missing")
    else:
        yield from line_problems(field, value, REFERENCE_LIMIT)


def references_problems(references: tuple[tuple[int, str], ...]) -> Iterator[Problem]:
    """Problems of references by payment."""
    for payment_id, reference in references:
        yield from reference_problems(f"references.{payment_id}", reference, required=False)
