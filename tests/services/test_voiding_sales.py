"""Taking back a sale of today as a whole (S2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.messages.sentences import sentence
from frontdesk.models.sale import refund
from frontdesk.services.drafts.sales import VoidSaleDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.purchases import client_purchases
from frontdesk.services.refund_states import mark_failed
from frontdesk.services.statement import credit_statement
from frontdesk.services.views.refunds import VoidView
from frontdesk.services.views.sales import SaleResult
from frontdesk.services.void_sale import void_sale, void_view
from tests.services.problems import invalid, refused
from tests.services.test_statement import FORMATS
from tests.services.till import Till, till

__all__ = ["till"]


def view(till: Till, sold: SaleResult) -> VoidView:
    return till.see(void_view, sold.sale_id)


def test_a_merged_client_is_named_by_the_one_who_stands_for_them(till: Till) -> None:
    """D4: as in the list of transactions, also where somebody's visit used the credits."""
    sold = till.take(till.on_sale())
    till.visit(1)
    till.do(merge_clients, till.mira, till.client("Mira O."))
    shown = view(till, sold)
    assert (shown.client, [one.client for one in shown.used]) == ("Mira O.", ["Mira O."])
    assert till.refund_view(sold).client == "Mira O."


def test_money_goes_back_by_its_tenders_and_unused_credits_go(till: Till) -> None:
    """S2: what was used stays used, and is listed."""
    pilates = till.on_sale("Pilates", 5000, credits=5, bonus=0)
    sold = till.take(till.on_sale(), pilates, payments=(till.cash(10000), till.by_card(4000)))
    yoga = till.class_type("Yoga")
    till.visit(3, class_type_id=yoga)
    undone = till.visit(2)
    till.undo(undone.visit_id)
    shown = view(till, sold)
    assert [(one.tender, one.amount.amount, one.needs_reference) for one in shown.parts] == [
        ("external_card", 4000, True),
        ("cash", 10000, False),
    ]
    assert (shown.credits_to_void, shown.refused) == (14, None)
    assert [(one.credits, one.class_type, one.client) for one in shown.used] == [(3, "Yoga", "Mira Okafor")]
    made = till.void(sold, references=((shown.parts[0].payment_id, "V-1"),))
    assert (made.amount, made.credits_voided, made.pending) == (till.money(14000), 14, False)
    assert till.usable() == 0
    assert till.see(client_purchases, till.mira)[0].status == "voided"
    with till.office.database.reading() as connection:
        kept = connection.execute(sa.select(refund)).one()
    assert (kept.kind, kept.reason_code, kept.series) == ("void", "entered_twice", "D1-R")


def test_the_statement_tells_a_void_from_a_refund(till: Till) -> None:
    """C15: by the words that the receipt has for it; where all was used, nothing is said to be voided."""
    voided, used_up, given_back = till.take(), till.take(), till.take()
    first = till.void(voided)
    till.refund(given_back)
    till.visit(12)
    till.void(used_up)
    lines = till.see(credit_statement, till.mira, None, 10).lines
    told = [sentence(line, FORMATS) for line in reversed(lines) if line.kind == "refund"]
    assert told[0].startswith(f"Sale voided ({first.receipt}), with 12 credits: 2 × ")
    assert told[1].startswith("Refund D1-R-000002: 12 credits voided, from 2 × ")
    assert told[2].startswith("Sale voided (D1-R-000003), without credits.")


def test_a_sale_of_another_business_day_is_refunded_instead(till: Till) -> None:
    """S2."""
    sold = till.take()
    till.clock.pass_time(days=1)
    shown = view(till, sold)
    assert shown.refused == "void.not_today"
    assert [(one.sale_line_id, one.name) for one in shown.lines] == [
        (till.line(sold).sale_line_id, "10-class pack")
    ]
    assert refused(till.void, sold) == "void.not_today"


