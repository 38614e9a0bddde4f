"""Refunds: both sides of a sale, money by the payments it came by, credits voided (S5, S6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models import chain
from frontdesk.models.database import Database
from frontdesk.models.ledger import ledger_op
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, refund, refund_line
from frontdesk.services.decisions import close_decision, open_decisions, reopen_decision
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import DiscountDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.purchases import client_purchases
from frontdesk.services.refund_states import mark_failed, mark_transfer_done
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.subjects import refund_subject_rows
from frontdesk.services.views.refunds import RefundResult
from tests.services.problems import invalid, refused
from tests.services.till import Till, till

__all__ = ["till"]


def transactions(till: Till) -> list[tuple[str, str, int, str]]:
    """Every refund transaction as (tender, status, amount, reference)."""
    with till.office.database.reading() as connection:
        found = connection.execute(
            sa.select(money_transaction)
            .where(money_transaction.c.kind == "refund")
            .order_by(money_transaction.c.id)
        )
        return [(one.tender, one.status, one.amount, one.reference) for one in found]


# --- What is suggested -------------------------------------------------------------------------------


def test_four_used_of_ten_and_two_suggest_fifty_four_and_void_eight(till: Till) -> None:
    """S5: the example."""
    sold = till.take()
    till.visit(4)
    line = till.line(sold)
    assert (line.credits, line.bonus, line.used, line.left) == (10, 2, 4, 8)
    assert (line.suggested, line.suggested_credits) == (till.money(5400), 8)
    assert line.credits_for_amount(2700) == 4
    assert line.credits_for_amount(1) == 1
    assert line.credits_for_amount(6000) == 8
    assert line.refundable == till.money(9000)
    made = till.refund(sold)
    assert (made.amount, made.credits_voided, made.receipt) == (till.money(5400), 8, "D1-R-000001")
    assert till.usable() == 0
    after = till.line(sold)
    assert (after.refunded, after.suggested, after.left, after.voided) == (
        till.money(5400),
        till.money(0),
        0,
        8,
    )


def test_half_of_the_suggestion_voids_half_the_credits(till: Till) -> None:
    """S5: 27.00 would void 4, bonus first."""
    sold = till.take()
    till.visit(4)
    assert till.refund(sold, 2700).credits_voided == 4
    assert [lot.left for lot in till.line(sold).lots] == [4, 0]
    assert till.line(sold).suggested == till.money(2700)
    assert till.refund(sold).credits_voided == 4


def test_the_dialog_and_the_rules_agree_on_every_amount(till: Till) -> None:
    """S5: the view's arithmetic is that of the books."""
    sold = till.take()
    till.visit(5)
    till.refund(sold, 1000)
    line = till.line(sold)
    assert (line.suggested, line.left) == (till.money(3500), 5)
    assert [line.credits_for_amount(amount) for amount in (0, 1, 700, 701, 3499, 3500, 8000)] == [
        0,
        1,
        1,
        2,
        5,
        5,
        5,
    ]


def test_staff_may_void_another_number_of_credits(till: Till) -> None:
    """S5."""
    sold = till.take()
    assert till.refund(sold, 5000, credits=0).credits_voided == 0
    assert till.usable() == 12
    assert till.refund(sold, 100, credits=11).credits_voided == 11
    assert till.usable() == 1


def test_voiding_what_is_left_never_fails(till: Till) -> None:
    """S5: more than is left voids what is left."""
    sold = till.take()
    draft = till.refund_draft(sold)
    till.visit(9)
    made = till.do(request_refund, draft)
    assert (made.amount, made.credits_voided) == (till.money(9000), 3)


def test_used_credits_are_never_rewritten(till: Till) -> None:
    """S5."""
    sold = till.take()
    till.visit(4)
    till.refund(sold, 9000)
    assert till.line(sold).used == 4


