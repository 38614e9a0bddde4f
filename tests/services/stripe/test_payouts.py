"""Payouts as the mirror tells of them: the list, one in full, and what is still to be read (Y6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import stripe_object, stripe_transaction
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.office import Office
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.sales import sell
from frontdesk.services.stripe.mirror import store
from frontdesk.services.stripe.payouts import (
    load_payouts,
    on_its_way,
    payout_detail,
    payouts,
    payouts_to_load,
)
from frontdesk.services.stripe.wire import Body, NotReached, StripeAnswer, StripeCall
from frontdesk.services.unit_of_work import UnitOfWork
from tests.services.stripe.studio import ConnectedStudio

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def payout(id: str, amount: int, status: str = "paid", **more: Any) -> Body:
    """As Stripe writes it; it arrives on 6 January."""
    return {
        "object": "payout", "id": id, "amount": amount, "currency": "usd", "status": status,
        "created": int(NOON.timestamp()), "automatic": True, "method": "standard",
        "arrival_date": int(datetime(2027, 1, 6, tzinfo=UTC).timestamp()),
        "reconciliation_status": "completed", **more,
    }  # fmt: skip


def moved(id: str, gross: int, fee: int, source: Any, category: str = "charge", **more: Any) -> Body:
    """A balance transaction."""
    return {
        "object": "balance_transaction", "id": id, "amount": gross, "fee": fee, "net": gross - fee,
        "currency": "usd", "created": int(NOON.timestamp()), "status": "available", "source": source,
        "reporting_category": category, "type": category, "description": None, **more,
    }  # fmt: skip


def keep(studio: ConnectedStudio, *bodies: Body, payout: str = "") -> None:
    studio.sync(_keep, list(bodies), payout)


def _keep(work: UnitOfWork, bodies: list[Body], payout: str) -> None:
    store(work, bodies, NOON, payout=payout)


def paid_by_stripe(studio: ConnectedStudio, intent: str) -> int:
    """A sale of 90.00 that came in by this payment intent; its client is Mira."""
    client_id = studio.client(f"Mira {intent}")
    offer = studio.see(packages_on_sale)[0]
    draft = SaleDraft(
        client_id,
        (SaleLineDraft(offer.package_id, offer.version_id),),
        payments=(PaymentDraft("external_card", offer.price, intent),),
    )
    sold = studio.do(sell, draft)
    transaction_id: int = studio.rows(money_transaction, money_transaction.c.sale_id == sold.sale_id)[0].id
    studio.sync(_note, transaction_id, intent)
    return transaction_id


def _note(work: UnitOfWork, transaction_id: int, stripe_id: str) -> None:
    work.connection.execute(
        sa.insert(stripe_transaction), {"transaction_id": transaction_id, "stripe_id": stripe_id}
    )


class ListOfTransactions:
    """Stripe with balance transactions by payout, in pages of two."""

    def __init__(self, **by_payout: list[Body]) -> None:
        self.by_payout = by_payout
        self.asked: list[StripeCall] = []
        self.is_there = True

    def call(self, call: StripeCall) -> StripeAnswer:
        """A page of the list."""
        if not self.is_there:
            raise NotReached("stripe.not_reached")
        self.asked.append(call)
        rows = self.by_payout[call.params["payout"]]
        after = call.params.get("starting_after")
        begin = next((at + 1 for at, row in enumerate(rows) if row["id"] == after), 0)
        page = rows[begin : begin + 2]
        body = {"object": "list", "data": page, "has_more": begin + 2 < len(rows)}
        return StripeAnswer(body, NOON)


def ids(rows: Sequence[Any]) -> list[str]:
    return [row.id for row in rows]


def test_payouts_come_newest_first_in_pages(studio: ConnectedStudio) -> None:
    for number in range(5):
        keep(studio, payout(f"po_{number}", 1000 + number, created=int(NOON.timestamp()) + number))
    # A charge is no payout.
    keep(studio, {"object": "charge", "id": "ch_1", "status": "succeeded", "created": 1})
    first = studio.see(payouts, None, 2)
    assert ids(first.rows) == ["po_4", "po_3"] and first.more
    second = studio.see(payouts, first.rows[-1], 2)
    assert ids(second.rows) == ["po_2", "po_1"] and second.more
    last = studio.see(payouts, second.rows[-1], 2)
    assert ids(last.rows) == ["po_0"] and not last.more
    assert last.rows[0].arrives == date(2027, 1, 6) and last.rows[0].amount.amount == 1000


def test_what_is_on_its_way_is_what_the_bank_does_not_have(studio: ConnectedStudio) -> None:
    assert studio.see(on_its_way).count == 0 and studio.see(on_its_way).next_day is None
    keep(studio, payout("po_1", 1000), payout("po_2", 2000, "in_transit"), payout("po_3", 500, "pending"))
    keep(studio, payout("po_4", 9000, "failed"))
    told = studio.see(on_its_way)
    assert (told.count, told.amount.amount, told.next_day) == (2, 2500, date(2027, 1, 6))


def test_a_payout_shows_its_transactions_with_fees_net_and_whose_they_are(studio: ConnectedStudio) -> None:
    studio.online_package()
    of_mira = paid_by_stripe(studio, "pi_1")
    keep(studio, {"object": "charge", "id": "ch_1", "payment_intent": "pi_1", "created": 1})
    keep(
        studio,
        moved("txn_1", 9000, 291, "ch_1"),
        moved("txn_2", 2000, 88, "ch_elsewhere", description="Poster"),
        moved("txn_3", -2000, 0, "re_1", "refund"),
        moved("txn_4", -8621, 0, "po_1", "payout"),
        payout="po_1",
    )
    keep(studio, payout("po_1", 8621))
    shown = studio.see(payout_detail, "po_1")
    assert ids(shown.lines) == ["txn_1", "txn_2", "txn_3"]
    first = shown.lines[0]
    assert (first.gross.amount, first.fee.amount, first.net.amount) == (9000, 291, 8709)
    assert (first.client, first.transaction_id) == ("Mira pi_1", of_mira) and first.receipt
    assert (shown.lines[1].client, shown.lines[1].description) == ("", "Poster")
    assert [(one.category, one.count, one.gross.amount) for one in shown.sums] == [
        ("charge", 2, 11000),
        ("refund", 1, -2000),
    ]
    assert (shown.all.gross.amount, shown.all.fee.amount, shown.all.net.amount) == (9000, 379, 8621)
    assert shown.adds_up and shown.row.itemised == "itemised"


def test_a_charge_that_came_expanded_needs_no_mirror_of_its_own(studio: ConnectedStudio) -> None:
    studio.online_package()
    paid_by_stripe(studio, "pi_1")
    charge = {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}
    keep(studio, moved("txn_1", 9000, 291, charge), payout="po_1")
    keep(studio, payout("po_1", 8709))
    assert studio.see(payout_detail, "po_1").lines[0].client == "Mira pi_1"


def test_a_payout_by_hand_is_never_itemised_and_one_that_failed_says_why(studio: ConnectedStudio) -> None:
    keep(studio, payout("po_1", 1000, automatic=False, reconciliation_status="not_applicable"))
    keep(studio, payout("po_2", 1000, "failed", failure_message="The account is closed."))
    keep(studio, payout("po_3", 1000, "in_transit", reconciliation_status="in_progress"))
    by_hand, failed = studio.see(payout_detail, "po_1"), studio.see(payout_detail, "po_2")
    assert by_hand.row.itemised == "never" and by_hand.by_hand and not by_hand.lines
    assert failed.failure == "The account is closed." and failed.row.itemised == "never"
    assert studio.see(payout_detail, "po_3").row.itemised == "waiting"
    assert studio.see(payouts_to_load) == ()


def test_a_payout_that_nobody_knows_is_refused(studio: ConnectedStudio) -> None:
    with pytest.raises(NotFound, match=r"payout\.unknown"):
        studio.see(payout_detail, "po_9")


def test_the_transactions_of_a_payout_are_read_once_all_pages_of_them(
    studio: ConnectedStudio, office: Office
) -> None:
    keep(studio, payout("po_1", 2700), payout("po_2", 1000, reconciliation_status="in_progress"))
    # The sweep has one of them already, and does not know the payout.
    keep(studio, moved("txn_1", 1000, 100, "ch_1"))
    listed = [moved(f"txn_{number}", 1000, 100, f"ch_{number}") for number in (1, 2, 3)]
    gateway = ListOfTransactions(po_1=listed)
    assert studio.see(payouts_to_load) == ("po_1",)
    assert load_payouts(office, studio.online, gateway) == 1
    assert len(gateway.asked) == 2 and gateway.asked[1].params["starting_after"] == "txn_2"
    assert studio.see(payout_detail, "po_1").adds_up
    assert load_payouts(office, studio.online, gateway) == 0 and len(gateway.asked) == 2
    assert len(studio.rows(stripe_object, stripe_object.c.kind == "balance_transaction")) == 3


def test_where_the_network_goes_meanwhile_nothing_is_itemised_by_half(
    studio: ConnectedStudio, office: Office
) -> None:
    """Y5."""
    keep(studio, payout("po_1", 900))
    gateway = ListOfTransactions(po_1=[moved("txn_1", 1000, 100, "ch_1")])
    gateway.is_there = False
    with pytest.raises(NotReached):
        load_payouts(office, studio.online, gateway)
    assert studio.see(payouts_to_load) == ("po_1",)
    gateway.is_there = True
    assert load_payouts(office, studio.online, gateway, lambda: False) == 0
    assert load_payouts(office, studio.online, gateway) == 1
