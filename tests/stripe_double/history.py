"""Years of sales that cost nearly nothing to make: each object is written out when somebody asks for it."""

import json
import random
import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from tests.stripe_double import shapes, shapes_money
from tests.stripe_double.account import Account
from tests.stripe_double.money import fee_of
from tests.stripe_double.payments import details_of
from tests.stripe_double.types import Obj

_DAY = 86400
#: Numbers in ids are scrambled, since Stripe's do not sort by time; the factor is prime to 10.
_SPAN, _FACTOR = 10**12, 387420489
_BACK = pow(_FACTOR, -1, _SPAN)
_FIRST = ("Ada", "Ben", "Chloé", "Dörte", "Émile", "Fatma", "Günther", "Hanna", "Íñigo", "Jo")
_LAST = ("Ångström", "Brown", "Çelik", "Dubois", "Evans", "Fischer", "García", "Hansen", "Ito", "Jones")


@dataclass(frozen=True)
class Offer:
    """What is sold again and again: a price, through a payment link or at the desk."""

    price: Obj
    link: Obj | None
    items: list[Obj]
    intent_metadata: Obj

    @property
    def currency(self) -> str:
        """In lower case, as Stripe has it."""
        return str(self.items[0]["currency"])

    @property
    def amount(self) -> int:
        """Minor units."""
        return sum(item["amount_total"] for item in self.items)


class _Template:
    """The JSON of a kind of object, with holes: `@s:name@` in strings, `@n:name@` for anything else."""

    def __init__(self, obj: Obj) -> None:
        text = json.dumps(obj, separators=(",", ":"), ensure_ascii=False).replace("%", "%%")
        text = re.sub(r'"@n:(\w+)@"', r"%(\1)s", text)
        self._text = re.sub(r"@s:(\w+)@", r"%(\1)s", text)

    def filled(self, values: Obj) -> bytes:
        return (self._text % values).encode()


