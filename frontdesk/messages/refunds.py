"""Wording for refunds, transactions and the tasks that need a decision."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "refunds.line_unknown": "This part of a sale does not exist. Look at the list again.",
    "refunds.too_much": "At most {most} can still be refunded here. Type that or less.",
    "refunds.disputed": "At most {most} can be refunded now: the rest is disputed, and Stripe refuses to refund it. Wait until the bank has decided.",
    "refunds.not_whole": "Stripe refunds multiples of {step} only. Type {below} or {above}.",
    "refunds.only_whole": "Stripe refunds multiples of {step} only. Type {below}.",
    "refunds.nothing": "There is nothing to refund and no credit to void. Type an amount, or close this window.",
    "refunds.reference_missing": "Refund {amount} on your card terminal, then type the reference that it printed.",
    "refunds.instead_needs_task": "The money goes back by the way it came. Another way is for refunds that failed: open the task under “needs a decision”.",
    "refunds.not_pending": "This refund does not wait to be confirmed. Look at its newest state.",
    "refunds.cannot_fail": "Only a card or bank refund that was not marked failed yet can be marked failed. Look at its newest state.",
    "transaction.unknown": "This transaction does not exist. Look at the list again.",
    "decision.unknown": "This task does not exist. Look at the list again.",
    "decision.closed": "This task was closed already. Look at the list again.",
    "decision.final": "What this task decided has changed the books, so it cannot be opened again. Correct it on the client's card.",
    "decision.other_sale": "This task belongs to another sale. Open the task again.",
}
