"""Wording for the pull: what cannot be read from Stripe, or not be taken into the books."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "stripe.odd_list": "Stripe's list {path} does not move on, so reading it was stopped. Frontdesk tries again at the next sync.",
    "sync.not_understood": "Frontdesk does not understand what Stripe says of this {kind} ({detail}). All else was taken over. Look at it in Stripe's dashboard, and report this with the id shown.",
    "sync.other_currency": "This purchase was paid in {paid_in}, and the studio counts in {currency}, so it is in no sale yet. Look at it in Stripe's dashboard, and sell the package at the desk for what was received.",
    "sync.several_packages": "This purchase holds more than one package, which is sold one by one here, so it is in no sale yet. Look at it in Stripe's dashboard, and sell the packages at the desk.",
}
