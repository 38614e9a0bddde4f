"""Writing operations into the ledger: what one may hold, and what the database refuses of it (C1–C3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from frontdesk.errors import FrontdeskError, Refused
from frontdesk.models.database import Database
from frontdesk.models.ledger import client_head, ledger_entry, ledger_op, lot_balance, lot_term, note
from frontdesk.services.ledger_writer import (
    Move,
    NewHold,
    NewLot,
    NewTerm,
    NewVisit,
    Operation,
    Posted,
    VisitEvent,
    post,
    post_many,
)
from frontdesk.services.lots import LotState
from frontdesk.services.unit_of_work import UnitOfWork
from tests.builders import MORNING
from tests.support.desk import Desk

DAY = timedelta(days=1)


@pytest.fixture
def desk(database: Database) -> Desk:
    """A desk with three clients and nothing else."""
    made = Desk.found(database)
    for index in range(3):
        made.client(f"Client {index}")
    return made


def write(work: UnitOfWork, *operations: Operation) -> tuple[Posted, ...]:
    """Several operations in one command."""
    return tuple(post(work, operation) for operation in operations)


def posted(desk: Desk, *operations: Operation) -> tuple[Posted, ...]:
    """Write them in one command. (Operations are no drafts, so they come in by closure.)"""

    def command(work: UnitOfWork) -> None:
        work.lock_clients({operation.client_id for operation in operations})
        made.extend(write(work, *operations))

    made: list[Posted] = []
    desk.office.write(command, desk.actor, uuid4())
    return tuple(made)


def grant(client_id: int = 1, credits: int = 5, **more: Any) -> Operation:
    lot = NewLot("manual", "A present", credits, MORNING, complimentary=True, **more)
    return Operation(
        client_id, "adjust_plus", lots=(lot,), reason_code="goodwill", note="the heating was off"
    )


def given(desk: Desk, credits: int = 5, **more: Any) -> int:
    """A lot of client 1; its id."""
    return posted(desk, grant(credits=credits, **more))[0].lot_ids[0]


def take(lot_id: int, credits: int, kind: str = "redeem", **more: Any) -> Operation:
    facts: dict[str, Any] = {"class_at": MORNING} if kind == "redeem" else {}
    of = {"redeem": "visit", "void": "refund", "adjust_out": "adjust_minus", "expire": "expire"}[kind]
    return Operation(1, of, moves=(Move(lot_id, kind, -credits),), **facts | more)


def rule(refused: pytest.ExceptionInfo[FrontdeskError]) -> str:
    """The rule of the books that was named."""
    assert refused.value.code == "books.refused"
    return str(refused.value.params["rule"])


def lot(desk: Desk, lot_id: int) -> LotState:
    found: LotState = next(one for one in desk.lots(1, 2, 3) if one.lot_id == lot_id)
    return found


def test_a_grant_makes_a_lot_with_its_entry_term_and_balance(desk: Desk) -> None:
    lot_id = given(desk, expires_at=MORNING + 90 * DAY, eligible=(2, 1))
    state = lot(desk, lot_id)
    assert (state.credits, state.remaining, state.usable, state.term_seq) == (5, 5, 5, 1)
    assert (state.effective_at, state.expires_at) == (MORNING, MORNING + 90 * DAY)
    assert state.eligible == (1, 2), "sorted, so that equal lots hash alike"


def test_operations_of_a_client_are_numbered_and_chained(desk: Desk) -> None:
    """C1"""
    for _ in range(3):
        given(desk)
    with desk.office.database.reading() as connection:
        ops = connection.execute(
            sa.select(ledger_op).where(ledger_op.c.client_id == 1).order_by(ledger_op.c.client_seq)
        ).all()
        head = connection.execute(sa.select(client_head).where(client_head.c.client_id == 1)).one()
    assert [op.client_seq for op in ops] == [1, 2, 3]
    assert [op.prev_hash for op in ops] == ["", ops[0].hash, ops[1].hash]
    assert (head.seq, head.hash) == (3, ops[2].hash)


def test_a_note_stands_beside_the_ledger_with_its_salt(desk: Desk) -> None:
    """A7"""
    given(desk)
    with desk.office.database.reading() as connection:
        row = connection.execute(sa.select(note)).one()
        op = connection.execute(sa.select(ledger_op)).one()
    assert row.text == "the heating was off"
    assert op.note_id == row.id
    assert row.text not in str(op)


def test_an_operation_of_the_system_names_nobody(desk: Desk) -> None:
    lot_id = given(desk, expires_at=MORNING + DAY)
    desk.clock.pass_time(days=2)
    posted(desk, take(lot_id, 5, "expire", effective_at=MORNING + DAY, by_system=True))
    with desk.office.database.reading() as connection:
        op = connection.execute(sa.select(ledger_op).order_by(ledger_op.c.id.desc())).first()
    assert op is not None
    assert (op.staff_id, op.desk_id, op.effective_at) == (None, None, MORNING + DAY)


def test_a_second_operation_of_a_command_on_one_client_needs_an_id_of_its_own(desk: Desk) -> None:
    """Decision: one operation per command and client, so that a retry finds it."""
    with pytest.raises(Refused) as refused:
        posted(desk, grant(), grant())
    assert "command_id" in rule(refused) or "no_replace" in rule(refused)

    def twice(work: UnitOfWork) -> None:
        work.lock_clients([1])
        write(work, grant(), replace(grant(), command_id=work.derived_id("second")))

    desk.office.write(twice, desk.actor)
    assert desk.balance(1) == 10


def test_what_is_not_there_cannot_be_taken(desk: Desk) -> None:
    """C3: not by any kind of entry, and nothing of the operation stays."""
    lot_id = given(desk, 3)
    for kind in ("redeem", "void", "adjust_out"):
        with pytest.raises(Refused) as refused:
            posted(desk, take(lot_id, 4, kind))
        # The guard of held credits sees it first where nothing is held as well.
        assert "not_negative" in rule(refused) or "held_stays" in rule(refused)
    assert desk.balance(1) == 3


def test_another_clients_lot_cannot_be_charged(desk: Desk) -> None:
    lot_id = given(desk)
    move = Move(lot_id, "adjust_out", -1)
    with pytest.raises(Refused):
        posted(desk, Operation(2, "adjust_minus", moves=(move,)))
    assert desk.balance(1) == 5


def test_a_redemption_lies_within_the_validity_of_its_class(desk: Desk) -> None:
    """C7: half open, from the first instant to before the last."""
    lot_id = given(desk, expires_at=MORNING + DAY)
    microsecond = timedelta(microseconds=1)
    for outside in (MORNING - microsecond, MORNING + DAY):
        with pytest.raises(Refused) as refused:
            posted(desk, take(lot_id, 1, class_at=outside))
        assert rule(refused).startswith("ledger_entry_redeemed_in_validity")
    posted(desk, take(lot_id, 1, class_at=MORNING))
    posted(desk, take(lot_id, 1, class_at=MORNING + DAY - microsecond))
    assert lot(desk, lot_id).used == 2


def test_settling_may_reach_back_before_the_lot(desk: Desk) -> None:
    """C12"""
    lot_id = given(desk)
    earlier = MORNING - 3 * DAY
    posted(desk, Operation(1, "settle_visit", moves=(Move(lot_id, "redeem", -1),), class_at=earlier))
    assert lot(desk, lot_id).used == 1


def test_a_return_is_never_more_than_was_taken(desk: Desk) -> None:
    """C8: in parts, up to the whole, and only for its own redemption."""
    lot_id = given(desk)
    (visit,) = posted(desk, take(lot_id, 3))

    def back(credits: int, of: int | None = visit.op_id) -> Operation:
        return Operation(1, "undo_visit", moves=(Move(lot_id, "return", credits),), reverses_op_id=of)

    posted(desk, back(2))
    for credits, of in ((2, visit.op_id), (1, None)):
        with pytest.raises(Refused) as refused:
            posted(desk, back(credits, of))
        assert rule(refused).startswith("ledger_entry_returned_within_taken")
    posted(desk, back(1))
    assert lot(desk, lot_id).used == 0


def test_a_reinstatement_is_never_more_than_was_lost(desk: Desk) -> None:
    lot_id = given(desk)
    posted(desk, take(lot_id, 2, "void"))

    def again(credits: int, bucket: str) -> Operation:
        return Operation(1, "reinstate", moves=(Move(lot_id, "reinstate", credits, bucket),))

    for credits, bucket in ((3, "voided"), (1, "expired")):
        with pytest.raises(Refused) as refused:
            posted(desk, again(credits, bucket))
        assert "not_negative" in rule(refused)
    posted(desk, again(2, "voided"))
    assert lot(desk, lot_id).remaining == 5


def test_the_newest_term_counts_and_the_older_ones_stay(desk: Desk) -> None:
    """Decision 7"""
    lot_id = given(desk, expires_at=MORNING + DAY)
    for days in (3, 2):
        term = NewTerm(lot_id, "extend", MORNING, MORNING + days * DAY)
        posted(desk, Operation(1, "extend", terms=(term,)))
    assert lot(desk, lot_id).expires_at == MORNING + 2 * DAY
    with desk.office.database.reading() as connection:
        ends = connection.execute(sa.select(lot_term.c.expires_at).order_by(lot_term.c.seq)).scalars().all()
    assert [end - MORNING for end in ends if end] == [DAY, 3 * DAY, 2 * DAY]


def test_held_credits_stay_until_the_hold_is_closed(desk: Desk) -> None:
    """Decision 8: also in the operation that closes it."""
    lot_id = given(desk)
    posted(desk, Operation(1, "hold", holds=(NewHold(lot_id, "refund", MORNING, credits=3),)))
    state = lot(desk, lot_id)
    assert (state.held, state.available) == (3, 2)
    with pytest.raises(Refused) as refused:
        posted(desk, take(lot_id, 3))
    assert rule(refused).startswith("ledger_entry_held_stays")
    hold_id = state.holds[0].hold_id
    posted(desk, Operation(1, "refund", closes=(hold_id,), moves=(Move(lot_id, "void", -3),)))
    assert lot(desk, lot_id).holds == ()
    with pytest.raises(Refused):
        posted(desk, Operation(1, "release", closes=(hold_id,)))


def test_a_new_lot_may_be_held_from_its_first_moment(desk: Desk) -> None:
    """Decision 9"""
    operation = Operation(
        1,
        "sale",
        lots=(NewLot("manual", "One", 2, MORNING), NewLot("manual", "Two", 3, MORNING)),
        holds=(NewHold(-2, "checkout", MORNING),),
    )
    (made,) = posted(desk, operation)
    assert [lot(desk, lot_id).held for lot_id in made.lot_ids] == [0, 3]


def test_more_than_there_is_cannot_be_held(desk: Desk) -> None:
    lot_id = given(desk)
    posted(desk, Operation(1, "hold", holds=(NewHold(lot_id, "refund", MORNING, credits=3),)))
    with pytest.raises(Refused) as refused:
        posted(desk, Operation(1, "hold", holds=(NewHold(lot_id, "dispute", MORNING, credits=3),)))
    assert rule(refused).startswith("lot_hold_within_remaining")


def test_a_visit_stands_with_its_payment_and_its_end(desk: Desk) -> None:
    lot_id = given(desk)
    (visit,) = posted(desk, take(lot_id, 1, visit=NewVisit(MORNING, 1, paid=True)))
    assert visit.visit_id is not None
    undo = Operation(
        1,
        "undo_visit",
        moves=(Move(lot_id, "return", 1),),
        visit_events=(VisitEvent(visit.visit_id, "undone"),),
        reverses_op_id=visit.op_id,
        class_at=MORNING,
    )
    posted(desk, undo)
    with pytest.raises(Refused):
        posted(desk, Operation(1, "undo_visit", visit_events=undo.visit_events, class_at=MORNING))


def test_many_clients_are_written_at_once_as_if_one_by_one(desk: Desk) -> None:
    operations = [grant(client_id, client_id) for client_id in (3, 1, 2)]

    def many(work: UnitOfWork) -> None:
        work.lock_clients([1, 2, 3])
        made.extend(post_many(work, operations))

    made: list[Posted] = []
    desk.office.write(many, desk.actor)
    assert [lot(desk, one.lot_ids[0]).credits for one in made] == [3, 1, 2]
    assert [desk.balance(client_id) for client_id in (1, 2, 3)] == [1, 2, 3]


def test_many_at_once_are_one_operation_a_client(desk: Desk) -> None:
    def wrong(work: UnitOfWork) -> None:
        post_many(work, [grant(1), grant(1)])

    with pytest.raises(ValueError, match="one operation a client"):
        desk.office.write(wrong, desk.actor)


def test_entries_add_up_to_every_balance(desk: Desk) -> None:
    """C2"""
    lot_id = given(desk)
    posted(desk, take(lot_id, 2))
    posted(desk, take(lot_id, 1, "void"))
    with desk.office.database.reading() as connection:
        entries = connection.execute(sa.select(sa.func.sum(ledger_entry.c.delta))).scalar_one()
        row = connection.execute(sa.select(lot_balance)).one()
    assert entries == row.remaining == 2
    assert (row.used, row.voided) == (2, 1)