def test_expired_adjusted_and_transferred_credits_have_no_refund_value(till: Till) -> None:
    """S5: unused = purchased - gone, over purchased and bonus lots together."""
    sold = till.take(till.on_sale("Plain", bonus=0))
    till.adjust(-2, lot_id=sold.lot_ids[0])
    till.transfer(sold.lot_ids[0], till.client("Noah"), 3)
    line = till.line(sold)
    assert (line.adjusted_out, line.transferred, line.left, line.left_elsewhere) == (2, 3, 5, 3)
    assert line.suggested == till.money(4500)
    till.at(2027, 7, 1)
    line = till.line(sold)
    assert (line.expired, line.left, line.left_elsewhere) == (5, 0, 0)
    assert (line.suggested, line.refundable) == (till.money(0), till.money(9000))


def test_transferred_credits_go_only_when_all_of_the_money_goes_back(till: Till) -> None:
    """S5."""
    sold = till.take(till.on_sale("Plain", bonus=0))
    noah = till.client("Noah")
    till.transfer(sold.lot_ids[0], noah, 4)
    line = till.line(sold)
    assert (line.suggested, line.suggested_credits) == (till.money(5400), 6)
    assert line.credits_for_amount(9000) == 10
    made = till.refund(sold, 5400, credits=10)
    assert made.credits_voided == 6
    assert till.usable(noah) == 4
    rest = till.refund(sold, 3600)
    assert (rest.credits_voided, till.usable(noah)) == (4, 0)


def test_a_frozen_lot_is_voided_all_the_same(till: Till) -> None:
    """S5."""
    sold = till.take()
    till.freeze()
    assert [lot.held for lot in till.line(sold).lots] == [10, 2]
    assert till.refund(sold).credits_voided == 12


def test_with_the_last_of_the_money_all_credits_go(till: Till) -> None:
    """S5: a sale that was refunded as a whole has nothing left."""
    sold = till.take()
    till.refund(sold, 8999, credits=0)
    assert till.usable() == 12
    assert till.refund(sold, 1, credits=0).credits_voided == 12


def test_a_visit_undone_after_a_whole_refund_gives_nothing_back(till: Till) -> None:
    """S5, C9."""
    sold = till.take()
    first, second = till.visit(4), till.visit(1)
    till.refund(sold, 8999, credits=0)
    till.undo(second.visit_id)
    assert till.usable() == 8
    till.refund(sold, 1)
    assert till.undo(first.visit_id).usable == 0


def test_a_discount_lowers_what_a_line_is_worth(till: Till) -> None:
    """S5: per line, the discount split."""
    five = till.on_sale("Five", 5000, credits=5, bonus=0)
    sold = till.take(till.on_sale(), five, discount=DiscountDraft("loyalty", till.money(1400)))
    first, second = till.refund_view(sold).lines
    assert (first.received, second.received) == (till.money(8100), till.money(4500))
    till.refund(sold, place=1)
    assert till.line(sold, 0).refunded == till.money(0)
    assert till.line(sold, 1).refunded == till.money(4500)
    assert invalid(till.do, request_refund, till.refund_draft(sold, 1, 0, place=1)) == {
        ("amount", "refunds.too_much")
    }


# --- No cent too much --------------------------------------------------------------------------------


def test_ninety_and_one_cent_cannot_be_refunded_in_steps(till: Till) -> None:
    """S6: by the service."""
    sold = till.take(payments=(till.cash(5000), till.by_transfer(4000)))
    till.refund(sold, 3000, credits=0)
    till.refund(sold, 6000, credits=0)
    assert invalid(till.do, request_refund, till.refund_draft(sold, 1, 1)) == {("amount", "refunds.too_much")}
    assert till.refund_view(sold).refundable == till.money(0)


@pytest.mark.parametrize("first", [8999, 5000])
def test_the_database_itself_refuses_a_cent_too_much(till: Till, first: int) -> None:
    """S6: by payment and by line, whatever the program does."""
    sold = till.take()
    till.refund(sold, first, credits=0)
    excess = 9001 - first
    row = _copied_refund(till, excess)
    with pytest.raises(sa.exc.IntegrityError, match="refund_line_within_line"):
        _insert_refund(till.office.database, row, line_amount=excess, part_amount=0)
    with pytest.raises(sa.exc.IntegrityError, match="money_transaction_refund_within_payment"):
        _insert_refund(till.office.database, row, line_amount=0, part_amount=excess)
    _insert_refund_rolled_back(till.office.database, row, excess - 1)