class History:
    """Sales number 0 … n-1, oldest first. All that belongs to a sale has the sale's number in its id."""

    def __init__(
        self, account: Account, offers: list[Offer], n_sales: int, years: float, seed: int, refunded: float
    ) -> None:
        self._account, self._offers = account, offers
        numbers = random.Random(seed)
        now = account.now()
        first = now - int(years * 365 * _DAY)
        self._created = array("q", sorted(numbers.randrange(first, now - 3600) for _ in range(n_sales)))
        self._offer = bytes(numbers.randrange(len(offers)) for _ in range(n_sales))
        # Days until the refund, 0 for none.
        self._refund_days = bytes(
            numbers.randrange(1, 11) if numbers.random() < refunded else 0 for _ in range(n_sales)
        )
        self._people = max(1, n_sales // 8)
        self._amounts = [offer.amount for offer in offers]
        self._fees = [fee_of(account, offer.amount) for offer in offers]
        mode = "cs_live_" if account.livemode else "cs_test_"
        self._prefixes = {
            "checkout.session": mode + "h1",
            "payment_intent": "pi_3H",
            "charge": "ch_3H",
            "balance_transaction": "txn_3H",
            "refund": "re_3H",
            "customer": "cus_H",
        }
        self._templates = _templates(account, offers)

    # --- Ids -------------------------------------------------------------------------------------

    def _name(self, kind: str, number: int) -> str:
        return f"{self._prefixes[kind]}{(number * _FACTOR + 98765) % _SPAN:012d}"

    def _refund_entry(self, number: int) -> str:
        return f"txn_3R{(number * _FACTOR + 98765) % _SPAN:012d}"

    def _number(self, name: str) -> int | None:
        """The sale's (or the customer's) number in an id, or None for an id of somebody else's."""
        digits = name[-12:]
        if not digits.isdigit():
            return None
        number = (int(digits) - 98765) * _BACK % _SPAN
        return number if number < len(self._created) else None

    def _customer(self, number: int) -> str:
        return self._name("customer", number % self._people)

    def _refunded_at(self, number: int) -> int | None:
        """When a sale was refunded; None when it was not, or not yet."""
        days = self._refund_days[number]
        at = self._created[number] + days * _DAY
        return at if days and at <= self._created[-1] else None

    def install(self) -> None:
        """Puts everything into the lists."""
        account, sold = self._account, range(len(self._created))
        back = [(at, n) for n in sold if (at := self._refunded_at(n)) is not None]
        lists = {
            "checkout.session": account.sessions,
            "payment_intent": account.payment_intents,
            "charge": account.charges,
        }
        for kind, collection in lists.items():
            collection.add_history(self, [(self._created[n], self._name(kind, n)) for n in sold])
        people = range(min(self._people, len(self._created)))
        account.customers.add_history(self, [(self._created[n], self._name("customer", n)) for n in people])
        account.refunds.add_history(self, [(at, self._name("refund", n)) for at, n in back])
        entries = [(self._created[n], self._name("balance_transaction", n)) for n in sold]
        entries += [(at, self._refund_entry(n)) for at, n in back]
        account.balance_transactions.add_history(self, entries)

    # --- What collections ask --------------------------------------------------------------------

    def text(self, kind: str, object_id: str) -> bytes:
        """An object's JSON."""
        number = self._number(object_id)
        assert number is not None, object_id
        values = self._values(number, object_id)
        if kind == "balance_transaction":
            kind = "refund_entry" if object_id.startswith("txn_3R") else kind
            values["status"] = "available" if values["available_on"] <= self._account.now() else "pending"
        return self._templates[kind, self._offer[number] if kind != "customer" else 0].filled(values)

    def _values(self, number: int, object_id: str) -> Obj:
        created = self._created[number]
        offer = self._offer[number]
        refunded_at = self._refunded_at(number) if self._refund_days[number] else None
        at = refunded_at if refunded_at and object_id.startswith(("re_", "txn_3R")) else created
        person = number % self._people
        return {
            "id": object_id,
            "digits": object_id[-12:],
            "created": at,
            "expires_at": created + _DAY,
            "available_on": at + 2 * _DAY,
            "customer": self._customer(number),
            "reference": f"bulk-{number}",
            "fee": self._fees[offer],
            "net": self._amounts[offer] - self._fees[offer],
            "amount_refunded": self._amounts[offer] if refunded_at else 0,
            "refunded": "true" if refunded_at else "false",
            "name": f"{_FIRST[person % 10]} {_LAST[person // 10 % 10]}",
            "email": f"client{person}@example.com",
        }

    def peek(self, kind: str, object_id: str) -> Obj:
        """Those fields by which lists are filtered and objects expanded."""
        number = self._number(object_id)
        assert number is not None, object_id
        offer = self._offers[self._offer[number]]
        digits = object_id[-12:]
        seen: Obj = {
            "payment_intent": f"pi_3H{digits}",
            "customer": self._customer(number),
            "currency": offer.currency,
        }
        if kind == "checkout.session":
            seen |= {"status": "complete", "payment_link": offer.link["id"] if offer.link else None}
        elif kind == "payment_intent":
            del seen["payment_intent"]
            seen["latest_charge"] = f"ch_3H{digits}"
        elif kind == "charge":
            seen["balance_transaction"] = f"txn_3H{digits}"
        elif kind == "refund":
            seen |= {"charge": f"ch_3H{digits}", "balance_transaction": f"txn_3R{digits}"}
        elif kind == "balance_transaction":
            seen = self._peek_entry(number, object_id, offer)
        elif kind == "customer":
            seen = {"email": f"client{number}@example.com"}
        return seen

    def _peek_entry(self, number: int, object_id: str, offer: Offer) -> Obj:
        back = object_id.startswith("txn_3R")
        at = self._refunded_at(number) if back else self._created[number]
        assert at is not None
        return {
            "type": "refund" if back else "charge",
            "source": self._name("refund" if back else "charge", number),
            "currency": offer.currency,
            "net": -offer.amount if back else offer.amount - self._fees[self._offer[number]],
            "status": "available" if at + 2 * _DAY <= self._account.now() else "pending",
            "created": at,
        }

    def candidates(self, kind: str, field: str, value: str) -> list[str]:
        """Ids of a kind whose field may have this value; some may not exist."""
        if field == "client_reference_id" and value.startswith("bulk-"):
            return [self._name(kind, int(value[5:]))]
        if field == "email":
            found = re.fullmatch(r"client(\d+)@example\.com", value)
            return [self._name(kind, int(found[1]))] if found else []
        if field == "payment_link":
            sold_by = [o.link["id"] if o.link else None for o in self._offers]
            return [self._name(kind, n) for n, o in enumerate(self._offer) if sold_by[o] == value]
        number = self._number(value)
        if number is None:
            return []
        if field == "customer":
            return [self._name(kind, n) for n in range(number, len(self._created), self._people)]
        if kind == "balance_transaction":
            back = value.startswith("re_")
            return [self._refund_entry(number) if back else self._name(kind, number)]
        return [self._name(kind, number)]

    def line_items(self, session_id: str) -> list[Obj]:
        """The lines of a session."""
        number = self._number(session_id)
        if number is None:
            raise KeyError(session_id)
        items = self._offers[self._offer[number]].items
        return [{**item, "id": f"li_1H{number:012d}{place}"} for place, item in enumerate(items)]

    # --- Payouts ---------------------------------------------------------------------------------

    def add_payouts(self, days: int = 7) -> None:
        """Sends everything older than a week to the bank, in one payout for each so many days."""
        account, entries = self._account, self._account.balance_transactions
        names = entries.names
        moments = [entries.peek(name)["created"] for name in names]
        last, first = account.now() - 7 * _DAY, 0
        for until in range(moments[0] + days * _DAY, last, days * _DAY):
            end = bisect_left(moments, until)
            total = sum(entries.peek(name)["net"] for name in names[first:end])
            if total > 0:
                _add_payout(account, until, total, names[first:end])
                first = end


def _add_payout(account: Account, at: int, total: int, names: list[str]) -> None:
    made = shapes_money.payout(account, account.new_id("po_1"), total, account.currency)
    entry = shapes_money.balance_transaction(
        account, account.new_id("txn_3"), "payout", -total, 0, account.currency
    )
    entry.update(created=at, available_on=at, status="available", source=made["id"])
    made.update(
        created=at,
        arrival_date=at + 2 * _DAY,
        balance_transaction=entry["id"],
        reconciliation_status="completed",
        status="paid",
    )
    account.payouts.add(made)
    account.balance_transactions.add(entry)
    for name in (*names, entry["id"]):
        account.payout_of[name] = made["id"]


# --- Templates -------------------------------------------------------------------------------------


def _templates(account: Account, offers: list[Offer]) -> dict[tuple[str, int], _Template]:
    made = {("customer", 0): _Template(_customer(account))}
    for number, offer in enumerate(offers):
        for kind, build in (
            ("checkout.session", _session),
            ("payment_intent", _intent),
            ("charge", _charge),
            ("balance_transaction", _entry),
            ("refund", _refund),
            ("refund_entry", _refund_entry),
        ):
            made[kind, number] = _Template({**build(account, offer), "created": "@n:created@"})
    return made


def _customer(account: Account) -> Obj:
    made = shapes_money.customer(account, "@s:id@")
    made.update(created="@n:created@", name="@s:name@", email="@s:email@", invoice_prefix="BULK")
    return made


def _session(account: Account, offer: Offer) -> Obj:
    made = shapes.session(account, "@s:id@", offer.amount, offer.currency)
    details = dict.fromkeys(("business_name", "individual_name", "phone"))
    metadata: Any = dict(offer.link["metadata"]) if offer.link else dict(offer.intent_metadata)
    made.update(
        client_reference_id=None if offer.link else "@s:reference@",
        customer="@s:customer@",
        customer_creation="always",
        customer_details={
            **details,
            "address": dict(shapes.NO_ADDRESS),
            "email": "@s:email@",
            "name": "@s:name@",
            "tax_exempt": "none",
            "tax_ids": [],
        },
        expires_at="@n:expires_at@",
        metadata=metadata,
        payment_intent="pi_3H@s:digits@",
        payment_link=offer.link["id"] if offer.link else None,
        payment_status="paid",
        status="complete",
        success_url="https://stripe.com",
        url=None,
    )
    return made


def _intent(account: Account, offer: Offer) -> Obj:
    made = shapes.payment_intent(account, "@s:id@", offer.amount, offer.currency)
    made.update(
        amount_received=offer.amount,
        client_secret="@s:id@_secret_bulk",
        customer="@s:customer@",
        latest_charge="ch_3H@s:digits@",
        metadata=dict(offer.intent_metadata),
        payment_method="pm_1Bulk",
        status="succeeded",
    )
    return made


def _charge(account: Account, offer: Offer) -> Obj:
    made = shapes.charge(account, "@s:id@", offer.amount, offer.currency)
    made.update(
        amount_refunded="@n:amount_refunded@",
        balance_transaction="txn_3H@s:digits@",
        billing_details={**made["billing_details"], "email": "@s:email@", "name": "@s:name@"},
        customer="@s:customer@",
        metadata=dict(offer.intent_metadata),
        payment_intent="pi_3H@s:digits@",
        payment_method="pm_1Bulk",
        payment_method_details=details_of("card"),
        refunded="@n:refunded@",
    )
    return made


def _entry(account: Account, offer: Offer) -> Obj:
    currency = offer.currency
    made = shapes_money.balance_transaction(account, "@s:id@", "charge", offer.amount, 1, currency)
    made["fee_details"][0]["amount"] = "@n:fee@"
    made.update(
        available_on="@n:available_on@",
        fee="@n:fee@",
        net="@n:net@",
        source="ch_3H@s:digits@",
        status="@s:status@",
    )
    return made


def _refund(account: Account, offer: Offer) -> Obj:
    made = shapes_money.refund(account, "@s:id@", offer.amount, offer.currency)
    made.update(
        balance_transaction="txn_3R@s:digits@",
        charge="ch_3H@s:digits@",
        payment_intent="pi_3H@s:digits@",
        reason="requested_by_customer",
    )
    return made


def _refund_entry(account: Account, offer: Offer) -> Obj:
    currency = offer.currency
    made = shapes_money.balance_transaction(account, "@s:id@", "refund", -offer.amount, 0, currency)
    made.update(available_on="@n:available_on@", source="re_3H@s:digits@", status="@s:status@")
    return made
