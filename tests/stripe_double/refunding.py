"""Refunds and disputes: how money goes back, with and without the studio's will."""

from typing import Any

from tests.stripe_double import shapes_money
from tests.stripe_double.account import Account
from tests.stripe_double.errors import StripeError, invalid
from tests.stripe_double.money import book, shown
from tests.stripe_double.types import Obj

_DISPUTE_FEE = 1500


def charge_of(account: Account, charge_or_intent: str) -> str:
    """The charge of a charge's or a payment intent's id. KeyError when there is none."""
    if charge_or_intent in account.charges:
        return charge_or_intent
    charge: Any = account.payment_intents.get(charge_or_intent)["latest_charge"]
    if charge is None or account.charges.get(charge)["status"] != "succeeded":
        raise KeyError(charge_or_intent)
    return str(charge)


def check(account: Account, charge: Obj, amount: int | None) -> int:
    """The amount that may be refunded. Raises a 400 for one that may not."""
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} was not successful; cannot issue a refund.", "charge")
    open_disputes = [
        d
        for d in map(account.disputes.get, account.disputes.with_value("charge", charge["id"]))
        if not d["is_charge_refundable"] and d["status"] not in ("won", "warning_closed")
    ]
    if open_disputes:
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    left = charge["amount"] - charge["amount_refunded"]
    if left <= 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount is not None and amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount is not None and amount > left:
        raise invalid(
            f"Refund amount ({shown(amount, charge['currency'])}) is greater than unrefunded amount on "
            f"charge ({shown(left, charge['currency'])})",
            "amount",
        )
    return left if amount is None else amount


def refund(account: Account, charge_id: str, amount: int, **fields: Any) -> Obj:
    """Makes a refund in the status that the account's behaviour says."""
    charge = account.charges.get(charge_id)
    made = shapes_money.refund(account, account.new_id("re_3"), amount, charge["currency"])
    made.update(charge=charge_id, payment_intent=charge["payment_intent"], **fields)
    behaviour = account.behaviour
    made["status"] = behaviour.refund_status
    if behaviour.refund_status == "pending":
        made["pending_reason"] = behaviour.refund_pending_reason or "processing"
    if behaviour.refund_status == "requires_action":
        made["next_action"] = _next_action(account)
    account.refunds.add(made)
    if behaviour.refund_status == "succeeded":
        _book(account, made["id"])
    _count(account, charge_id, amount)
    account.emit("refund.created", account.refunds.get(made["id"]))
    account.emit("charge.refunded", account.charges.get(charge_id))
    return account.refunds.get(made["id"])


def _next_action(account: Account) -> Obj:
    sent = {"email_sent_at": account.now(), "email_sent_to": "buyer@example.com"}
    details = {"email_sent": sent, "expires_at": account.now() + 30 * 86400}
    return {"display_details": details, "type": "display_details"}


def _book(account: Account, refund_id: str) -> None:
    made = account.refunds.get(refund_id)
    if made["balance_transaction"] is None:
        name = book(account, "refund", -made["amount"], refund_id, currency=made["currency"])
        account.refunds.update(refund_id, balance_transaction=name)


def _count(account: Account, charge_id: str, change: int) -> None:
    charge = account.charges.get(charge_id)
    refunded = charge["amount_refunded"] + change
    account.charges.update(charge_id, amount_refunded=refunded, refunded=refunded >= charge["amount"])


def _tell(account: Account, made: Obj, previous: Obj) -> None:
    account.emit("refund.updated", made, previous)
    account.emit("charge.refund.updated", made, previous)


def advance(account: Account, refund_id: str) -> Obj:
    """A refund that is on its way, or waits for the buyer, arrives."""
    made = account.refunds.get(refund_id)
    assert made["status"] in ("pending", "requires_action"), f"{refund_id} is {made['status']}"
    previous = {"status": made["status"]}
    for name in ("pending_reason", "next_action"):
        made.pop(name, None)
    account.refunds.update(refund_id, status="succeeded")
    _book(account, refund_id)
    _tell(account, made, previous)
    return made