def test_the_database_refuses_a_line_of_another_sale(till: Till) -> None:
    """S5."""
    till.refund(till.take(), 100)
    other = till.line(till.take()).sale_line_id
    row = _copied_refund(till, 0)
    with pytest.raises(sa.exc.IntegrityError, match="refund_line_within_line"):
        _insert_refund(till.office.database, row, line_amount=0, part_amount=0, line_id=other)


def _copied_refund(till: Till, amount: int) -> dict[str, object]:
    with till.office.database.reading() as connection:
        row = dict(connection.execute(sa.select(refund)).mappings().one())
    return {name: value for name, value in row.items() if name != "id"} | {
        "command_id": "f" * 32,
        "number": 2,
        "amount": amount,
    }


def _insert_refund(
    database: Database, row: dict[str, object], line_amount: int, part_amount: int, line_id: int | None = None
) -> None:
    with database.writing() as connection:
        _insert(connection, row, line_amount, part_amount, line_id)


def _insert_refund_rolled_back(database: Database, row: dict[str, object], amount: int) -> None:
    """What is within the rest goes through, so the refusals above are about the cent."""
    with database.writing() as connection:
        _insert(connection, row, amount, amount, None)
        connection.rollback()


def _insert(
    connection: sa.Connection,
    row: dict[str, object],
    line_amount: int,
    part_amount: int,
    line_id: int | None,
) -> None:
    connection.execute(sa.text("UPDATE receipt_series SET last_number = 2 WHERE series = 'D1-R'"))
    refund_id = connection.execute(sa.insert(refund).returning(refund.c.id), row).scalar_one()
    first = connection.execute(sa.select(refund_line)).mappings().first()
    assert first is not None
    line = {"sale_line_id": line_id or first["sale_line_id"], "credits_voided": 0}
    connection.execute(sa.insert(refund_line), line | {"refund_id": refund_id, "amount": line_amount})
    part = sa.select(money_transaction).where(money_transaction.c.kind == "refund")
    old = dict(connection.execute(part).mappings().first() or {})
    del old["id"]
    new = old | {"refund_id": refund_id, "amount": -part_amount, "status": "succeeded"}
    connection.execute(sa.insert(money_transaction), new)


def test_bad_refunds_are_told_beside_their_fields(till: Till) -> None:
    """S5, S9, A5."""
    sold = till.take(payments=(till.by_card(9000),))
    good = till.refund_draft(sold, references=((1, "R-1"),))
    payment = till.refund_view(sold).payments[0].payment_id
    cases: list[tuple[RefundDraft, tuple[str, str]]] = [
        (replace(good, amount=None), ("amount", "field.required")),
        (replace(good, amount=till.money(-1)), ("amount", "field.too_small")),
        (replace(good, amount=till.money(9001)), ("amount", "refunds.too_much")),
        (replace(good, amount=Money(1, "EUR")), ("amount", "sales.other_currency")),
        (replace(good, credits_to_void=None), ("credits_to_void", "field.required")),
        (replace(good, credits_to_void=-1), ("credits_to_void", "field.too_small")),
        (replace(good, reason_code=""), ("reason_code", "sales.reason_missing")),
        (replace(good, reason_code="x"), ("reason_code", "field.not_a_choice")),
        (replace(good, reason_code="other"), ("text", "field.required")),
        (replace(good, references=()), (f"references.{payment}", "refunds.reference_missing")),
        (replace(good, references=((payment, " "),)), (f"references.{payment}", "refunds.reference_missing")),
        (
            replace(good, references=((payment, "4242 4242 4242 4242"),)),
            (f"references.{payment}", "field.card_number"),
        ),
        (replace(good, instead="cash"), ("instead", "refunds.instead_needs_task")),
        (replace(good, instead="shells", decision_id=1), ("instead", "field.not_a_choice")),
    ]
    for draft, told in cases:
        assert told in invalid(till.do, request_refund, draft), draft
    assert transactions(till) == []


