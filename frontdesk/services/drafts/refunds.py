"""Drafts of a refund, and of what becomes of it later (S5, S6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from frontdesk.errors import Problem
from frontdesk.models.money import Money
from frontdesk.services.drafts.checks import amount_problems, choice_problems, number_problems
from frontdesk.services.drafts.sales import (
    DESK_TENDERS,
    reason_problems,
    references_problems,
)

REFUND_REASONS: Final = ("client_request", "illness", "moved_away", "studio_cancelled", "goodwill", "other")


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """Money back for one sale line, and the credits that it voids (S5).

    ``amount`` goes back by the payments it came by, electronic first. ``references`` are (payment id,
    terminal's reference), needed for each external card payment that takes part. ``decision_id`` names the
    open task of a refund that failed; with it ``instead`` may name the tender the client is paid by this
    time.
    """

    sale_line_id: int
    amount: Money | None = None
    credits_to_void: int | None = None
    reason_code: str = ""
    text: str = ""
    references: tuple[tuple[int, str], ...] = ()
    decision_id: int | None = None
    instead: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field; a reference's field is ``references.<payment id>``."""
        return (
            *amount_problems("amount", self.amount, least=0),
            *number_problems("credits_to_void", self.credits_to_void, 0),
            *reason_problems(self.reason_code, self.text, REFUND_REASONS),
            *references_problems(self.references),
            *(choice_problems("instead", self.instead, DESK_TENDERS) if self.instead else ()),
            *([Problem("instead", "refunds.instead_needs_task")] if self._instead_alone else ()),
        )

    @property
    def _instead_alone(self) -> bool:
        return bool(self.instead) and self.decision_id is None


def step_problem(beside: Sequence[int], step: int, currency: str) -> Problem:
    """Names the one or two amounts beside what was typed that Stripe can refund; all in minor units (S9)."""
    told = {"step": Money(step, currency), "below": Money(beside[0], currency)}
    if len(beside) == 1:
        return Problem("amount", "refunds.only_whole", told)
    return Problem("amount", "refunds.not_whole", told | {"above": Money(beside[1], currency)})
