"""What a pull or a sweep has done (Y3, Y5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of asking Stripe for what happened.

    ``elected`` is False where another desk pulls. ``whole`` says that everything Stripe had was applied, or
    set aside; it is False where it was stopped. ``swept`` says that objects were listed, not events alone.
    """

    elected: bool = True
    whole: bool = True
    events: int = 0
    objects: int = 0
    set_aside: int = 0
    swept: bool = False