def test_nothing_to_refund_is_said(till: Till) -> None:
    """S5."""
    sold = till.take()
    assert refused(till.do, request_refund, till.refund_draft(sold, 0, 0)) == "refunds.nothing"
    with pytest.raises(NotFound, match=r"refunds\.line_unknown"):
        till.do(request_refund, replace(till.refund_draft(sold), sale_line_id=999))
    with pytest.raises(NotFound, match=r"sales\.unknown"):
        till.see(refund_view, 999)


# --- By which way ------------------------------------------------------------------------------------


def test_money_goes_back_by_the_payments_it_came_by_electronic_first(till: Till) -> None:
    """S5."""
    sold = till.take(payments=(till.cash(2000), till.by_card(4000), till.by_transfer(3000)))
    view = till.refund_view(sold)
    assert [(one.tender, one.amount.amount) for one in view.split(8000)] == [
        ("external_card", 4000),
        ("bank_transfer", 3000),
        ("cash", 1000),
    ]
    assert [one.needs_reference for one in view.split(8000)] == [True, False, False]
    card = view.payments[1].payment_id
    made = till.refund(sold, 8000, references=((card, "R-9"),))
    assert made.pending
    assert transactions(till) == [
        ("external_card", "succeeded", -4000, "R-9"),
        ("bank_transfer", "pending", -3000, ""),
        ("cash", "succeeded", -1000, ""),
    ]
    assert till.refund_view(sold).refundable == till.money(1000)
    with pytest.raises(ValueError, match="payments have left"):
        till.refund_view(sold).split(1001)


def test_a_refund_of_a_free_sale_voids_its_credits(till: Till) -> None:
    """S5, P1."""
    sold = till.take(till.on_sale("Gift", 0))
    line = till.line(sold)
    assert (line.suggested, line.suggested_credits) == (till.money(0), 12)
    made = till.refund(sold)
    assert (made.amount, made.credits_voided) == (till.money(0), 12)
    assert transactions(till) == [("free", "succeeded", 0, "")]
    assert till.see(client_purchases, till.mira)[0].status == "refunded"


def test_credits_can_be_voided_without_money(till: Till) -> None:
    """S5: staff may choose any amount."""
    sold = till.take(payments=(till.by_card(9000),))
    assert till.refund(sold, 0, credits=5).credits_voided == 5
    assert till.usable() == 7
    assert till.refund_view(sold).refundable == till.money(9000)


def test_the_ledger_covers_the_rows_of_the_refund(till: Till) -> None:
    """R7."""
    sold = till.take(payments=(till.cash(5000), till.by_transfer(4000)))
    made = till.refund(sold, text="Moved away")
    with till.office.database.reading() as connection:
        found = chain.subject_hash(refund_subject_rows(connection, made.refund_id))
        kept = connection.execute(
            sa.select(ledger_op.c.subject_hash).where(ledger_op.c.refund_id == made.refund_id)
        )
        assert kept.scalar_one() == found
    assert till.refund_view(sold).refunds[0].text == "Moved away"


# --- What becomes of it ------------------------------------------------------------------------------


def part_ids(made: RefundResult) -> list[int]:
    return [one.transaction_id or 0 for one in made.parts]


def pending_transfer(till: Till, amount: int = 9000) -> tuple[int, int]:
    """A sale by transfer with a refund that waits: the sale's id and the refund's transaction."""
    sold = till.take(payments=(till.by_transfer(9000),))
    return sold.sale_id, part_ids(till.refund(sold, amount))[0]


def test_a_transfer_waits_until_it_is_marked_done(till: Till) -> None:
    """S6."""
    _, transaction_id = pending_transfer(till)
    till.do(mark_transfer_done, transaction_id)
    assert transactions(till) == [("bank_transfer", "succeeded", -9000, "")]
    assert refused(till.do, mark_transfer_done, transaction_id) == "refunds.not_pending"


