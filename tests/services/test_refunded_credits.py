"""Credits whose money went back as a whole stay gone, whatever is done to their lots afterwards (S5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from frontdesk.errors import Refused
from frontdesk.messages.sentences import sentence
from frontdesk.models.database import Database
from frontdesk.services.drafts.credits import ReviveDraft
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.purchases import client_purchases
from frontdesk.services.refund_states import mark_failed, mark_transfer_done
from frontdesk.services.reviving import revive
from frontdesk.services.sales import sell
from frontdesk.services.statement import credit_statement
from tests.services.test_statement import FORMATS
from tests.support.books import found_in
from tests.support.desk import Desk, sweep


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk.found(database)


def test_expired_credits_of_a_refunded_pack_do_not_come_back_by_an_extension(desk: Desk) -> None:
    client = desk.client()
    sold = desk.sell(client, desk.package(validity_count=5))
    desk.clock.pass_time(days=8)
    desk.do(sweep)
    desk.refund(sold.sale_id, 9000)
    for lot_id in sold.lot_ids:
        with pytest.raises(Refused, match=r"credits\.nothing_to_extend"):
            desk.extend(lot_id, desk.clock.at.date() + timedelta(days=10))
    assert desk.balance(client) == 0


def test_expired_credits_of_a_refunded_pack_pay_for_no_earlier_class(desk: Desk) -> None:
    client = desk.client()
    sold = desk.sell(client, desk.package(validity_count=5))
    desk.clock.pass_time(days=8)
    assert desk.visit(client, ago=timedelta(days=4)).paid, "a class within the validity, recorded late"
    desk.refund(sold.sale_id, 9000)
    with pytest.raises(Refused):
        desk.visit(client, ago=timedelta(days=4))


def test_a_visit_undone_after_the_refund_gives_nothing_to_revive(desk: Desk) -> None:
    client = desk.client()
    sold = desk.sell(client, desk.package(validity_count=5))
    visit = desk.visit(client)
    desk.clock.pass_time(days=8)
    desk.refund(sold.sale_id, 9000)
    undone = desk.undo(visit.visit_id)
    assert undone.revivable == 0
    assert "revive" not in desk.office.read(credit_statement, client).lines[0].actions
    with pytest.raises(Refused, match=r"credits\.nothing_to_revive"):
        desk.do(revive, ReviveDraft(undone.op_id, 10, "goodwill", "was ill"))
    assert desk.balance(client) == 0


def test_of_a_visit_that_two_packs_paid_the_one_that_was_not_refunded_is_revived(desk: Desk) -> None:
    """C9, S5."""
    client = desk.client()
    pack = desk.package(credits=1, bonus=0, validity_count=5)
    first, _second = desk.sell(client, pack), desk.sell(client, pack)
    visit = desk.visit(client, 2)
    desk.clock.pass_time(days=8)
    desk.refund(first.sale_id, 9000)
    undone = desk.undo(visit.visit_id)
    assert undone.revivable == 1
    assert desk.office.read(credit_statement, client).lines[0].revivable == 1
    assert desk.do(revive, ReviveDraft(undone.op_id, 10, "goodwill", "was ill")).credits == 1
    assert desk.balance(client) == 1


def test_half_a_refund_leaves_the_rest_to_be_extended(desk: Desk) -> None:
    client = desk.client()
    sold = desk.sell(client, desk.package(validity_count=5))
    desk.refund(sold.sale_id, 4500, 6)
    desk.clock.pass_time(days=8)
    desk.extend(sold.lot_ids[0], desk.clock.at.date() + timedelta(days=10))
    assert desk.balance(client) > 0


def test_a_visit_undone_after_a_refund_that_fails_is_not_lost(desk: Desk) -> None:
    """S6: with the money here again, the credit of the visit that never was is the client's."""
    client = desk.client()
    sold = desk.sell(client, desk.package(), tender="external_card")
    visit = desk.visit(client, 3)
    refund = desk.refund(sold.sale_id, 9000)
    desk.undo(visit.visit_id)
    assert desk.balance(client) == 0
    line = desk.office.read(credit_statement, client).lines[0]
    assert "and voided since they were refunded" in sentence(line, FORMATS)
    failed = desk.do(mark_failed, refund.parts[0].transaction_id, "the card was closed")
    assert failed.credits_back == 12
    assert desk.balance(client) == 12
    again = desk.refund(sold.sale_id, 9000)
    assert again.credits_voided == 12
    desk.do(mark_failed, again.parts[0].transaction_id, "and again")
    assert desk.balance(client) == 12


def test_a_void_that_failed_in_part_leaves_what_comes_back_to_the_client(desk: Desk) -> None:
    """S2, S6: the sale was not taken back to the last cent."""
    client, pack = desk.client(), desk.package()
    draft = desk.sale_draft(client, pack)
    by_card = PaymentDraft("external_card", desk.money(4000), "T-1")
    sold = desk.do(sell, replace(draft, payments=(by_card, PaymentDraft("cash", desk.money(5000)))))
    visit = desk.visit(client)
    voided = desk.void(sold.sale_id)
    card = next(part for part in voided.parts if part.tender == "external_card")
    desk.do(mark_failed, card.transaction_id, "the card was closed")
    assert desk.office.read(client_purchases, client)[0].status == "partly_refunded"
    before = desk.balance(client)
    desk.undo(visit.visit_id)
    assert desk.balance(client) == before + 1


def test_a_gift_on_the_same_receipt_stays_when_the_pack_is_refunded(desk: Desk) -> None:
    """S5: a refund works per line, and what cost nothing has no part in it."""
    client = desk.client()
    gift = desk.package(name="Gift", credits=1, bonus=0, price=desk.money(0))
    sold = desk.sell(client, desk.package(), gift)
    desk.refund(sold.sale_id, 9000)
    assert desk.balance(client) == 1
    assert found_in(desk.office.database) == set()


def test_a_refund_that_fails_after_the_rest_was_voided_gives_its_credits_back(desk: Desk) -> None:
    """S2, S6"""
    client = desk.client()
    sold = desk.sell(client, desk.package(), tender="bank_transfer")
    refund = desk.refund(sold.sale_id, 3000, 4)
    (rest,) = desk.void(sold.sale_id).parts
    desk.do(mark_transfer_done, rest.transaction_id)
    desk.do(mark_failed, refund.parts[0].transaction_id, "the account was closed")
    assert desk.balance(client) == 4
    assert found_in(desk.office.database) == set()
