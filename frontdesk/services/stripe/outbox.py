"""The outbox: work for Stripe is stored with its key before it is tried, and until its end is known (Y4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.sync import SENT_OUTBOX_STATES, outbox, stripe_account
from frontdesk.services.changes import Topic
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.wire import API_VERSION, Body, StripeCall
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: After this Stripe may have forgotten the key, and would carry the same request out again: look first.
KEY_IS_SAFE: Final = timedelta(hours=23)
#: Money that was to be moved while there was no network is not moved later without asking.
ASK_AFTER: Final = timedelta(minutes=15)
#: How long one desk may take for one call; longer than any timeout of the gateway.
LEASE: Final = timedelta(seconds=45)
#: Nothing is put off for longer than this; if it seems so, the clock was set back meanwhile.
_LONGEST_WAIT: Final = timedelta(hours=1)
#: What of a request can identify a person; it is kept only until the request is over (A7).
_PERSONAL: Final = ("customer_email", "receipt_email")

_ACCOUNT = sa.select(stripe_account).where(stripe_account.c.id == 1)
_ADD = sa.insert(outbox).returning(outbox.c.id)
_ONE = sa.select(outbox).where(outbox.c.id == sa.bindparam("outbox_id")).with_for_update()
_OPEN = sa.select(outbox).where(outbox.c.finished_at.is_(None)).order_by(outbox.c.id)
_OPEN_OF = _OPEN.where(outbox.c.transaction_id == sa.bindparam("of_transaction"))
_CHANGE = sa.update(outbox).where(outbox.c.id == sa.bindparam("outbox_id"))


@dataclass(frozen=True, slots=True)
class NewOp:
    """A request that is decided. Its metadata gets the ``op_id``, by which it can be looked up later."""

    kind: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    moves_money: bool = False
    stamped: bool = True
    package_id: int | None = None
    checkout_id: int | None = None
    transaction_id: int | None = None
    op_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Op:
    """A row of the outbox, ready to be sent."""

    id: int
    op_id: str
    kind: str
    call: StripeCall
    state: str
    attempts: int
    package_id: int | None
    checkout_id: int | None
    transaction_id: int | None
    staff_id: int
    desk_id: int
    created_at: datetime
    first_sent_at: datetime | None
    #: It may be done already: ask Stripe whether the thing is there before it is sent again.
    look_up_first: bool = False
    #: Stripe may have forgotten the key, and would carry the same request out once more.
    key_is_old: bool = False
    #: Stripe's time of the answer that ended it, where there is one.
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpKind:
    """What follows from an operation of one kind.

    ``done`` and ``failed`` run in the transaction that ends it; ``failed`` gets the trouble's parameters.
    ``find`` asks Stripe, outside of any transaction, whether the thing was made after all.
    What Stripe answers is an object of the kind that it ``expects``.
    """

    name: str
    done: Callable[[UnitOfWork, Op, Body], None]
    failed: Callable[[UnitOfWork, Op, Mapping[str, Any]], None]
    find: Callable[[PaymentGateway, Op], Body | None]
    expects: str = ""


def enqueue(work: UnitOfWork, new: NewOp) -> int:
    """Store a request for Stripe in the transaction that decided on it; its id.

    Raises:
        Refused: stripe.not_connected.
    """
    account = work.connection.execute(_ACCOUNT).first()
    if account is None or account.disconnected_at is not None:
        raise Refused("stripe.not_connected")
    op_id = new.op_id or uuid4()
    params = dict(new.params)
    if new.stamped:
        params["metadata"] = {**params.get("metadata", {}), "op_id": op_id.hex}
    row = {
        "op_id": op_id.hex,
        "kind": new.kind,
        "idempotency_key": f"frontdesk-{op_id.hex}",
        "method": "post",
        "path": new.path,
        "params": params,
        "api_version": API_VERSION,
        "account_id": account.account_id,
        "livemode": account.livemode,
        "moves_money": new.moves_money,
        "state": "new",
        "package_id": new.package_id,
        "checkout_id": new.checkout_id,
        "transaction_id": new.transaction_id,
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "created_at": work.now,
    }
    outbox_id = int(work.connection.execute(_ADD, row).scalar_one())
    work.changed(Topic.SYNC, outbox_id)
    return outbox_id


def take_next(work: UnitOfWork, lease: str, passed_over: tuple[int, ...] = ()) -> Op | None:
    """Mark the next operation that is due as being sent, and hand it out; None where nothing is due.

    What moves money and waited too long for the network is held instead, for a person to decide.
    """
    for seen in work.connection.execute(_OPEN).all():
        if seen.id in passed_over or not _is_due(seen, work.now, lease):
            continue
        # On a server another desk may have taken it since it was seen.
        row = work.connection.execute(_ONE, {"outbox_id": seen.id}).one()
        if not _is_due(row, work.now, lease):
            continue
        if _waited_too_long(row, work.now):
            change(work, row.id, state="held")
            continue
        change(
            work,
            row.id,
            state="sending",
            attempts=row.attempts + 1,
            first_sent_at=row.first_sent_at or work.now,
            leased_by=lease,
            leased_until=work.now + LEASE,
        )
        sent = row.first_sent_at
        old = sent is not None and not timedelta(0) <= work.now - sent < KEY_IS_SAFE
        # Money goes out twice if the key is forgotten, and how long ago that was only a clock tells.
        return op_of(row, look_up_first=old or (sent is not None and row.moves_money), key_is_old=old)
    return None


def _waited_too_long(row: sa.Row[Any], now: datetime) -> bool:
    """Never sent, and older than anybody at the desk would expect."""
    return bool(row.first_sent_at is None and row.moves_money and now - row.created_at > ASK_AFTER)


def _is_due(row: sa.Row[Any], now: datetime, lease: str) -> bool:
    if row.finished_at is not None or row.state == "held":
        return False
    if row.leased_until is not None and now < row.leased_until <= now + LEASE and row.leased_by != lease:
        return False
    return row.next_try_at is None or not now < row.next_try_at <= now + _LONGEST_WAIT


def next_due_at(reading: Reading) -> datetime | None:
    """When the next operation may be sent; None where only people can move on what there is."""
    due = [
        max(filter(None, (row.next_try_at, row.leased_until)), default=row.created_at)
        for row in reading.connection.execute(_OPEN)
        if row.state != "held"
    ]
    return min(due, default=None)


def open_ops(reading: Reading) -> tuple[Op, ...]:
    """Everything that Stripe has not confirmed, the oldest first."""
    return tuple(op_of(row) for row in reading.connection.execute(_OPEN))


def one_op(work: UnitOfWork, outbox_id: int) -> Op:
    """The operation with this id, locked.

    Raises:
        NotFound: outbox.unknown.
    """
    row = work.connection.execute(_ONE, {"outbox_id": outbox_id}).first()
    if row is None:
        raise NotFound("outbox.unknown")
    return op_of(row)


def finish(work: UnitOfWork, op: Op, state: str, *, result_id: str = "", trouble: Any = None) -> bool:
    """End an operation as done, failed or cancelled; False where another desk was faster."""
    row = work.connection.execute(_ONE, {"outbox_id": op.id}).one()
    if row.finished_at is not None:
        return False
    change(
        work,
        op.id,
        state=state,
        result_id=result_id,
        trouble=trouble,
        finished_at=work.now,
        leased_by="",
        leased_until=None,
    )
    left = without_persons(row.params)
    if left != row.params:
        change(work, op.id, params=left)
    return True


def finish_by_result(work: UnitOfWork, transaction_id: int, result_id: str) -> None:
    """End what was to bring a transaction about: Stripe's lists have its result already."""
    for row in work.connection.execute(_OPEN_OF, {"of_transaction": transaction_id}).all():
        finish(work, op_of(row), "done", result_id=result_id)