def test_a_refund_that_failed_brings_the_credits_back_and_opens_a_task(till: Till) -> None:
    """S6: until max(old last day, today + 14)."""
    sale_id, transaction_id = pending_transfer(till)
    assert till.usable() == 0
    till.at(2027, 3, 30)
    failed = till.do(mark_failed, transaction_id, "Account closed")
    assert (failed.amount, failed.credits_back) == (till.money(9000), 12)
    assert till.usable() == 12
    assert {lot.last_day for lot in till.account().lots} == {date(2027, 4, 13)}
    view = till.see(refund_view, sale_id)
    assert (view.refunded, view.refundable) == (till.money(0), till.money(9000))
    (task,) = till.see(open_decisions)
    assert (task.kind, task.amount, task.credits, task.tender) == (
        "refund_failed",
        till.money(9000),
        12,
        "bank_transfer",
    )
    assert (task.client, task.receipt, task.sale_id) == ("Mira Okafor", "D1-R-000001", sale_id)


def test_credits_that_come_back_early_keep_their_last_day(till: Till) -> None:
    """S6."""
    _, transaction_id = pending_transfer(till)
    till.do(mark_failed, transaction_id)
    assert {lot.last_day for lot in till.account().lots} == {date(2027, 4, 4)}


def test_a_refund_may_fail_after_it_had_succeeded(till: Till) -> None:
    """S6."""
    _, transaction_id = pending_transfer(till)
    till.do(mark_transfer_done, transaction_id)
    till.do(mark_failed, transaction_id)
    assert refused(till.do, mark_failed, transaction_id) == "refunds.cannot_fail"
    assert refused(till.do, mark_transfer_done, transaction_id) == "refunds.not_pending"
    assert till.usable() == 12


def test_cash_that_was_handed_over_cannot_fail(till: Till) -> None:
    """S6."""
    sold = till.take()
    (part,) = till.refund(sold).parts
    assert refused(till.do, mark_failed, part.transaction_id) == "refunds.cannot_fail"
    payment = till.refund_view(sold).payments[0].payment_id
    with pytest.raises(NotFound, match=r"transaction\.unknown"):
        till.do(mark_failed, payment)


def test_of_a_split_refund_only_what_failed_comes_back(till: Till) -> None:
    """S6: 3 of 10 credits for 30.00 of 100.00; the parts together give all back."""
    pack = till.on_sale("Ten", 10000, bonus=0)
    sold = till.take(pack, payments=(till.by_card(7000), till.by_transfer(3000)))
    card = till.refund_view(sold).payments[0].payment_id
    by_card, by_bank = part_ids(till.refund(sold, references=((card, "R"),)))
    assert till.do(mark_failed, by_bank).credits_back == 3
    assert till.line(sold).refunded == till.money(7000)
    assert till.do(mark_failed, by_card).credits_back == 7
    assert till.usable() == 10


def test_a_task_names_who_stands_for_a_client_that_was_merged(till: Till) -> None:
    """D4"""
    _sale_id, transaction_id = pending_transfer(till)
    till.do(mark_failed, transaction_id)
    till.do(merge_clients, till.mira, till.client("Lea Blum"))
    (task,) = till.see(open_decisions)
    assert task.client == "Lea Blum"


def test_a_failed_refund_is_paid_another_way(till: Till) -> None:
    """S6: the task names it, and the refund closes the task."""
    sale_id, transaction_id = pending_transfer(till)
    till.do(mark_failed, transaction_id)
    (task,) = till.see(open_decisions)
    line = till.see(refund_view, sale_id).lines[0]
    draft = RefundDraft(line.sale_line_id, till.money(9000), 12, "client_request", "", (), task.id, "cash")
    till.do(request_refund, draft)
    assert transactions(till) == [
        ("bank_transfer", "failed", -9000, ""),
        ("cash", "succeeded", -9000, ""),
    ]
    assert len(till.see(open_decisions)) == 0
    assert till.see(refund_view, sale_id).refundable == till.money(0)
    assert till.usable() == 0
    assert refused(till.do, request_refund, replace(draft, amount=till.money(0))) == "decision.closed"


