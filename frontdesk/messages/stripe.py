"""Wording for Stripe: its account, its key, and how a call to it can end."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "stripe.currency_unsure": "How Stripe counts {currency} is not certain, so nothing is sold by Stripe in it. Sell at the desk instead.",
    "stripe.amount_not_whole": "Stripe cannot charge {amount}: only multiples of {step}. Change the price.",
    "stripe.amount_odd": "Stripe named {amount} as an amount in {currency}, which is not whole in the books. Look at it in Stripe's dashboard.",
    "stripe.amount_too_small": "Stripe charges {least} or more. Raise the price, or sell it at the desk alone.",
    "stripe.amount_too_large": "Stripe charges {most} or less at once. Lower the price, or sell it at the desk alone.",
}
