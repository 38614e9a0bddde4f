"""Adjusting credits by hand (C10)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from frontdesk.errors import InvalidDraft, Refused
from frontdesk.models.ledger import ledger_op, note
from frontdesk.models.sale import money_transaction
from frontdesk.services.credits import preview_removal
from frontdesk.services.drafts.credits import AdjustDraft
from tests.services.credit_desk import WHY, CreditDesk


def test_plus_makes_a_lot_of_its_own_without_a_price(desk: CreditDesk) -> None:
    """C10"""
    lot_id = desk.plus(3, title="Open day", last_day=date(2027, 1, 31), reason_code="event")
    card = desk.card(lot_id)
    assert (card.kind, card.title, card.credits, card.last_day) == (
        "manual",
        "Open day",
        3,
        date(2027, 1, 31),
    )
    assert card.sale is None
    with desk.office.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(money_transaction)).scalar_one() == 0


def test_plus_without_a_last_day_never_expires(desk: CreditDesk) -> None:
    """C10"""
    lot_id = desk.plus(1)
    desk.clock.pass_time(days=3000)
    assert desk.card(lot_id).last_day is None
    assert desk.usable() == 1


def test_plus_for_one_class_type_pays_for_no_other(desk: CreditDesk) -> None:
    """C6, C10"""
    yoga, dance = desk.class_type("Yoga"), desk.class_type("Dance")
    desk.plus(1, eligible=(yoga,))
    with pytest.raises(Refused) as refused:
        desk.visit(class_type_id=dance)
    assert refused.value.code == "visits.only_not_eligible"
    assert desk.visit(class_type_id=yoga).paid


def test_minus_takes_in_the_order_of_use(desk: CreditDesk) -> None:
    """C6, C10"""
    late = desk.plus(5, last_day=date(2027, 6, 30))
    early = desk.plus(2, last_day=date(2027, 2, 28))
    desk.adjust(-3)
    assert desk.card(early).remaining == 0
    assert desk.card(late).remaining == 4


def test_minus_from_a_named_lot_leaves_the_others_alone(desk: CreditDesk) -> None:
    """C10"""
    late = desk.plus(5, last_day=date(2027, 6, 30))
    early = desk.plus(2, last_day=date(2027, 2, 28))
    desk.adjust(-3, lot_id=late)
    assert (desk.card(early).remaining, desk.card(late).remaining, desk.card(late).removed) == (2, 2, 3)


def test_minus_of_more_than_there_is_changes_nothing_and_names_what_is_there(desk: CreditDesk) -> None:
    """C10"""
    desk.sell()
    with pytest.raises(Refused) as refused:
        desk.adjust(-100)
    assert refused.value.code == "credits.too_few"
    assert refused.value.params["there"] == 12
    assert refused.value.params["lots"] == ("10 × 10-class pack", "2 × 10-class pack")
    assert desk.usable() == 12


def test_minus_of_more_than_the_named_lot_holds_is_refused_though_others_could_give(desk: CreditDesk) -> None:
    """C10"""
    small, _ = desk.plus(2), desk.plus(8)
    with pytest.raises(Refused) as refused:
        desk.adjust(-3, lot_id=small)
    assert refused.value.code == "credits.too_few_in_lot"
    assert refused.value.params["there"] == 2
    assert desk.usable() == 10


def test_minus_where_nothing_is_left_says_so(desk: CreditDesk) -> None:
    """C10"""
    with pytest.raises(Refused) as refused:
        desk.adjust(-1)
    assert refused.value.code == "credits.none_there"


def test_minus_never_takes_frozen_credits(desk: CreditDesk) -> None:
    """C10, C11"""
    lot_id = desk.plus(5)
    desk.freeze()
    for fields, code in (({}, "credits.none_there"), ({"lot_id": lot_id}, "credits.too_few_held")):
        with pytest.raises(Refused) as refused:
            desk.adjust(-1, **fields)
        assert refused.value.code == code
    assert desk.card(lot_id).remaining == 5


def test_preview_of_a_minus_shows_the_lots_and_takes_nothing(desk: CreditDesk) -> None:
    """C10"""
    bought, bonus = desk.sell()
    preview = desk.see(preview_removal, AdjustDraft(desk.mira, -3, **WHY))
    assert [(take.lot_id, take.credits) for take in preview.takes] == [(bonus, 2), (bought, 1)]
    assert (preview.usable, preview.usable_after, desk.usable()) == (12, 9, 12)
    assert not desk.see(preview_removal, AdjustDraft(desk.mira, -13, **WHY)).enough


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason_code": "whim"}, "reason_code"),
        ({"note": "  "}, "note"),
        ({"note": "paid by 4111 1111 1111 1111"}, "note"),
        ({"change": 0}, "change"),
        ({"change": None}, "change"),
        ({"change": True}, "change"),
        ({"note": "half a character: \ud83d"}, "note"),
        ({"change": 100_001}, "change"),
        ({"last_day": date(2027, 1, 3)}, "last_day"),
        ({"eligible": ()}, "eligible"),
        ({"eligible": (99,)}, "eligible"),
    ],
)
def test_adjustment_needs_a_reason_and_sensible_values(
    desk: CreditDesk, changes: dict[str, object], field: str
) -> None:
    """C10, A5: each problem stands beside its field."""
    with pytest.raises(InvalidDraft) as invalid:
        desk.adjust(**({"change": 1} | changes))  # type: ignore[arg-type]
    assert [problem.field for problem in invalid.value.problems] == [field]
    assert desk.usable() == 0


def test_adjustment_keeps_who_did_it_and_why(desk: CreditDesk) -> None:
    """C10: the text stands in an erasable note, the ledger keeps its hash."""
    op_id = desk.adjust(2, reason_code="correction", note="Paper card lost").op_id
    with desk.office.database.reading() as connection:
        op = connection.execute(sa.select(ledger_op).where(ledger_op.c.id == op_id)).one()
        said = connection.execute(sa.select(note.c.text).where(note.c.id == op.note_id)).scalar_one()
    assert (op.staff_id, op.desk_id, op.reason_code, said) == (
        desk.actor.staff_id,
        desk.actor.desk_id,
        "correction",
        "Paper card lost",
    )
    assert op.note_hash
