"""Random sales, visits, adjustments, refunds and days gone by, against an independent model (R3)."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from frontdesk.errors import FrontdeskError, Refused
from frontdesk.models.calendar import last_day
from frontdesk.models.database import Database
from frontdesk.models.money import Money
from frontdesk.services.credits import adjust
from frontdesk.services.drafts.credits import (
    AdjustDraft,
    EndFreezeDraft,
    ExtendDraft,
    FreezeDraft,
    TransferDraft,
    UndoVisitDraft,
    VisitDraft,
)
from frontdesk.services.drafts.sales import VoidSaleDraft
from frontdesk.services.extending import extend_lot
from frontdesk.services.freezing import end_freeze, freeze
from frontdesk.services.lots import LotState, sweep_clients
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.sales import sell
from frontdesk.services.transfers import transfer
from frontdesk.services.undoing_visits import undo_visit
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.verify import check_books
from frontdesk.services.visits import record_visit
from frontdesk.services.void_sale import void_sale
from tests.builders import MORNING
from tests.property.model import BERLIN, Line, Lot, Model, Visit, local_date
from tests.support.desk import Desk

CLIENTS = st.integers(0, 2)
PICK = st.integers(0, 10**6)
FEW = st.integers(1, 4)


class Credits(RuleBasedStateMachine):
    """Three clients of a studio whose books are the same for all runs; what they do is theirs alone."""

    desk: ClassVar[Desk]
    packs: ClassVar[tuple[tuple[int, int, int, int, int], ...]]

    def __init__(self) -> None:
        super().__init__()
        self.desk.clock.at = MORNING
        self.clients = [self.desk.client(f"Client {index}") for index in range(3)]
        self.model = Model(MORNING)
        self.last: tuple[Callable[..., Any], tuple[Any, ...], UUID, Any] | None = None

    def send(self, use_case: Callable[..., Any], draft: Any) -> Any:
        """Carry a command out, remembering it for a retry."""
        key = uuid4()
        value = self.desk.do(use_case, draft, command_id=key)
        self.last = (use_case, (draft,), key, value)
        return value

    def refused(self, use_case: Callable[..., Any], draft: Any) -> bool:
        """Whether a command is refused; it must leave nothing then."""
        try:
            self.send(use_case, draft)
        except FrontdeskError:
            return True
        return False

    # --- What can be done -----------------------------------------------------------------------------

    @rule(client=CLIENTS, pack=st.integers(0, 2))
    def buys(self, client: int, pack: int) -> None:
        package_id, credits, bonus, price, days = self.packs[pack]
        owner, now = self.clients[client], self.model.now
        sold = self.send(sell, self.desk.sale_draft(owner, package_id))
        until = local_date(now) + timedelta(days=days)
        lots = [
            Lot(lot_id, owner, free, now, until, count)
            for lot_id, free, count in zip(sold.lot_ids, (False, True), (credits, bonus), strict=False)
        ]
        self.model.lots.update({lot.lot_id: lot for lot in lots})
        self.model.lines.append(Line(price, credits, lots, local_date(now)))
        self.model.sale_ids.append(sold.sale_id)

    @rule(client=CLIENTS, credits=FEW, days=st.none() | st.integers(0, 40))
    def is_given(self, client: int, credits: int, days: int | None) -> None:
        owner, now = self.clients[client], self.model.now
        until = None if days is None else local_date(now) + timedelta(days=days)
        draft = AdjustDraft(owner, credits, "goodwill", "a present", last_day=until)
        lot_id = self.send(adjust, draft).lot_id
        self.model.lots[lot_id] = Lot(lot_id, owner, True, now, until, credits)

    @rule(client=CLIENTS, credits=st.integers(1, 14))
    def loses(self, client: int, credits: int) -> None:
        owner = self.clients[client]
        takes = self.model.chosen(owner, credits)
        refused = self.refused(adjust, AdjustDraft(owner, -credits, "correction", "counted twice"))
        assert refused == (takes is None)
        for lot, taken in takes or ():
            lot.remaining -= taken
            lot.removed += taken

    @rule(client=CLIENTS, credits=FEW)
    def attends(self, client: int, credits: int) -> None:
        owner = self.clients[client]
        takes = self.model.chosen(owner, credits)
        draft = VisitDraft(owner, credits, self.model.now, title="Open class")
        if takes is None:
            assert self.refused(record_visit, draft)
            return
        made = self.send(record_visit, draft)
        assert [(one.lot_id, one.credits) for one in made.takes] == [(lot.lot_id, n) for lot, n in takes]
        for lot, taken in takes:
            lot.remaining -= taken
            lot.used += taken
        self.model.visits.append(Visit(made.visit_id, owner, takes))
        assert made.usable == self.model.balance(owner)

    @precondition(lambda self: self.model.visits)
    @rule(pick=PICK)
    def is_undone(self, pick: int) -> None:
        visit = self.model.visits[pick % len(self.model.visits)]
        refused = self.refused(undo_visit, UndoVisitDraft(visit.visit_id, "by mistake"))
        assert refused == visit.undone
        if refused:
            return
        visit.undone = True
        for lot, taken in visit.takes:
            lot.used -= taken
            lot.remaining += taken
            line = self.model.line_of(lot)
            if line is not None and line.refunded == line.paid and not lot.over(self.model.now):
                lot.void(taken)

    @precondition(lambda self: self.model.lines)
    @rule(pick=PICK, part=st.sampled_from(("suggested", "half", "everything", "too much")))
    def is_refunded(self, pick: int, part: str) -> None:
        place = pick % len(self.model.lines)
        line, sale_id = self.model.lines[place], self.model.sale_ids[place]
        self.model.settle()
        seen = self.desk.office.read(refund_view, sale_id).lines[0]
        assert (seen.suggested.amount, seen.left) == (line.suggested, line.left)
        rest = line.paid - line.refunded
        amount = {
            "suggested": line.suggested,
            "half": line.suggested // 2,
            "everything": rest,
            "too much": rest + 1,
        }[part]
        credits = line.voided_by(amount)
        draft = self.desk.refund_draft(sale_id, amount, credits)
        refused = self.refused(request_refund, draft)
        assert refused == (amount > rest or (not amount and not credits))
        if not refused:
            self.model.take_back(line, amount, credits)

    @precondition(lambda self: self.model.lines)
    @rule(pick=PICK)
    def is_voided(self, pick: int) -> None:
        place = pick % len(self.model.lines)
        line, sale_id = self.model.lines[place], self.model.sale_ids[place]
        self.model.settle()
        left = [lot for lot in self.model.lots.values() if lot.root in line.lots and lot.remaining]
        nothing = line.refunded == line.paid and not left
        refused = self.refused(void_sale, VoidSaleDraft(sale_id, "wrong_client", "for the sister"))
        assert refused == (line.sold_on != local_date(self.model.now) or nothing)
        if not refused:
            self.model.take_back(line, line.paid - line.refunded, line.left)

    @precondition(lambda self: self.model.lots)
    @rule(pick=PICK, days=st.none() | st.integers(0, 30))
    def is_extended(self, pick: int, days: int | None) -> None:
        lot = self.picked(pick)
        until = None if days is None else local_date(self.model.now) + timedelta(days=days)
        self.model.settle()
        assume(lot.frozen_since is None)
        line = self.model.line_of(lot)
        back = line is not None and line.refunded == line.paid
        nothing = not lot.remaining and (not lot.expired or back)
        refused = self.refused(extend_lot, ExtendDraft(lot.lot_id, until, "illness", "a broken leg"))
        assert refused == (nothing or until == lot.last_day)
        if not refused:
            lot.last_day = until
            lot.remaining += lot.expired
            lot.expired = 0

    @precondition(lambda self: self.model.lots)
    @rule(pick=PICK, client=CLIENTS, credits=FEW)
    def is_passed_on(self, pick: int, client: int, credits: int) -> None:
        lot, taker, now = self.picked(pick), self.clients[client], self.model.now
        draft = TransferDraft(lot.lot_id, taker, "goodwill", "a present", credits)
        possible = lot.client != taker and lot.usable(now) >= credits
        if not possible:
            assert self.refused(transfer, draft)
            return
        lot_id = self.send(transfer, draft).lot_id
        lot.remaining -= credits
        lot.moved += credits
        self.model.lots[lot_id] = Lot(lot_id, taker, lot.free, lot.since, lot.last_day, credits, origin=lot)

    @rule(client=CLIENTS)
    def is_frozen(self, client: int) -> None:
        owner, now = self.clients[client], self.model.now
        live = [lot for lot in self.model.of(owner) if lot.remaining and not lot.over(now)]
        possible = bool(live) and owner not in self.model.freezes
        assume(possible)
        made = self.send(freeze, FreezeDraft(owner, "holiday", "in Spain"))
        assert {one.lot_id for one in made.lots} == {lot.lot_id for lot in live}
        self.model.freezes[owner] = (made.freeze_id, now)
        for lot in live:
            lot.frozen_since = now

    @rule(client=CLIENTS)
    def thaws(self, client: int) -> None:
        owner = self.clients[client]
        assume(owner in self.model.freezes)
        freeze_id, since = self.model.freezes.pop(owner)
        self.send(end_freeze, EndFreezeDraft(owner, freeze_id, "back"))
        days = (local_date(self.model.now) - local_date(since)).days
        for lot in self.model.of(owner):
            if lot.frozen_since is not None:
                lot.frozen_since = None
                if lot.last_day is not None:
                    lot.last_day += timedelta(days=days)

    @rule(hours=st.sampled_from((0.5, 3, 20, 24, 24 * 6, 24 * 45)))
    def time_passes(self, hours: float) -> None:
        self.desk.clock.pass_time(hours=hours)
        self.model.now = self.desk.clock.at
        self.last = None

    @rule()
    def everything_due_is_swept(self) -> None:
        self.desk.do(sweep_these, tuple(self.clients))

    @precondition(lambda self: self.last is not None)
    @rule()
    def the_last_command_comes_again(self) -> None:
        assert self.last is not None
        use_case, arguments, key, value = self.last
        outcome = self.desk.office.write(use_case, self.desk.actor, key, *arguments)
        assert outcome.replayed
        assert outcome.value == value

    def picked(self, pick: int) -> Lot:
        lots = list(self.model.lots.values())
        return lots[pick % len(lots)]

    # --- What holds after each step -----------------------------------------------------------------------

    @invariant()
    def ledger_and_model_agree(self) -> None:
        now = self.model.now
        states = self.desk.lots(*self.clients)
        assert {state.lot_id: told(state) for state in states} == self.model.state()
        for client in self.clients:
            usable = sum(state.usable for state in states if state.client_id == client)
            assert usable == self.model.balance(client), f"at {now}"

    def teardown(self) -> None:
        report = self.desk.office.read(check_books, storage=False)
        assert report.findings == ()


def told(state: LotState) -> tuple[object, ...]:
    """A lot as the model tells it: what has run out is expired, swept or not."""
    gone = state.available if state.is_expired else 0
    day = None if state.expires_at is None else last_day(state.expires_at, BERLIN)
    return (
        state.client_id, day, state.remaining - gone, state.used, state.voided, state.expired + gone,
        state.removed, state.moved,
    )  # fmt: skip


def sweep_these(work: UnitOfWork, client_ids: tuple[int, ...]) -> int:
    """The sweep, for these clients alone: other runs have theirs."""
    work.lock_clients(client_ids)
    return sweep_clients(work, client_ids)


def run(database: Database, examples: int) -> None:
    """So many runs of fifty steps each."""
    desk = Desk.found(database)
    Credits.desk = desk
    packs = ((10, 2, 9000, 90), (5, 0, 4999, 20), (1, 1, 1000, 3))
    Credits.packs = tuple(
        (
            desk.package(name=f"Pack {place}", credits=c, bonus=b, price=Money(p, "USD"), validity_count=d),
            c, b, p, d,
        )
        for place, (c, b, p, d) in enumerate(packs)
    )  # fmt: skip
    run_state_machine_as_test(
        Credits,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.property
@pytest.mark.timeout(600)
def test_the_books_agree_with_a_model_whatever_is_done(database: Database) -> None:
    """R3"""
    usual = "100" if database.dialect == "sqlite" else "40"
    run(database, int(os.environ.get("FRONTDESK_PROPERTY_EXAMPLES", usual)))


@pytest.mark.property
@pytest.mark.long
@pytest.mark.timeout(0)
def test_the_books_agree_with_a_model_in_the_long_run(database: Database) -> None:
    """R3"""
    run(database, 2000)


def test_the_model_notices_a_credit_too_many(database: Database) -> None:
    """The comparison can fail: a model with one credit more than the books does not agree."""
    Credits.desk = desk = Desk.found(database)
    Credits.packs = ((desk.package(), 10, 2, 9000, 90),)
    machine = Credits()
    machine.buys(client=0, pack=0)
    machine.ledger_and_model_agree()
    next(iter(machine.model.lots.values())).remaining += 1
    with pytest.raises(AssertionError):
        machine.ledger_and_model_agree()
    with pytest.raises(Refused):
        machine.send(void_sale, VoidSaleDraft(10**6, "wrong_client", "x"))
