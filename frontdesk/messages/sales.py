"""Wording for sales, discounts, payments and voids."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "sales.no_package": "Choose at least one package to sell.",
    "sales.too_many_lines": "One sale takes up to {most} packages. Make a second sale for the rest.",
    "sales.too_many_payments": "One sale takes up to {most} payments. Join some of them.",
    "sales.terms_changed": "The terms of {name} were changed while this sale was open. Look at the new price and credits, then sell again.",
    "sales.reason_missing": "Choose a reason, so that the books can tell why.",
    "sales.reference_missing": "Type the reference that the card terminal printed.",
    "sales.discount_twice": "A discount is an amount or a percentage. Clear one of them.",
    "sales.discount_too_large": "The discount is more than the price. Type {most} or less.",
    "sales.discount_too_small": "This percentage of the price is less than the smallest coin. Raise it, or remove the discount.",
    "sales.discount_on_free": "This sale costs nothing already. Remove the discount.",
    "sales.cash_too_little": "The cash given, {given}, is less than the {due} due. Type the amount the client handed over.",
    "sales.not_cash": "Change is given for cash alone. Clear the cash given.",
    "sales.free_costs_nothing": "“Free” stands for a sale of nothing to pay. Choose how the client pays.",
    "sales.nothing_to_pay": "There is nothing to pay. Remove the payment.",
    "sales.not_free": "{total} is to be paid. Choose how the client pays.",
    "sales.payments_do_not_add_up": "The payments come to {paid}, and the sale to {total}. Change the payments until they are equal.",
    "sales.other_currency": "This studio counts in {currency}. Type the amount in it.",
    "sales.client_archived": "{name} is archived. Restore the client's card first, then sell.",
    "sales.unknown": "This sale does not exist. Look at the list again.",
    "void.not_today": "This sale is of {day}, and only a sale of the same business day can be taken back as a whole. Refund it instead.",
    "void.disputed": "A payment of this sale is disputed, and Stripe refuses to refund it. Wait until the bank has decided, or refund what was paid another way.",
    "void.nothing_left": "This sale has been taken back or refunded already. There is nothing left to void.",
    "receipt.no_printer": "No printer is set up on this computer. Add one in the system's settings, or save the receipt as a PDF. The sale itself is safe.",
    "receipt.printer_failed": "The printer {printer} did not take the receipt. Look whether it is on and has paper, then print again. The sale itself is safe.",
    "receipt.cannot_save": "The receipt cannot be saved as {path}: {detail}. Choose another folder.",
    "receipt.unknown": "This receipt does not exist. Look at the list again.",
}
