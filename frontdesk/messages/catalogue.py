"""Wording for packages at Stripe: what buyers read on a Payment Link, and what stops a package there."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "catalogue.thanks": "Thank you! Your credits are with {studio} now. Give your name at the desk when you come.",
    "catalogue.link_replaced": "This offer has changed, and this link is closed. Please ask {studio} for the new one.",
    "catalogue.link_gone": "This offer is not sold online any more. Please ask {studio} what there is instead.",
    "catalogue.price_not_ours": "The price that Stripe has for {name} by now cannot be read. Keep ours, or type it into the package.",
    "link_paper.no_printer": "No printer is set up on this computer. Add one in the system's settings, or save it as a PDF.",
    "link_paper.printer_failed": "The printer {printer} did not take the page. Look whether it is on and has paper, then print again.",
    "link_paper.cannot_save": "It cannot be saved as {path}: {detail}. Choose another folder.",
    "package.asked_for": "A client was asked to pay for {name} by Stripe, so it has to stay in the books. Archive it instead.",
    "package.at_stripe": "{name} is known at Stripe, so it has to stay in the books. Archive it instead.",
}
