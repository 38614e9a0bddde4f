"""Sync as people see it: where it stands, what waits, what could not be applied, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.money import Money
from frontdesk.models.package import package, package_version
from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import checkout, outbox, quarantine, stripe_account, sync_state
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import name_of
from frontdesk.services.stripe import outbox as ops
from frontdesk.services.stripe.accounts import account_view
from frontdesk.services.stripe.budget import reads_view
from frontdesk.services.stripe.kinds import kinds
from frontdesk.services.stripe.readers import REGISTER
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.sync_status import (
    OutboxRow,
    QuarantineRow,
    SyncFacts,
    SyncView,
    Trouble,
)

#: What Stripe refused is shown for so long; then it only stands in the books.
FAILED_SHOWN: Final = timedelta(days=7)
_MOST_FAILED: Final = 50

_ACCOUNT = sa.select(stripe_account).where(stripe_account.c.id == 1)
_STATE = sa.select(sync_state.c.complete_at, sync_state.c.swept_at).where(sync_state.c.id == 1)
_WAITING = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.finished_at.is_(None))
_ROWS = (
    sa.select(
        outbox,
        package_version.c.name.label("package"),
        name_of(sa.func.coalesce(checkout.c.client_id, money_transaction.c.client_id)).label("client"),
        sa.func.coalesce(checkout.c.amount, sa.func.abs(money_transaction.c.amount)).label("amount"),
    )
    .outerjoin(package, package.c.id == outbox.c.package_id)
    .outerjoin(
        package_version,
        sa.and_(package_version.c.package_id == package.c.id, package_version.c.number == package.c.version),
    )
    .outerjoin(checkout, checkout.c.id == outbox.c.checkout_id)
    .outerjoin(money_transaction, money_transaction.c.id == outbox.c.transaction_id)
)
_OPEN = _ROWS.where(outbox.c.finished_at.is_(None)).order_by(outbox.c.id)
_later = outbox.alias("later")
#: The same was done for the package since: its name after its name, a new price after a price.
_OVERTAKEN = sa.exists().where(
    sa.or_(
        _later.c.package_id == outbox.c.package_id,
        # A code that was mistyped, and then put in again.
        outbox.c.kind == REGISTER,
    ),
    _later.c.id > outbox.c.id,
    _later.c.state == "done",
    _later.c.kind == outbox.c.kind,
    _later.c.path == outbox.c.path,
)
_FAILED = (
    _ROWS.where(
        outbox.c.state == "failed",
        outbox.c.finished_at >= sa.bindparam("since"),
        # Of what is over or was done since there is nothing left to do.
        ~_OVERTAKEN,
        sa.or_(checkout.c.id.is_(None), checkout.c.closed_at.is_(None)),
        sa.or_(
            money_transaction.c.id.is_(None), money_transaction.c.status.not_in(("succeeded", "cancelled"))
        ),
    )
    .order_by(outbox.c.id.desc())
    .limit(_MOST_FAILED)
)
_QUARANTINE = (
    sa.select(quarantine).where(quarantine.c.solved_at.is_(None)).order_by(quarantine.c.last_at.desc())
)
_ONE = sa.select(outbox).where(outbox.c.id == sa.bindparam("outbox_id")).with_for_update()


def sync_facts(reading: Reading) -> SyncFacts:
    """The little that every screen tells: cheap enough for every change."""
    account = reading.connection.execute(_ACCOUNT).first()
    state = reading.connection.execute(_STATE).first()
    connected = account is not None and account.disconnected_at is None
    return SyncFacts(
        livemode=bool(account.livemode) if account is not None and connected else None,
        synced_at=state.complete_at if state else None,
        swept_at=state.swept_at if state else None,
        waiting=int(reading.connection.execute(_WAITING).scalar_one()),
    )


def sync_view(reading: Reading) -> SyncView:
    """All that the books know of sync, with what Stripe refused these days after what is open."""
    state = reading.connection.execute(_STATE).first()
    code = reading.studio.currency
    rows = [
        *reading.connection.execute(_OPEN),
        *reading.connection.execute(_FAILED, {"since": reading.now - FAILED_SHOWN}),
    ]
    return SyncView(
        account=account_view(reading),
        complete_at=state.complete_at if state else None,
        swept_at=state.swept_at if state else None,
        outbox=tuple(_outbox_row(row, code) for row in rows),
        quarantine=tuple(_quarantine_row(row) for row in reading.connection.execute(_QUARANTINE)),
        reads=reads_view(reading),
    )


def send_now(work: UnitOfWork, outbox_id: int) -> None:
    """Send what was held after all, or what waits for its next turn at once.

    Raises:
        NotFound: outbox.unknown. Refused: outbox.finished.
    """
    row = work.connection.execute(_ONE, {"outbox_id": outbox_id}).first()
    if row is None:
        raise NotFound("outbox.unknown")
    if row.finished_at is not None:
        raise Refused("outbox.finished")
    if row.state == "held":
        ops.send_held(work, outbox_id)
    else:
        ops.change(work, outbox_id, next_try_at=None)


def send_without_waiting(work: UnitOfWork) -> None:
    """The network is back: what waits because of it is sent at once."""
    for op in ops.open_ops(work):
        if op.state in ("new", "waiting", "unknown"):
            ops.change(work, op.id, next_try_at=None)


def take_back(work: UnitOfWork, outbox_id: int) -> None:
    """Take back what was never sent; what follows is as if Stripe had refused.

    Raises:
        NotFound: outbox.unknown. Refused: outbox.not_held.
    """
    ops.cancel_op(work, outbox_id, kinds())
    work.changed(Topic.SYNC, outbox_id)


def _outbox_row(row: sa.Row[Any], code: str) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        kind=row.kind,
        state=row.state,
        about=row.client or row.package or "",
        amount=None if row.amount is None else Money(int(row.amount), code),
        moves_money=bool(row.moves_money),
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        attempts=row.attempts,
        trouble=_trouble(row.trouble),
    )


def _quarantine_row(row: sa.Row[Any]) -> QuarantineRow:
    trouble = _trouble(row.trouble) or Trouble("")
    return QuarantineRow(row.object_id, row.kind, trouble, row.attempts, row.first_at, row.last_at)


def _trouble(kept: Mapping[str, Any] | None) -> Trouble | None:
    if not kept:
        return None
    return Trouble(str(kept.get("code", "")), MappingProxyType(dict(kept.get("params") or {})))
