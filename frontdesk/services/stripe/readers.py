"""Card readers: those of the account as they were last seen, and how one is registered."""

from __future__ import annotations

import json
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.client import client
from frontdesk.models.studio import studio
from frontdesk.models.sync import outbox, stripe_account, stripe_object
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checkouts import ReaderDraft
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe.amounts import taken_online
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.outbox import NewOp, enqueue
from frontdesk.services.stripe.wire import Body, StripeCall
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.checkouts import ReaderRow, Registration, StripeTenders

ADD_PLACE: Final = "reader.place"
REGISTER: Final = "reader.register"
PRESENT: Final = "reader.present"
_PLACES: Final = "/v1/terminal/locations"
_READER: Final = "terminal.reader"
_PLACE: Final = "terminal.location"

_OF_KIND = (
    sa.select(stripe_object.c.id, stripe_object.c.body)
    .where(stripe_object.c.kind == sa.bindparam("of_kind"))
    .order_by(stripe_object.c.created, stripe_object.c.fetched_at, stripe_object.c.id)
)
_ACCOUNT = sa.select(
    stripe_account.c.livemode, stripe_account.c.facts, stripe_account.c.disconnected_at
).where(stripe_account.c.id == 1)
# Of a merged client that of the one who stands for them, as the sale is theirs (D4).
_merged = client.alias("merged")
_EMAIL = (
    sa.select(client.c.email)
    .join(_merged, client.c.id == sa.func.coalesce(_merged.c.merged_into, _merged.c.id))
    .where(_merged.c.id == sa.bindparam("asked"))
)
#: The newest of what was asked for from one request on: the reader follows its place.
_REGISTERING = (
    sa.select(outbox.c.kind, outbox.c.state, outbox.c.trouble)
    .where(outbox.c.id >= sa.bindparam("first"), outbox.c.kind.in_((ADD_PLACE, REGISTER)))
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_STUDIO = sa.select(studio.c.name).where(studio.c.id == 1)


def stripe_tenders(reading: Reading, client_id: int | None = None) -> StripeTenders:
    """Whether money can be taken by Stripe here, and by which readers; the network apart."""
    account = reading.connection.execute(_ACCOUNT).first()
    if account is None or account.disconnected_at is not None:
        return StripeTenders(False, False, (), "stripe.not_connected")
    refused = None
    if not taken_online(reading.studio.currency):
        refused = "stripe.currency_unsure"
    elif account.facts.get("charges_enabled") is False:
        refused = "checkout.charges_off"
    email = reading.connection.execute(_EMAIL, {"asked": client_id}).scalar() or ""
    return StripeTenders(True, account.livemode, reader_rows(reading), refused, email)


def reader_rows(reading: Reading) -> tuple[ReaderRow, ...]:
    """The account's readers by name; those that were removed are left out."""
    found = [json.loads(row.body) for row in reading.connection.execute(_OF_KIND, {"of_kind": _READER})]
    rows = (_row(body) for body in found if not body.get("deleted"))
    return tuple(sorted(rows, key=lambda row: (row.label, row.id)))


def known_place(reading: Reading) -> str | None:
    """Stripe's name of the place that readers were registered at last; None before there is one."""
    rows = reading.connection.execute(_OF_KIND, {"of_kind": _PLACE}).all()
    return str(rows[-1].id) if rows else None


def register_reader(work: UnitOfWork, draft: ReaderDraft) -> int:
    """Register a reader by the code that it shows, at the studio's place, which is made first if need be.
    Returns the request, which ``registration_state`` follows.

    Raises:
        InvalidDraft: what the draft's problems say. Refused: stripe.not_connected.
    """
    place = known_place(work)
    refuse(draft.problems(place_is_known=place is not None))
    code, label = draft.code.strip(), draft.label.strip()
    asked = registration(code, label, place) if place else _new_place(work, draft, code, label)
    return enqueue(work, asked)


def registration_state(reading: Reading, outbox_id: int) -> Registration:
    """How far Stripe is with what ``register_reader`` asked for, or with what followed from that."""
    row = reading.connection.execute(_REGISTERING, {"first": outbox_id}).one()
    trouble = row.trouble or {}
    return Registration(
        state="waiting" if row.kind == ADD_PLACE and row.state == "done" else row.state,
        code=str(trouble.get("code", "")),
        params=dict(trouble.get("params") or {}),
        of_reader=row.kind == REGISTER,
    )


def registration(code: str, label: str, place: str) -> NewOp:
    """The request to register a reader."""
    params = {"registration_code": code, "label": label, "location": place}
    return NewOp(REGISTER, calls.READERS, params)


def _new_place(work: UnitOfWork, draft: ReaderDraft, code: str, label: str) -> NewOp:
    address = {
        "line1": draft.street,
        "city": draft.city,
        "postal_code": draft.postal_code,
        "state": draft.state,
        "country": draft.country.strip().upper(),
    }
    params: dict[str, Any] = {
        "display_name": work.connection.execute(_STUDIO).scalar_one(),
        "address": {name: value.strip() for name, value in address.items() if value.strip()},
        # The reader follows once the place is there.
        "metadata": {"reader_code": code, "reader_label": label},
    }
    return NewOp(ADD_PLACE, _PLACES, params)


def present_card(work: UnitOfWork, reader_id: str) -> None:
    """Hold a test card to a simulated reader; in test mode only.

    Raises:
        Refused: reader.not_simulated.
    """
    found = next((one for one in reader_rows(work) if one.id == reader_id), None)
    if found is None or not found.simulated:
        raise Refused("reader.not_simulated")
    path = f"/v1/test_helpers/terminal/readers/{reader_id}/present_payment_method"
    enqueue(work, NewOp(PRESENT, path, stamped=False))


def ask_for_readers(gateway: PaymentGateway) -> str:
    """What Stripe knows of the account's readers and places, for ``take_in_readers``.

    Raises:
        StripeTrouble: the list could not be had.
    """
    found: list[Body] = []
    for path in (_PLACES, calls.READERS):
        found += gateway.call(StripeCall("get", path, {"limit": 100})).body["data"]
    return json.dumps(found)


def take_in_readers(work: UnitOfWork, bodies: str) -> None:
    """Keep what ``ask_for_readers`` brought; a reader that is not among it was removed."""
    told: list[Body] = json.loads(bodies)
    for body in told:
        apply_object(work, body)
    here = {body["id"] for body in told}
    for row in reader_rows(work):
        if row.id not in here:
            apply_object(work, {"id": row.id, "object": _READER, "deleted": True})
    work.changed(Topic.CHECKOUTS)


def _row(body: Body) -> ReaderRow:
    device = str(body.get("device_type") or "")
    return ReaderRow(
        id=body["id"],
        label=str(body.get("label") or device),
        device=device,
        online=body.get("status") == "online",
        simulated=device.startswith("simulated"),
    )
