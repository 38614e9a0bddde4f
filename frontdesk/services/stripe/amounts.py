"""Stripe's integers and those of the books: Stripe counts some currencies otherwise than ISO 4217 (S9).

Nothing else converts. Amounts of the books are ISO minor units, those of Stripe what its API takes.
"""

from __future__ import annotations

from typing import Final

from frontdesk.errors import Problem, Refused
from frontdesk.models.money import Money, currency

#: Stripe counts these without decimals, like ISO 4217, but for the ariary, of which ISO counts hundredths.
_ZERO_DECIMAL: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
#: Stripe counts these in thousandths, and charges tens of them.
_THREE_DECIMAL: Final = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
#: Without decimals since 2023, yet still given to Stripe in hundredths: 5 ISK are 500.
_WHOLE_IN_HUNDREDTHS: Final = frozenset(("ISK",))
#: Stripe's pages contradict each other (UGX), or do not say how it counts them. HUF and TWD are not among
#: them: they are special in payouts alone, which Stripe makes by itself.
_UNSURE: Final = frozenset(("UGX", "IQD", "LYD"))

#: Stripe takes amounts of up to eight digits.
_MOST: Final = 99_999_999
#: What Stripe's page names, in ISO minor units. Its own ``amount_too_small`` is what counts in the end.
_LEAST: Final = {
    "AED": 200, "AUD": 50, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30,
    "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50,
    "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}  # fmt: skip


def taken_online(code: str) -> bool:
    """Whether it is certain how Stripe counts this currency; only then anything is sold by Stripe in it."""
    return code not in _UNSURE


def to_stripe(amount: int, code: str) -> int:
    """Minor units of the books as Stripe's integer.

    Raises:
        Refused: stripe.currency_unsure; stripe.amount_not_whole where Stripe cannot charge such a fraction.
    """
    up, down, step = _ratio(code)
    counted, left = divmod(amount * up, down)
    if left or counted % step:
        raise Refused("stripe.amount_not_whole", amount=Money(amount, code), step=_smallest(code))
    return counted


def from_stripe(amount: int, code: str) -> int:
    """Stripe's integer as minor units of the books; ``code`` in either case.

    Raises:
        Refused: stripe.currency_unsure; stripe.amount_odd where it is not whole in the books.
    """
    upper = code.upper()
    up, down, _step = _ratio(upper)
    counted, left = divmod(amount * down, up)
    if left:
        raise Refused("stripe.amount_odd", amount=amount, currency=upper)
    return counted


def least_charge(code: str) -> int | None:
    """The least that Stripe charges, in minor units of the books; None where its page names none."""
    return _LEAST.get(code)


def most_charge(code: str) -> int:
    """The most that Stripe charges at once, in minor units of the books.

    Raises:
        Refused: stripe.currency_unsure.
    """
    up, down, step = _ratio(code)
    return (_MOST - _MOST % step) * down // up


def charge_step(code: str) -> int:
    """The amount of which Stripe charges and refunds multiples, in minor units of the books."""
    return _smallest(code).amount if taken_online(code) else 1


def charge_problem(amount: int, code: str, field: str) -> Problem | None:
    """Why Stripe would not charge this much, in minor units of the books; None where it would (P6)."""
    if not taken_online(code):
        return Problem(field, "stripe.currency_unsure", {"currency": code})
    try:
        to_stripe(amount, code)
    except Refused as refused:
        return Problem(field, refused.code, refused.params)
    least, most = least_charge(code), most_charge(code)
    if least is not None and amount < least:
        return Problem(field, "stripe.amount_too_small", {"least": Money(least, code)})
    if amount > most:
        return Problem(field, "stripe.amount_too_large", {"most": Money(most, code)})
    return None


def _ratio(code: str) -> tuple[int, int, int]:
    """Stripe's integer = amount × first ÷ second, in steps of the third."""
    if code in _UNSURE:
        raise Refused("stripe.currency_unsure", currency=code)
    exponent = currency(code).exponent
    if code in _WHOLE_IN_HUNDREDTHS:
        return 10 ** (2 - exponent), 1, 100
    if code in _ZERO_DECIMAL:
        return 1, 10**exponent, 1
    if code in _THREE_DECIMAL:
        return 1, 1, 10
    return 1, 1, 1


def _smallest(code: str) -> Money:
    """The smallest amount of which Stripe charges multiples."""
    up, down, step = _ratio(code)
    return Money(max(1, step * down // up), code)