def without_persons(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters without e-mail addresses."""
    return {
        name: without_persons(value) if isinstance(value, dict) else value
        for name, value in params.items()
        if name not in _PERSONAL
    }


def put_off(work: UnitOfWork, op: Op, state: str, until: datetime, trouble: Mapping[str, Any]) -> bool:
    """Keep an operation for a later attempt under the same key; False where it is over."""
    row = work.connection.execute(_ONE, {"outbox_id": op.id}).one()
    if row.finished_at is not None:
        return False
    change(
        work, op.id, state=state, next_try_at=until, trouble=dict(trouble), leased_by="", leased_until=None
    )
    return True


def renew(work: UnitOfWork, op: Op) -> None:
    """Send it anew under another key: Stripe was asked, and it is not there."""
    row = work.connection.execute(_ONE, {"outbox_id": op.id}).one()
    if row.finished_at is not None:
        return
    change(work, op.id, state="new", leased_by="", leased_until=None, next_try_at=None)
    key = f"frontdesk-{op.op_id}-{row.attempts}"
    # Decided anew, as it were: it was looked for a moment ago, so nobody needs to be asked.
    change(work, op.id, idempotency_key=key, first_sent_at=None, created_at=work.now)


def note_not_sent(work: UnitOfWork, op: Op) -> None:
    """There was no network: it can still be taken back, and later goes out only if a person says so (S6)."""
    change(work, op.id, state="new")
    change(work, op.id, first_sent_at=None)


def send_held(work: UnitOfWork, outbox_id: int) -> None:
    """A person says that what was held shall be sent after all.

    It is looked up before: these may be books of a backup, and it was done since.

    Raises:
        NotFound: outbox.unknown. Refused: outbox.not_held.
    """
    _held(work, outbox_id)
    change(work, outbox_id, state="unknown", first_sent_at=work.now, next_try_at=None)


def cancel_op(work: UnitOfWork, outbox_id: int, kinds: Mapping[str, OpKind]) -> None:
    """A person takes back what was never sent; what follows is as if Stripe had refused.

    Raises:
        NotFound: outbox.unknown. Refused: outbox.not_held.
    """
    row = _held(work, outbox_id)
    op = op_of(row)
    finish(work, op, "cancelled")
    kinds[op.kind].failed(work, op, {"stripe_code": "cancelled"})


def _held(work: UnitOfWork, outbox_id: int) -> sa.Row[Any]:
    row = work.connection.execute(_ONE, {"outbox_id": outbox_id}).first()
    if row is None:
        raise NotFound("outbox.unknown")
    never_sent = row.state in ("held", "new") and row.first_sent_at is None
    if row.finished_at is not None or not never_sent:
        raise Refused("outbox.not_held")
    return row


def release_leases(work: UnitOfWork, desk_lease: str) -> None:
    """At start: what this desk was sending when it ended may be sent again at once, under the same key."""
    for row in work.connection.execute(_OPEN).all():
        if row.leased_by.startswith(desk_lease):
            state = "unknown" if row.state in SENT_OUTBOX_STATES else row.state
            change(work, row.id, state=state, leased_by="", leased_until=None)


def change(work: UnitOfWork, outbox_id: int, **values: object) -> None:
    """Move a row on."""
    work.connection.execute(_CHANGE, {"outbox_id": outbox_id, **values})
    work.changed(Topic.SYNC, outbox_id)


def op_of(row: sa.Row[Any], look_up_first: bool = False, key_is_old: bool = False) -> Op:
    """A row as it is handed out."""
    return Op(
        id=row.id,
        op_id=row.op_id,
        kind=row.kind,
        call=StripeCall(row.method, row.path, row.params, row.idempotency_key, row.api_version),
        state=row.state,
        attempts=row.attempts,
        package_id=row.package_id,
        checkout_id=row.checkout_id,
        transaction_id=row.transaction_id,
        staff_id=row.staff_id,
        desk_id=row.desk_id,
        created_at=row.created_at,
        first_sent_at=row.first_sent_at,
        look_up_first=look_up_first,
        key_is_old=key_is_old,
    )
