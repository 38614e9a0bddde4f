"""Wording for the pull: what cannot be read from Stripe, or not be taken into the books."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "stripe.odd_list": "Stripe's list {path} does not move on, so reading it was stopped. Frontdesk tries again at the next sync.",
    "sync.not_understood": "Stripe tells of this in a way that this version of Frontdesk cannot read, so it is not in the books yet; all else is. Look at it in Stripe's dashboard and install the newest version. If it stays, report it and quote {id}.",
    "sync.other_currency": "This purchase was paid in {paid_in}, and the studio counts in {currency}, so it is in no sale yet. Look at it in Stripe's dashboard, and sell the package at the desk for what was received.",
    "sync.several_packages": "This purchase holds more than one package, which is sold one by one here, so it is in no sale yet. Look at it in Stripe's dashboard, and sell the packages at the desk.",
}
