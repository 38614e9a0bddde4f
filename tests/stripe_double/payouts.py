"""Payouts: which balance transactions went to the bank together."""

from collections.abc import Callable
from typing import Any

from tests.stripe_double import shapes_money
from tests.stripe_double.account import Account
from tests.stripe_double.errors import invalid
from tests.stripe_double.money import book
from tests.stripe_double.types import Obj


def automatic(account: Account, currency: str, status: str, reconciled: bool, most: int | None = None) -> Obj:
    """Sends what is not paid out yet to the bank, at most so many balance transactions.

    AssertionError when there is nothing to send.
    """
    entries = account.balance_transactions
    waiting = [
        name
        for name in entries.names
        if name not in account.payout_of and entries.peek(name)["currency"] == currency
    ][:most]
    total = sum(entries.peek(name)["net"] for name in waiting)
    assert waiting and total > 0, f"nothing to pay out: {total} {currency}"
    made = _make(account, total, currency)
    for name in [*waiting, made["balance_transaction"]]:
        account.payout_of[name] = made["id"]
    account.payouts.update(made["id"], reconciliation_status="completed" if reconciled else "in_progress")
    account.emit("payout.created", made)
    return move(account, made["id"], status)


def manual(account: Account, amount: int, currency: str) -> Obj:
    """Sends an amount that the studio chose."""
    made = _make(account, amount, currency)
    account.payout_of[made["balance_transaction"]] = made["id"]
    account.payouts.update(
        made["id"], automatic=False, reconciliation_status="not_applicable", status="pending"
    )
    account.emit("payout.created", made)
    return made


def _make(account: Account, amount: int, currency: str) -> Obj:
    made = shapes_money.payout(account, account.new_id("po_1"), amount, currency)
    account.payouts.add(made)
    name = book(account, "payout", -amount, made["id"], currency=currency)
    now = account.now()
    account.balance_transactions.update(name, status="available", available_on=now)
    return account.payouts.update(made["id"], balance_transaction=name)


def move(account: Account, payout_id: str, status: str) -> Obj:
    """The bank takes the money (`paid`), or sends it back (`failed`), even days after it was paid."""
    made = account.payouts.get(payout_id)
    previous = {"status": made["status"]}
    if status == made["status"]:
        return made
    changes: Obj = {"status": status}
    if status == "failed":
        changes.update(failure_code="account_closed", failure_message="The bank account has been closed.")
        changes["failure_balance_transaction"] = book(
            account, "payout_failure", made["amount"], payout_id, currency=made["currency"]
        )
    account.payouts.update(payout_id, **changes)
    account.emit(
        f"payout.{status}" if status in ("paid", "failed", "canceled") else "payout.updated", made, previous
    )
    return made


def reconcile(account: Account, payout_id: str) -> Obj:
    """Stripe has worked out what a payout consists of."""
    made = account.payouts.get(payout_id)
    previous = {"reconciliation_status": made["reconciliation_status"]}
    account.payouts.update(payout_id, reconciliation_status="completed")
    account.emit("payout.reconciliation_completed", made, previous)
    return made


def itemised(account: Account, payout_id: str) -> list[str]:
    """The balance transactions of a payout, oldest first; only some while Stripe still works it out."""
    made = account.payouts.get(payout_id)
    if not made["automatic"]:
        raise invalid(
            "Balance transaction history can only be filtered on automatic transfers, not manual.", "payout"
        )
    among = account.balance_transactions.window(0, made["created"])
    names = [name for name in among if account.payout_of.get(name) == payout_id]
    return names if made["reconciliation_status"] == "completed" else names[: len(names) // 2]


def arrives_in(account: Account, window: Any) -> Callable[[str], bool]:
    """Whether a payout arrives in a window as of `created`."""
    bounds = {"gte": window, "lte": window} if isinstance(window, int) else window

    def arrives(name: str) -> bool:
        day = account.payouts.peek(name)["arrival_date"]
        return bool(
            bounds.get("gte", day) <= day <= bounds.get("lte", day)
            and day > bounds.get("gt", day - 1)
            and day < bounds.get("lt", day + 1)
        )

    return arrives
