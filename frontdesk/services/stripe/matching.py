"""Whose purchase it is: by Stripe's customer, by a reference, by the e-mail, else a new client (Y2)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk.models.client import client
from frontdesk.models.sync import stripe_customer
from frontdesk.models.text import fold, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.clients import card_values, code_owner
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.imports import note_events
from frontdesk.services.new_ids import next_ids
from frontdesk.services.stripe.mirror import id_of
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: What a studio's own site may name a client by, besides the member code.
REFERENCE: Final = "client-{}"
#: A buyer of whom Stripe tells neither a name nor an address.
NAMELESS: Final = "Online buyer"

_BY_REFERENCE: Final = re.compile(r"client-([0-9]{1,18})")
_CHUNK: Final = 500
_ROOT: Final = sa.func.coalesce(client.c.merged_into, client.c.id).label("root")
_CUSTOMERS = (
    sa.select(stripe_customer.c.id, _ROOT)
    .join(client, client.c.id == stripe_customer.c.client_id)
    .where(stripe_customer.c.id.in_(sa.bindparam("wanted", expanding=True)))
)
_MAILS = sa.select(client.c.email_folded, client.c.name_folded, client.c.archived_at, _ROOT).where(
    client.c.email_folded.in_(sa.bindparam("wanted", expanding=True)), client.c.hidden_at.is_(None)
)
_BY_ID = sa.select(_ROOT).where(client.c.id == sa.bindparam("client_id"), client.c.hidden_at.is_(None))
_ADD_CLIENTS = sa.insert(client)
_NOTE_CUSTOMER: Final = {
    name: module.insert(stripe_customer).on_conflict_do_nothing()
    for name, module in (("sqlite", sqlite), ("postgresql", postgresql))
}


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought, as Stripe tells it."""

    customer: str
    reference: str
    email: str
    name: str
    phone: str

    @classmethod
    def of(cls, session: Body) -> Buyer:
        """The buyer of a Checkout Session."""
        told = session.get("customer_details") or {}
        return cls(
            customer=id_of(session.get("customer")),
            reference=str(session.get("client_reference_id") or ""),
            email=str(told.get("email") or session.get("customer_email") or ""),
            name=str(told.get("name") or ""),
            phone=str(told.get("phone") or ""),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """The client of a purchase; ``others`` are the cards that it could also be, for a person to decide."""

    client_id: int
    others: tuple[int, ...] = ()


def match_buyers(work: UnitOfWork, buyers: Sequence[Buyer]) -> tuple[Match, ...]:
    """The client of each buyer, in their order; whoever is not known yet gets a card marked "from Stripe".

    Stripe's customers are remembered, so that a changed address makes nobody new.
    """
    known = _Known.of(work, buyers)
    fresh = _Fresh()
    found: list[Match] = []
    places: list[int] = []
    for buyer in buyers:
        match = known.find(work, buyer)
        others = known.could_be(buyer) if match is None else ()
        places.append(fresh.place_of(buyer, others) if match is None else 0)
        found.append(match or Match(0, others))
    made = _make_clients(work, fresh.buyers)
    matches = tuple(
        match if match.client_id else replace(match, client_id=made[place])
        for match, place in zip(found, places, strict=True)
    )
    _remember(work, {one.customer: match.client_id for one, match in zip(buyers, matches, strict=True)})
    return matches


@dataclass(slots=True)
class _Fresh:
    """Buyers without a card, each once: a customer or an e-mail that comes again is the same person."""

    buyers: list[Buyer] = field(default_factory=list)
    _places: dict[tuple[str, ...], int] = field(default_factory=dict)

    def place_of(self, buyer: Buyer, others: tuple[int, ...]) -> int:
        """Where in ``buyers`` this one stands, put there at the first time."""
        keys: list[tuple[str, ...]] = [("customer", buyer.customer)] if buyer.customer else []
        if buyer.email:
            # Among several cards of one e-mail the name decides, as it does for the cards that are there.
            keys.append(("mail", fold(buyer.email), fold(buyer.name) if others else ""))
        known = next((self._places[key] for key in keys if key in self._places), None)
        if known is None:
            known = len(self.buyers)
            self.buyers.append(buyer)
        self._places.update(dict.fromkeys(keys, known))
        return known


@dataclass(slots=True)
class _Known:
    """Clients by what identifies them, always the one who stands for a merged one (D4)."""

    by_customer: Mapping[str, int]
    by_mail: Mapping[str, Sequence[sa.Row[Any]]]

    @classmethod
    def of(cls, reading: Reading, buyers: Iterable[Buyer]) -> _Known:
        customers = sorted({buyer.customer for buyer in buyers if buyer.customer})
        mails = sorted({fold(buyer.email) for buyer in buyers if buyer.email})
        by_mail: dict[str, list[sa.Row[Any]]] = defaultdict(list)
        for row in _in_chunks(reading, _MAILS, mails):
            by_mail[row.email_folded].append(row)
        return cls({row.id: row.root for row in _in_chunks(reading, _CUSTOMERS, customers)}, by_mail)

    def find(self, reading: Reading, buyer: Buyer) -> Match | None:
        """The client; None where nobody or nobody for certain is meant."""
        if buyer.customer in self.by_customer:
            return Match(self.by_customer[buyer.customer])
        named = _by_reference(reading, buyer.reference) if buyer.reference else None
        if named is not None:
            return Match(named)
        could_be = self.could_be(buyer)
        return Match(could_be[0]) if len(could_be) == 1 else None

    def could_be(self, buyer: Buyer) -> tuple[int, ...]:
        """Whom the e-mail names: those on the list before archived ones, then those of the same name."""
        rows = self.by_mail.get(fold(buyer.email), ()) if buyer.email else ()
        rows = [row for row in rows if row.archived_at is None] or rows
        rows = [row for row in rows if row.name_folded == fold(buyer.name)] or rows
        return tuple(sorted({int(row.root) for row in rows}))


def _in_chunks(reading: Reading, statement: sa.Select[Any], wanted: Sequence[str]) -> Iterable[sa.Row[Any]]:
    for start in range(0, len(wanted), _CHUNK):
        yield from reading.connection.execute(statement, {"wanted": wanted[start : start + _CHUNK]})


def _by_reference(reading: Reading, reference: str) -> int | None:
    named = _BY_REFERENCE.fullmatch(reference.strip())
    owner = None if named else code_owner(reading, tidy(reference))
    client_id = int(named[1]) if named else owner[0] if owner else None
    if client_id is None:
        return None
    root = reading.connection.execute(_BY_ID, {"client_id": client_id}).scalar()
    return None if root is None else int(root)


def _make_clients(work: UnitOfWork, buyers: Sequence[Buyer]) -> tuple[int, ...]:
    """Cards for these buyers; their ids in the same order."""
    ids = next_ids(work, client, len(buyers))
    if not ids:
        return ()
    stamps = {"source": "stripe", "created_at": work.now, "updated_at": work.now}
    rows = [
        {"id": client_id, **card_values(_draft(buyer)), **stamps}
        for client_id, buyer in zip(ids, buyers, strict=True)
    ]
    work.connection.execute(_ADD_CLIENTS, rows)
    note_events(work, ids, "created")
    work.changed(Topic.CLIENTS, *ids)
    return ids


def _draft(buyer: Buyer) -> ClientDraft:
    """A card of what a buyer typed, without what no card may hold (A5)."""
    draft = ClientDraft(
        name=tidy(buyer.name) or buyer.email.partition("@")[0] or NAMELESS,
        email=buyer.email,
        phone=buyer.phone,
    )
    wrong = {problem.field for problem in draft.problems()}
    return ClientDraft(
        name=NAMELESS if "name" in wrong else draft.name,
        email="" if "email" in wrong else draft.email,
        phone="" if "phone" in wrong else draft.phone,
    )


def _remember(work: UnitOfWork, clients: Mapping[str, int]) -> None:
    rows = [{"id": customer, "client_id": one} for customer, one in clients.items() if customer]
    if rows:
        work.connection.execute(_NOTE_CUSTOMER[work.connection.dialect.name], rows)
