"""Wording of errors about payouts."""

MESSAGES: dict[str, str] = {
    "payout.unknown": "This payout is not there any more. Go back to the list and press “Sync now”.",
}
