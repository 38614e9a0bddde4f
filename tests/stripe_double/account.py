"""One Stripe account in one mode: its objects, its events and its money."""

import json
import random
from collections import Counter
from dataclasses import dataclass

from tests.stripe_double.clock import Clock
from tests.stripe_double.ids import Ids
from tests.stripe_double.store import Collection, dumps
from tests.stripe_double.types import Obj

EVENTS_KEPT_SECONDS = 30 * 86400


@dataclass
class Behaviour:
    """What a test may set, to see rarer days of Stripe."""

    #: Status and pending reason that new refunds get.
    refund_status: str = "succeeded"
    refund_pending_reason: str | None = None
    #: A charge gets its balance transaction only with the next move of the clock, told by `charge.updated`.
    late_balance_transactions: bool = False
    #: A failed refund takes itself off `charge.amount_refunded` again.
    failed_refund_restores_charge: bool = True
    #: Seconds for which new events are not listed yet.
    event_delay: int = 0
    #: Events of the same few seconds are listed in any order.
    event_disorder: random.Random | None = None
    #: Each change is told by this many events.
    event_copies: int = 1
    #: The percentage (in 1/10,000) and the fixed part of Stripe's fee.
    fee_rate: int = 290
    fee_fixed: int = 30


@dataclass
class Context:
    """The request that is being carried out: events name it."""

    request_id: str | None = None
    idempotency_key: str | None = None