def test_an_older_sale_that_was_refunded_is_not_sent_to_be_refunded(till: Till) -> None:
    """S2."""
    sold = till.take()
    till.refund(sold)
    till.clock.pass_time(days=1)
    shown = view(till, sold)
    assert (shown.refused, shown.lines) == ("void.nothing_left", ())
    assert refused(till.void, sold) == "void.nothing_left"


def test_a_sale_before_the_cut_off_hour_is_still_of_today(till: Till) -> None:
    """S2, D8."""
    with till.office.database.writing() as connection:
        connection.execute(sa.text("UPDATE studio SET day_starts_hour = 4"))
    till.at(2027, 1, 4, 22)
    sold = till.take()
    till.at(2027, 1, 5, 3, 59)
    assert view(till, sold).refused is None
    till.at(2027, 1, 5, 4)
    assert view(till, sold).refused == "void.not_today"


def test_a_sale_is_taken_back_once(till: Till) -> None:
    """S2."""
    sold = till.take()
    till.void(sold)
    assert view(till, sold).refused == "void.nothing_left"
    assert refused(till.void, sold) == "void.nothing_left"


def test_what_was_refunded_before_is_not_paid_twice(till: Till) -> None:
    """S2, S6."""
    sold = till.take()
    till.refund(sold, 2000)
    made = till.void(sold)
    assert made.amount == till.money(7000)
    assert till.refund_view(sold).refundable == till.money(0)


def test_a_free_sale_is_taken_back_too(till: Till) -> None:
    """S2, P1."""
    sold = till.take(till.on_sale("Gift", 0))
    assert view(till, sold).parts == ()
    assert till.void(sold).credits_voided == 12
    assert till.see(client_purchases, till.mira)[0].status == "voided"
    assert refused(till.void, sold) == "void.nothing_left"


def test_credits_that_were_passed_on_go_as_well(till: Till) -> None:
    """S2: every unused credit."""
    sold = till.take(till.on_sale("Plain", bonus=0))
    noah, zoe = till.client("Noah"), till.client("Zoe")
    received = till.transfer(sold.lot_ids[0], noah, 4)
    till.transfer(received.lot_id, zoe, 1)
    till.visit(2, client_id=noah)
    shown = view(till, sold)
    assert shown.credits_to_void == 8
    assert [(one.client, one.credits) for one in shown.used] == [("Noah", 2)]
    till.void(sold)
    assert [till.usable(one) for one in (till.mira, noah, zoe)] == [0, 0, 0]


def test_a_void_whose_transfer_failed_is_a_sale_again(till: Till) -> None:
    """S6."""
    sold = till.take(payments=(till.by_transfer(9000),))
    made = till.void(sold)
    assert made.pending
    till.do(mark_failed, made.parts[0].transaction_id or 0)
    assert till.see(client_purchases, till.mira)[0].status == "paid"
    assert till.usable() == 12


def test_bad_voids_are_told_beside_their_fields(till: Till) -> None:
    """S2, A5."""
    sold = till.take(payments=(till.by_card(9000),))
    payment = till.refund_view(sold).payments[0].payment_id
    good = VoidSaleDraft(sold.sale_id, "wrong_client", references=((payment, "V"),))
    for draft, told in (
        (replace(good, reason_code=""), ("reason_code", "sales.reason_missing")),
        (replace(good, reason_code="x"), ("reason_code", "field.not_a_choice")),
        (replace(good, reason_code="other"), ("text", "field.required")),
        (replace(good, references=()), (f"references.{payment}", "refunds.reference_missing")),
        (
            replace(good, references=((payment, "4242424242424242"),)),
            (f"references.{payment}", "field.card_number"),
        ),
    ):
        assert told in invalid(till.do, void_sale, draft), draft
    with pytest.raises(NotFound, match=r"sales\.unknown"):
        till.do(void_sale, replace(good, sale_id=999))
    with pytest.raises(NotFound, match=r"sales\.unknown"):
        till.see(void_view, 999)
    assert till.usable() == 12
