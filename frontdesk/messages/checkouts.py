"""Wording for sales that wait for Stripe, and for card readers."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "checkout.part_of": "Part of {names}",
    "checkout.nothing_by_stripe": "No payment of this sale is by Stripe. Choose QR code or card reader for one of them.",
    "checkout.twice_by_stripe": "Stripe collects one payment of a sale. Choose another way to pay for this one.",
    "checkout.no_reader": "No card reader is chosen. Choose one, or set one up first.",
    "checkout.amount_too_small": "Stripe charges {least} or more. Take this part another way.",
    "checkout.amount_too_large": "Stripe charges {most} or less at once. Split the payment.",
    "checkout.charges_off": "Stripe does not let this account take money yet. See in Stripe's dashboard what it still wants.",
    "checkout.unknown": "This sale is not there any more. Close it and look at the client's purchases.",
    "checkout.paid": "It was paid already: the sale is made. Look at the client's purchases.",
    "checkout.over": "It is over already: nobody can pay it any more. Begin a new sale.",
    "checkout.under_way": "The client's bank is working on the payment, so it cannot be taken back. Wait for its answer; refund it afterwards if need be.",
    "checkout.not_on_a_reader": "This payment cannot be sent to a reader now. Wait a moment and try again.",
    "checkout.no_payment": "Stripe says that a sale is paid, but not by which payment. It is asked again by itself; if this stays, look for the payment in Stripe's dashboard.",
    "checkout.other_amount": "Stripe received {received} where {due} was to pay. Compare the payment in Stripe's dashboard with the sale, and refund it there.",
    "reader.country_missing": "Type the country as two letters, such as US or DE.",
    "reader.not_simulated": "Only a simulated reader takes test cards. Hold a real card to this one.",
}
