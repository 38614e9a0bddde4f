"""Sales that wait for Stripe as people see them, and what of them the sync has to keep an eye on (S4, Y3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid5

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.calendar import local_day
from frontdesk.models.ledger import credit_lot, ledger_op, visit_event
from frontdesk.models.money import Money
from frontdesk.models.sale import sale, sale_line
from frontdesk.models.studio import staff
from frontdesk.models.sync import checkout, outbox
from frontdesk.services.client_group import client_group, name_of
from frontdesk.services.drafts.checkouts import READER
from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.pricing import change_of
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.sales import quote_of, sold_lines
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe.checkouts import ON_READER, UNDER_WAY
from frontdesk.services.stripe.paid_sales import checkout_basket, checkout_command, checkout_draft
from frontdesk.services.stripe.readers import reader_rows
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.checkouts import CheckoutRow, CheckoutView, WatchedCheckout
from frontdesk.services.views.sales import SaleResult

#: Seconds between two looks: while somebody waits at the desk, until the page closes, and after that.
_SOON: Final = 3
_LATER: Final = 30
_RARELY: Final = 600
_AT_THE_DESK: Final = timedelta(minutes=5)
#: What an operation says that did not get through to Stripe at all.
_NO_NETWORK: Final = "stripe.not_reached"

_c = checkout.c
_ROWS = (
    sa.select(checkout, name_of(_c.client_id).label("client"), staff.c.name.label("staff"))
    .join(staff, staff.c.id == _c.staff_id)
    .order_by(_c.id)
)
_OPEN = _ROWS.where(_c.closed_at.is_(None))
_OPEN_AT = (
    sa.select(sa.func.count())
    .select_from(checkout)
    .where(_c.closed_at.is_(None), _c.desk_id == sa.bindparam("desk_id"))
)
_OF_CLIENTS = _OPEN.where(_c.client_id.in_(sa.bindparam("client_ids", expanding=True)))
_ONE = _ROWS.where(_c.id == sa.bindparam("checkout_id"))
_WATCHED = sa.select(checkout).where(_c.closed_at.is_(None)).order_by(_c.id)
#: The newest thing that Stripe has not confirmed of each.
_ON_THEIR_WAY: sa.Select[Any] = (
    sa.select(outbox.c.checkout_id, outbox.c.kind, outbox.c.state, outbox.c.trouble)
    .where(
        outbox.c.finished_at.is_(None), outbox.c.checkout_id.in_(sa.bindparam("checkout_ids", expanding=True))
    )
    .order_by(outbox.c.id)
)
_SALE = sa.select(sale).where(sale.c.id == sa.bindparam("sale_id"))
_LOTS = (
    sa.select(credit_lot.c.id)
    .join(sale_line, sale_line.c.id == credit_lot.c.sale_line_id)
    .where(sale_line.c.sale_id == sa.bindparam("sale_id"))
    .order_by(credit_lot.c.id)
)
_SETTLED = (
    sa.select(visit_event.c.visit_id, ledger_op.c.command_id)
    .join(ledger_op, ledger_op.c.id == visit_event.c.op_id)
    .where(
        visit_event.c.kind == "settled",
        ledger_op.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
    )
)


def pending_checkouts(reading: Reading) -> tuple[CheckoutRow, ...]:
    """All sales that wait for Stripe, the oldest first. They are no money yet (S4)."""
    return _listed(reading, reading.connection.execute(_OPEN).all())


def waiting_at(reading: Reading, desk_id: int) -> int:
    """How many of them a desk has begun: cheap enough for every change."""
    return int(reading.connection.execute(_OPEN_AT, {"desk_id": desk_id}).scalar_one())


def checkouts_of(reading: Reading, client_id: int) -> tuple[CheckoutRow, ...]:
    """Those of one client, with everyone merged into them.

    Raises:
        NotFound: client.unknown.
    """
    asked = {"client_ids": list(client_group(reading, client_id))}
    return _listed(reading, reading.connection.execute(_OF_CLIENTS, asked).all())


def checkout_view(reading: Reading, checkout_id: int) -> CheckoutView:
    """One of them, open or over, with what it sells and how it stands.

    Raises:
        NotFound: checkout.unknown.
    """
    row = reading.connection.execute(_ONE, {"checkout_id": checkout_id}).first()
    if row is None:
        raise NotFound("checkout.unknown")
    draft = checkout_draft(row)
    sold = None
    if row.sale_id is not None:
        sold = reading.connection.execute(_SALE, {"sale_id": row.sale_id}).one()
    bought_at = reading.now if sold is None else sold.sold_at
    day = local_day(bought_at, reading.studio.zone)
    labels = {one.id: one.label for one in reader_rows(reading)} if row.reader_id else {}
    return CheckoutView(
        row=_listed(reading, [row])[0],
        quote=quote_of(reading, checkout_basket(reading, row, bought_at), day),
        url=row.url if row.state == "open" else "",
        reader_id=row.reader_id,
        reader=labels.get(row.reader_id, row.reader_id),
        others=tuple((one.tender, one.amount) for one in draft.payments if one.tender not in STRIPE_TENDERS),
        result=None if sold is None else _result(reading, row, sold),
    )


def checkouts_to_watch(reading: Reading) -> tuple[WatchedCheckout, ...]:
    """What to ask Stripe about each open checkout, and how soon again; ``apply_object`` takes the answers."""
    found = (_watched(reading, row) for row in reading.connection.execute(_WATCHED))
    return tuple(one for one in found if one is not None)


def _watched(reading: Reading, row: sa.Row[Any]) -> WatchedCheckout | None:
    if row.tender == READER:
        if row.payment_intent is None:
            return None
        asked = [calls.look_at_payment(row.payment_intent)]
        if row.last_word in ("", *ON_READER):
            asked.append(calls.look_at_reader(row.reader_id))
    elif row.session_id is not None:
        asked = [calls.look_at_session(row.session_id)]
        if row.last_word == UNDER_WAY and row.payment_intent is not None:
            # Only the payment tells that the bank said no.
            asked.append(calls.look_at_payment(row.payment_intent))
    else:
        return None
    return WatchedCheckout(row.id, tuple(asked), _pace(reading, row))


def _pace(reading: Reading, row: sa.Row[Any]) -> int:
    waited = reading.now - row.opened_at
    if (waited < _AT_THE_DESK and row.last_word != UNDER_WAY) or row.state == "closing":
        return _SOON if waited < 2 * _AT_THE_DESK else _LATER
    return _LATER if waited < calls.OPEN_FOR and row.last_word != UNDER_WAY else _RARELY


def _listed(reading: Reading, rows: Iterable[sa.Row[Any]]) -> tuple[CheckoutRow, ...]:
    rows = tuple(rows)
    if not rows:
        return ()
    asked = {"checkout_ids": [row.id for row in rows]}
    under_way = {one.checkout_id: one for one in reading.connection.execute(_ON_THEIR_WAY, asked)}
    return tuple(_row(row, under_way.get(row.id)) for row in rows)


def _row(row: sa.Row[Any], op: sa.Row[Any] | None) -> CheckoutRow:
    return CheckoutRow(
        id=row.id,
        client_id=row.client_id,
        client=row.client,
        tender=row.tender,
        amount=Money(row.amount, row.currency),
        total=Money(row.total, row.currency),
        credits=row.credits,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        standing=_standing(row, op),
        word=row.last_word,
        staff=row.staff,
        sale_id=row.sale_id,
    )


def _standing(row: sa.Row[Any], op: sa.Row[Any] | None) -> str:
    """How it stands, in one word; "unclear" and never "failed" while nobody knows (Y4)."""
    if row.closed_at is not None:
        return str(row.state)
    unsent = op is not None and op.state in ("new", "unknown")
    dark = unsent and op is not None and (op.trouble or {}).get("code") == _NO_NETWORK
    if row.state == "closing":
        # What may have been paid already must never read as if it could safely be taken another way.
        if row.session_id is None and row.payment_intent is None:
            return "closing_unseen"
        return "closing_offline" if dark else "closing"
    if dark and row.state == "opening":
        return "offline"
    if dark:
        return "dark"
    if op is not None and op.state == "unknown":
        return "unclear"
    if op is not None and op.state in ("waiting", "held"):
        return "refused_now"
    if row.last_word == UNDER_WAY:
        return "under_way"
    if row.state == "opening":
        return "preparing"
    if row.tender != READER:
        return "ready"
    if op is not None and op.kind == calls.PROCESS_PAYMENT:
        return "sending"
    if row.last_word in ON_READER:
        return "on_reader"
    return "stopped" if row.last_word else "sending"


def _result(reading: Reading, row: sa.Row[Any], sold: sa.Row[Any]) -> SaleResult:
    command = checkout_command(row.uid)
    asked = {"client_ids": list(client_group(reading, sold.client_id))}
    settled = [
        one
        for one in reading.connection.execute(_SETTLED, asked)
        if one.command_id == uuid5(command, f"settle:{one.visit_id}").hex
    ]
    change = sum(change_of(one) for one in checkout_draft(row).payments)
    lot_ids = tuple(reading.connection.execute(_LOTS, {"sale_id": sold.id}).scalars())
    return SaleResult(
        sale_id=sold.id,
        client_id=sold.client_id,
        receipt=receipt_number(sold.series, sold.number),
        total=Money(sold.total, sold.currency),
        change=Money(change, sold.currency),
        lot_ids=lot_ids,
        settled_visits=len(settled),
        lines=sold_lines(reading, lot_ids),
    )