class Account:
    """The objects of one account in one mode."""

    def __init__(
        self, account_id: str, livemode: bool, clock: Clock, ids: Ids, currency: str, api_version: str
    ) -> None:
        self.id, self.livemode, self.clock, self.ids = account_id, livemode, clock, ids
        self.currency, self.api_version = currency, api_version
        self.name = "Studio Double"
        self.behaviour = Behaviour()
        self.context = Context()
        self.products = Collection("product")
        self.prices = Collection("price", ("product", "lookup_key"))
        self.payment_links = Collection("payment_link")
        self.sessions = Collection(
            "checkout.session", ("payment_intent", "payment_link", "customer", "client_reference_id")
        )
        self.payment_intents = Collection("payment_intent", ("customer",))
        self.charges = Collection("charge", ("payment_intent", "customer"))
        self.refunds = Collection("refund", ("payment_intent", "charge"))
        self.disputes = Collection("dispute", ("payment_intent", "charge"))
        self.customers = Collection("customer", ("email",))
        self.balance_transactions = Collection("balance_transaction", ("source",))
        self.payouts = Collection("payout")
        self.events = Collection("event")
        self.locations = Collection("terminal.location")
        self.readers = Collection("terminal.reader")
        #: Collections by the names of their lists.
        self.collections: dict[str, Collection] = {
            "products": self.products,
            "prices": self.prices,
            "payment_links": self.payment_links,
            "checkout_sessions": self.sessions,
            "payment_intents": self.payment_intents,
            "charges": self.charges,
            "refunds": self.refunds,
            "disputes": self.disputes,
            "customers": self.customers,
            "balance_transactions": self.balance_transactions,
            "payouts": self.payouts,
            "events": self.events,
            "locations": self.locations,
            "readers": self.readers,
        }
        self._by_field = {
            "payment_intent": self.payment_intents,
            "latest_charge": self.charges,
            "charge": self.charges,
            "balance_transaction": self.balance_transactions,
            "customer": self.customers,
            "source": self.charges,
        }
        #: Line items by session or payment link, and what a session does with its payment.
        self.line_items: dict[str, list[Obj]] = {}
        self.payment_data: dict[str, Obj] = {}
        #: The payout that each balance transaction is part of.
        self.payout_of: dict[str, str] = {}
        self.event_visible_at: dict[str, int] = {}
        #: What a test tells about readers; kept by the module that plays them.
        self.terminal: object = None

    def items_of(self, owner_id: str) -> list[Obj]:
        """The line items of a session or a payment link."""
        if owner_id not in self.line_items and self.sessions.source is not None:
            return self.sessions.source.line_items(owner_id)
        return self.line_items[owner_id]

    def holder(self, field: str, object_id: str) -> Collection | None:
        """The collection that an object's field leads to; quicker than `collection_of`."""
        likely = self._by_field.get(field)
        return likely if likely is not None and object_id in likely else self.collection_of(object_id)

    def collection_of(self, object_id: str) -> Collection | None:
        """The collection that holds an id."""
        return next((c for c in self.collections.values() if object_id in c), None)

    def now(self) -> int:
        """Seconds since 1970, by Stripe's clock."""
        return self.clock.now()

    def new_id(self, prefix: str, length: int = 24) -> str:
        """A new id."""
        return self.ids.new(prefix, length)

    # --- Events ----------------------------------------------------------------------------------

    def emit(self, type: str, obj: Obj, previous: Obj | None = None) -> Obj:
        """Tells a change by an event that holds the object as it is now."""
        made: Obj = {}
        for _ in range(self.behaviour.event_copies):
            made = self._emit(type, obj, previous)
        return made

    def _emit(self, type: str, obj: Obj, previous: Obj | None) -> Obj:
        data: Obj = {"object": json.loads(dumps(obj))}
        if previous is not None:
            data["previous_attributes"] = previous
        created, rank = self.now(), None
        numbers = self.behaviour.event_disorder
        if numbers is not None:
            created -= numbers.randrange(3)
            rank = numbers.randrange(1 << 32)
        event: Obj = {
            "id": self.new_id("evt_1"),
            "object": "event",
            "api_version": self.api_version,
            "created": created,
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": 0,
            "request": {"id": self.context.request_id, "idempotency_key": self.context.idempotency_key},
            "type": type,
        }
        self.event_visible_at[event["id"]] = self.now() + self.behaviour.event_delay
        return self.events.add(event, rank)

    def is_listed(self, event_id: str) -> bool:
        """Whether an event is old enough to be seen, and young enough to be there."""
        now = self.now()
        event = self.events.peek(event_id)
        return self.event_visible_at.get(event_id, 0) <= now and event["created"] > now - EVENTS_KEPT_SECONDS

    # --- What tests ask --------------------------------------------------------------------------

    def objects(self, name: str) -> list[Obj]:
        """All objects of a list (`refunds`, `checkout_sessions`, …), oldest first, as copies."""
        return [json.loads(dumps(obj)) for obj in self.collections[name]]

    def total_charged(self, currency: str | None = None) -> int:
        """Minor units of all charges that succeeded."""
        wanted = currency or self.currency
        return sum(
            c["amount_captured"]
            for c in self.charges
            if c["status"] == "succeeded" and c["currency"] == wanted
        )

    def total_refunded(self, currency: str | None = None) -> int:
        """Minor units of all refunds that did not fail."""
        wanted = currency or self.currency
        effective = ("pending", "requires_action", "succeeded")
        return sum(r["amount"] for r in self.refunds if r["status"] in effective and r["currency"] == wanted)

    def charges_by_reference(self) -> Counter[str]:
        """How many charges succeeded for each `client_reference_id` of a session."""
        found: Counter[str] = Counter()
        for session in self.sessions:
            reference, intent = session["client_reference_id"], session["payment_intent"]
            if reference is None or intent is None:
                continue
            paid = self.charges.with_value("payment_intent", intent)
            found[reference] += sum(self.charges.get(c)["status"] == "succeeded" for c in paid)
        return found

    def charges_by_metadata(self, key: str) -> Counter[str]:
        """How many charges succeeded for each value of a key in the metadata of their payment."""
        found: Counter[str] = Counter()
        for charge in self.charges:
            if charge["status"] == "succeeded" and key in charge["metadata"]:
                found[charge["metadata"][key]] += 1
        return found

    def refunds_by_metadata(self, key: str) -> Counter[str]:
        """How many refunds there are for each value of a key in their metadata."""
        found: Counter[str] = Counter()
        for refund in self.refunds:
            if key in (refund["metadata"] or {}):
                found[refund["metadata"][key]] += 1
        return found

    def balance(self) -> Counter[tuple[str, str]]:
        """Net minor units by (currency, status of the balance transaction)."""
        found: Counter[tuple[str, str]] = Counter()
        for name in self.balance_transactions.names:
            seen = self.balance_transactions.peek(name)
            found[seen["currency"], seen["status"]] += seen["net"]
        return found