def fail(account: Account, refund_id: str, reason: str = "lost_or_stolen_card") -> Obj:
    """The bank sends a refund back, even one that had succeeded."""
    made = account.refunds.get(refund_id)
    assert made["status"] in ("pending", "requires_action", "succeeded"), f"{refund_id} is {made['status']}"
    previous = {"status": made["status"]}
    _give_back(account, refund_id, "failed", failure_reason=reason)
    account.emit("refund.failed", made)
    _tell(account, made, previous)
    return made


def cancel(account: Account, refund_id: str) -> Obj:
    """Takes a refund back that waits for the buyer. Raises a 400 for any other."""
    made = account.refunds.get(refund_id)
    if made["status"] != "requires_action":
        raise invalid(
            f"Refunds with status {made['status']} cannot be canceled; only refunds that require action can."
        )
    previous = {"status": made["status"]}
    _give_back(account, refund_id, "canceled")
    _tell(account, made, previous)
    return made


def _give_back(account: Account, refund_id: str, status: str, **fields: Any) -> None:
    made = account.refunds.get(refund_id)
    for name in ("pending_reason", "next_action"):
        made.pop(name, None)
    if made["balance_transaction"] is not None:
        fields["failure_balance_transaction"] = book(
            account, "refund_failure", made["amount"], refund_id, currency=made["currency"]
        )
    account.refunds.update(refund_id, status=status, **fields)
    if account.behaviour.failed_refund_restores_charge:
        _count(account, made["charge"], -made["amount"])


def no_charge(intent_id: str) -> StripeError:
    """A payment that was never made cannot be refunded."""
    return invalid(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")


# --- Disputes --------------------------------------------------------------------------------------


def open_dispute(account: Account, charge_id: str, amount: int | None, reason: str, status: str) -> Obj:
    """The buyer complains at the bank; unless it is an inquiry, the bank takes the money."""
    charge = account.charges.get(charge_id)
    made = shapes_money.dispute(
        account, account.new_id("du_1"), charge["amount"] if amount is None else amount, charge["currency"]
    )
    inquiry = status.startswith("warning_")
    made.update(
        charge=charge_id,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status=status,
        is_charge_refundable=inquiry,
    )
    if inquiry:
        made["payment_method_details"]["card"]["case_type"] = "inquiry"
    account.disputes.add(made)
    account.charges.update(charge_id, disputed=True)
    account.emit("charge.dispute.created", made)
    if not inquiry:
        _move(account, made["id"], -made["amount"], _DISPUTE_FEE, "dispute")
        account.emit("charge.dispute.funds_withdrawn", made)
    account.emit("charge.updated", account.charges.get(charge_id), {"disputed": False})
    return made


def _move(account: Account, dispute_id: str, amount: int, fee: int, category: str) -> None:
    made = account.disputes.get(dispute_id)
    name = book(
        account, "adjustment", amount, dispute_id, currency=made["currency"], fee=fee, category=category
    )
    moved = [*made["balance_transactions"], account.balance_transactions.get(name)]
    account.disputes.update(dispute_id, balance_transactions=moved)


def close_dispute(account: Account, dispute_id: str, status: str) -> Obj:
    """The bank decides: won, lost, prevented or warning_closed."""
    assert status in ("won", "lost", "prevented", "warning_closed"), status
    made = account.disputes.get(dispute_id)
    previous = {"status": made["status"]}
    account.disputes.update(dispute_id, status=status)
    if status == "won" and made["balance_transactions"]:
        _move(account, dispute_id, made["amount"], 0, "dispute_reversal")
        account.emit("charge.dispute.funds_reinstated", made)
    if status == "warning_closed":
        account.disputes.update(dispute_id, is_charge_refundable=True)
    account.emit("charge.dispute.closed", made, previous)
    return made