def test_a_task_belongs_to_its_sale(till: Till) -> None:
    """S6."""
    _, transaction_id = pending_transfer(till)
    decision_id = till.do(mark_failed, transaction_id).decision_id
    other = till.refund_draft(till.take(), decision_id=decision_id, instead="cash")
    assert refused(till.do, request_refund, other) == "decision.other_sale"
    assert len(till.see(open_decisions)) == 1


def test_a_task_is_closed_once_with_one_of_its_outcomes(till: Till) -> None:
    """S6."""
    _, transaction_id = pending_transfer(till)
    decision_id = till.do(mark_failed, transaction_id).decision_id
    assert invalid(till.do, close_decision, decision_id, "never mind") == {("outcome", "field.not_a_choice")}
    till.do(close_decision, decision_id, "credits_kept")
    assert till.see(open_decisions) == ()
    assert refused(till.do, close_decision, decision_id, "credits_kept") == "decision.closed"
    with pytest.raises(Refused, match=r"decision\.unknown"):
        till.do(close_decision, 999, "credits_kept")


def test_closing_a_task_can_be_undone_where_it_changed_nothing_else(till: Till) -> None:
    """S6: undone twice it is there once; what the program closed by itself stays closed."""
    sale_id, transaction_id = pending_transfer(till)
    decision_id = till.do(mark_failed, transaction_id).decision_id
    before = till.see(open_decisions)
    till.do(reopen_decision, decision_id)
    assert till.see(open_decisions) == before, "it was open"
    till.do(close_decision, decision_id, "credits_kept")
    for _ in range(2):
        till.do(reopen_decision, decision_id)
    (again,) = till.see(open_decisions)
    assert again.id != decision_id and replace(again, id=decision_id) == before[0]
    line = till.see(refund_view, sale_id).lines[0]
    draft = RefundDraft(line.sale_line_id, till.money(9000), 12, "client_request", "", (), again.id, "cash")
    till.do(request_refund, draft)
    assert not till.see(open_decisions)
    assert refused(till.do, reopen_decision, again.id) == "decision.final"
    with pytest.raises(NotFound, match=r"decision\.unknown"):
        till.do(reopen_decision, 999)


def test_what_failed_is_given_back_to_whoever_had_it(till: Till) -> None:
    """S6: transferred credits too."""
    sold = till.take(till.on_sale("Plain", bonus=0), payments=(till.by_transfer(9000),))
    noah = till.client("Noah")
    till.transfer(sold.lot_ids[0], noah, 4)
    (part,) = part_ids(till.refund(sold, 9000))
    assert (till.usable(), till.usable(noah)) == (0, 0)
    till.do(mark_failed, part)
    assert (till.usable(), till.usable(noah)) == (6, 4)


def test_purchases_tell_what_became_of_a_sale(till: Till) -> None:
    """D1."""
    sold = till.take()
    till.visit(4)
    (purchase,) = till.see(client_purchases, till.mira)
    assert (purchase.status, purchase.can_void, purchase.tenders) == ("paid", True, ("cash",))
    assert (purchase.lines[0].used, purchase.lines[0].left) == (4, 8)
    till.refund(sold, 2700)
    assert till.see(client_purchases, till.mira)[0].status == "partly_refunded"
    till.refund(sold, 6300)
    till.clock.pass_time(days=1)
    (purchase,) = till.see(client_purchases, till.mira)
    assert (purchase.status, purchase.refunded, purchase.can_void) == ("refunded", till.money(9000), False)
    newer = till.take()
    assert [one.sale_id for one in till.see(client_purchases, till.mira)] == [newer.sale_id, sold.sale_id]
    assert [one.sale_id for one in till.see(client_purchases, till.mira, newer.sale_id)] == [sold.sale_id]
