"""Money as it moves: charges, refunds and payouts write balance transactions here."""

from tests.stripe_double import shapes_money
from tests.stripe_double.account import Account
from tests.stripe_double.errors import invalid
from tests.stripe_double.types import Obj

#: The least that may be charged, in minor units.
MINIMUM = {
    "usd": 50, "eur": 50, "gbp": 30, "chf": 50, "cad": 50, "aud": 50, "nzd": 50, "jpy": 50, "sek": 300,
    "nok": 300, "dkk": 250, "pln": 200, "czk": 1500, "mxn": 1000, "huf": 17500,
}  # fmt: skip
_ZERO_DECIMAL = ("jpy", "krw", "vnd", "clp")


def shown(amount: int, currency: str) -> str:
    """`$10.00`, roughly as Stripe writes it in messages."""
    number = str(amount) if currency in _ZERO_DECIMAL else f"{amount / 100:.2f}"
    return f"${number}" if currency == "usd" else f"{number} {currency}"


def check_amount(amount: int, currency: str, param: str = "amount", whole: str = "Amount") -> None:
    """Raises `amount_too_small` or `amount_too_large`."""
    least = MINIMUM.get(currency, 50)
    if amount < least:
        raise invalid(
            f"{whole} must be at least {shown(least, currency)} {currency}", param, "amount_too_small"
        )
    if amount > 99_999_999:
        raise invalid(
            f"{whole} must be no more than {shown(99_999_999, currency)} {currency}",
            param,
            "amount_too_large",
        )


def fee_of(account: Account, amount: int) -> int:
    """Stripe's fee, in minor units, rounded half up."""
    rate = account.behaviour.fee_rate
    return (amount * rate + 5000) // 10000 + account.behaviour.fee_fixed


def book(
    account: Account,
    type: str,
    amount: int,
    source: str | None,
    *,
    currency: str,
    fee: int = 0,
    category: str | None = None,
) -> str:
    """Writes a balance transaction and returns its id; `category` is the `reporting_category`."""
    made = shapes_money.balance_transaction(account, account.new_id("txn_3"), type, amount, fee, currency)
    made["source"] = source
    made["reporting_category"] = category or type
    account.balance_transactions.add(made)
    name: str = made["id"]
    return name


def book_charge(account: Account, charge: Obj) -> None:
    """Gives a charge its balance transaction, now or with the next move of the clock."""
    if account.behaviour.late_balance_transactions:
        return
    is_card = charge["payment_method_details"]["type"] in ("card", "card_present")
    name = book(
        account,
        "charge" if is_card else "payment",
        charge["amount_captured"],
        charge["id"],
        currency=charge["currency"],
        fee=fee_of(account, charge["amount_captured"]),
        category="charge",
    )
    account.charges.update(charge["id"], balance_transaction=name)


def deliver_late(account: Account) -> None:
    """Books what was put off, and tells it by `charge.updated`."""
    waits = [
        c
        for c in account.charges.live
        if c["balance_transaction"] is None and c["status"] == "succeeded" and c["captured"]
    ]
    late, account.behaviour.late_balance_transactions = account.behaviour.late_balance_transactions, False
    for charge in waits:
        book_charge(account, charge)
        account.emit("charge.updated", charge, {"balance_transaction": None})
    account.behaviour.late_balance_transactions = late


def make_available(account: Account) -> None:
    """Money becomes available when its day comes."""
    now = account.now()
    for entry in account.balance_transactions.live:
        if entry["status"] == "pending" and entry["available_on"] <= now:
            account.balance_transactions.update(entry["id"], status="available")


def balance(account: Account) -> Obj:
    """The balance as Stripe shows it."""
    sums = account.balance()
    currencies = sorted({currency for currency, _ in sums} | {account.currency})

    def part(status: str) -> list[Obj]:
        return [
            {"amount": sums[c, status], "currency": c, "source_types": {"card": sums[c, status]}}
            for c in currencies
        ]

    return {
        "object": "balance",
        "available": part("available"),
        "livemode": account.livemode,
        "pending": part("pending"),
    }
