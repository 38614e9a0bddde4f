"""Draft of a key for Stripe. It is never stored, kept for later or shown (A4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from frontdesk.errors import Problem
from frontdesk.services.stripe.keys import key_problems, read_key, tidy_key


@dataclass(frozen=True, slots=True)
class StripeKeyDraft:
    """What was pasted. ``unrestricted`` says that a key which may do everything is meant."""

    pasted: str = field(default="", repr=False)
    unrestricted: bool = False

    @property
    def secret(self) -> str:
        """The key without what came along with the copy."""
        return tidy_key(self.pasted)

    @property
    def livemode(self) -> bool | None:
        """Whether the key moves real money; None for what is no key."""
        return None if tuple(key_problems("pasted", self.pasted)) else read_key(self.secret).livemode

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field."""
        found = tuple(key_problems("pasted", self.pasted))
        if not found and not self.unrestricted and read_key(self.secret).kind == "unrestricted":
            return (Problem("unrestricted", "stripe.key_unrestricted"),)
        return found
