"""Draft of a package: everything that is checked before a package is saved (P1, P6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from frontdesk.errors import Problem
from frontdesk.models.calendar import MAX_VALIDITY_DAYS, MAX_VALIDITY_MONTHS, Validity
from frontdesk.models.money import WHOLE_MILLI_PERCENT, Money
from frontdesk.services.drafts.checks import (
    amount_problems,
    choice_problems,
    line_problems,
    lines_problems,
    number_problems,
)
from frontdesk.services.stripe.amounts import charge_problem

DESCRIPTION_LIMIT: Final = 2_000
MOST_CREDITS: Final = 100_000
MOST_PER_CLIENT: Final = 1_000

#: What a buyer gets for the price. A Payment Link sells just this; a name or a description may change on it.
GIVEN: Final = (
    "credits",
    "bonus",
    "validity_kind",
    "validity_count",
    "validity_starts",
    "latest_start_days",
    "eligible",
)

ValidityKind = Literal["never", "days", "months"]
ValidityStarts = Literal["purchase", "first_class"]
_MOST_VALIDITY: Final = {"days": MAX_VALIDITY_DAYS, "months": MAX_VALIDITY_MONTHS}


@dataclass(frozen=True, slots=True)
class PackageDraft:
    """A package as a person fills it in (P1). None in a number means that its field is empty.

    ``price`` is in the studio's currency; ``eligible`` holds ids of class types, None for all of them;
    ``per_client_limit`` is how often one client may buy it, None for any number; the tax rate is in
    thousandths of a percent.
    """

    name: str = ""
    description: str = ""
    credits: int | None = None
    bonus: int | None = 0
    price: Money | None = None
    validity_kind: ValidityKind = "days"
    validity_count: int | None = None
    validity_starts: ValidityStarts = "purchase"
    latest_start_days: int | None = None
    eligible: tuple[int, ...] | None = None
    per_client_limit: int | None = None
    online: bool = False
    tax_milli_percent: int = 0

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field (P6). Names of other packages are compared by the service."""
        return (
            *line_problems("name", self.name, required=True),
            *lines_problems("description", self.description, DESCRIPTION_LIMIT),
            *number_problems("credits", self.credits, 1, MOST_CREDITS),
            *number_problems("bonus", self.bonus, 0, MOST_CREDITS),
            *_price_problems(self.price, self.online),
            *self._validity_problems(),
            *_eligible_problems(self.eligible),
            *number_problems("per_client_limit", self.per_client_limit, 1, MOST_PER_CLIENT, required=False),
            *number_problems("tax_milli_percent", self.tax_milli_percent, 0, WHOLE_MILLI_PERCENT),
        )

    @property
    def validity(self) -> Validity:
        """The validity as the calendar reckons with it; raises CalendarError where ``problems()`` objects.

        Values that the chosen kind has no use for are left out, as the form hides their fields.
        """
        if self.validity_kind == "never":
            return Validity()
        from_first = self.validity_starts == "first_class"
        return Validity(
            self.validity_kind,
            self.validity_count,
            self.validity_starts,
            self.latest_start_days if from_first else None,
        )

    def _validity_problems(self) -> Iterator[Problem]:
        yield from choice_problems("validity_kind", self.validity_kind, ("never", "days", "months"))
        yield from choice_problems("validity_starts", self.validity_starts, ("purchase", "first_class"))
        most = _MOST_VALIDITY.get(self.validity_kind)
        if most is None:
            return
        yield from number_problems("validity_count", self.validity_count, 1, most)
        if self.validity_starts == "first_class":
            yield from number_problems("latest_start_days", self.latest_start_days, 0, MAX_VALIDITY_DAYS)


def closes_link(before: PackageDraft, after: PackageDraft, *, tax_on_top: bool) -> bool:
    """Whether saving closes the Payment Link that sells the package, with every printed code of it (Y1)."""
    if not after.online or before.price != after.price:
        return True
    if tax_on_top and before.tax_milli_percent != after.tax_milli_percent:
        return True
    return any(getattr(before, name) != getattr(after, name) for name in GIVEN)


def _price_problems(price: object, online: bool) -> Iterator[Problem]:
    wrong = tuple(amount_problems("price", price, least=0))
    yield from wrong
    if online and not wrong and isinstance(price, Money):
        yield from _online_problems(price)


def _online_problems(price: Money) -> Iterator[Problem]:
    if price.amount == 0:
        yield Problem("price", "package.free_online")
        return
    problem = charge_problem(price.amount, price.currency, "price")
    if problem is not None:
        yield problem


def _eligible_problems(eligible: tuple[object, ...] | None) -> Iterator[Problem]:
    if eligible is None:
        return
    if not eligible:
        yield Problem("eligible", "package.no_class_types")
    elif not all(isinstance(one, int) for one in eligible):
        yield Problem("eligible", "package.unknown_class_type")
