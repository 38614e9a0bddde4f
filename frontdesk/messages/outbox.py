"""Wording of errors about work that waits for Stripe."""

MESSAGES: dict[str, str] = {
    "outbox.unknown": "This is not in the list any more. Look at the list again.",
    "outbox.finished": "Stripe has answered meanwhile, so there is nothing to send any more. Look at the list again.",
    "outbox.not_held": "This was sent to Stripe already, so it cannot be taken back here. Wait for Stripe's answer, then undo it where it was made.",
}
