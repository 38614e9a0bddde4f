"""A desk for tests: the use cases of money and credits in few words, and a studio where all has happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.models.database import Database
from frontdesk.models.money import Money
from frontdesk.models.package import package_version
from frontdesk.services.class_types import add_class_type
from frontdesk.services.credits import adjust
from frontdesk.services.desks import add_desk
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.credits import (
    AdjustDraft,
    EndFreezeDraft,
    ExtendDraft,
    FreezeDraft,
    TransferDraft,
    UndoVisitDraft,
    VisitDraft,
)
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import (
    DiscountDraft,
    PaymentDraft,
    SaleDraft,
    SaleLineDraft,
    VoidSaleDraft,
)
from frontdesk.services.drafts.settings import DeskDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.extending import extend_lot
from frontdesk.services.freezing import end_freeze, freeze
from frontdesk.services.lots import lots_of, sweep_due
from frontdesk.services.merging import merge_clients, undo_merge
from frontdesk.services.office import Office
from frontdesk.services.receipts import print_receipt
from frontdesk.services.refund_states import mark_failed, mark_transfer_done
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.sales import sell
from frontdesk.services.staff import add_staff
from frontdesk.services.transfers import transfer
from frontdesk.services.undoing_visits import undo_visit
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.credit_acts import Transferred
from frontdesk.services.views.refunds import RefundResult
from frontdesk.services.views.sales import SaleResult
from frontdesk.services.views.visits import RecordedVisit, UndoneVisit
from frontdesk.services.visits import record_visit
from frontdesk.services.void_sale import void_sale
from tests.builders import SetClock, build_studio, make_client, make_package
from tests.support.stripe_rows import add_stripe_rows


def sweep(work: UnitOfWork) -> int:
    """The sweep of everything that is due, as the program runs it at start."""
    return sweep_due(work)


@dataclass
class Desk:
    """A studio with one desk. Each method is one command; ``command_id`` makes it repeatable."""

    office: Office
    clock: SetClock
    actor: Actor = field(default_factory=lambda: Actor(1, 1))

    @classmethod
    def found(cls, database: Database, **changes: Any) -> Desk:
        """A new studio in an empty database."""
        clock = SetClock()
        office = Office(database, clock)
        return cls(office, clock, build_studio(office, **changes))

    def do(self, use_case: Callable[..., Any], *arguments: Any, command_id: UUID | None = None) -> Any:
        """Run one use case; what it answers."""
        return self.office.write(use_case, self.actor, command_id, *arguments).value

    def client(self, name: str = "Mira Okafor", **fields: Any) -> int:
        """A new client."""
        return make_client(self.office, self.actor, name, **fields)

    def package(self, **changes: Any) -> int:
        """A package on sale."""
        return make_package(self.office, self.actor, **changes)

    def sale_draft(
        self, client_id: int, *package_ids: int, discount: int = 0, tender: str = "cash", **more: Any
    ) -> SaleDraft:
        """A sale of these packages paid by one tender."""
        versions = self.office.read(_newest_versions, package_ids)
        lines = tuple(SaleLineDraft(one, versions[one][0]) for one in package_ids)
        due = sum(versions[one][1] for one in package_ids) - discount
        reference = "T-1" if tender == "external_card" else ""
        paid = (PaymentDraft(tender, self.money(due), reference),) if due else ()
        given = DiscountDraft("loyalty", self.money(discount), text="ten years here") if discount else None
        return SaleDraft(client_id, lines, given, paid, **more)

    def sell(
        self, client_id: int, *package_ids: int, command_id: UUID | None = None, **how: Any
    ) -> SaleResult:
        """Sell packages."""
        made: SaleResult = self.do(
            sell, self.sale_draft(client_id, *package_ids, **how), command_id=command_id
        )
        return made

    def money(self, amount: int) -> Money:
        """An amount in the studio's currency."""
        return Money(amount, "USD")

    def visit(
        self,
        client_id: int,
        credits: int = 1,
        *,
        ago: timedelta = timedelta(),
        command_id: UUID | None = None,
        **how: Any,
    ) -> RecordedVisit:
        """Record a class attended."""
        draft = VisitDraft(client_id, credits, self.clock.at - ago, title="Open class", **how)
        made: RecordedVisit = self.do(record_visit, draft, command_id=command_id)
        return made

    def undo(self, visit_id: int, *, command_id: UUID | None = None) -> UndoneVisit:
        """Take a visit back."""
        made: UndoneVisit = self.do(undo_visit, UndoVisitDraft(visit_id, "by mistake"), command_id=command_id)
        return made

    def adjust(
        self, client_id: int, change: int, *, command_id: UUID | None = None, **how: Any
    ) -> int | None:
        """Add or take credits by hand; the new lot's id."""
        draft = AdjustDraft(client_id, change, "goodwill", "the heating was off", **how)
        lot_id: int | None = self.do(adjust, draft, command_id=command_id).lot_id
        return lot_id

    def extend(self, lot_id: int, last_day: date | None) -> None:
        """Set another last day."""
        self.do(extend_lot, ExtendDraft(lot_id, last_day, "illness", "broke a leg"))

    def freeze(self, client_id: int, **days: Any) -> Any:
        """Set a client's lots aside."""
        return self.do(freeze, FreezeDraft(client_id, "holiday", "in Spain", **days))

    def end_freeze(self, client_id: int, freeze_id: int) -> Any:
        """End a freeze now."""
        return self.do(end_freeze, EndFreezeDraft(client_id, freeze_id, "back early"))

    def transfer(
        self, lot_id: int, to_client_id: int, credits: int | None = None, *, command_id: UUID | None = None
    ) -> Transferred:
        """Give credits to another client."""
        draft = TransferDraft(lot_id, to_client_id, "goodwill", "a present", credits)
        made: Transferred = self.do(transfer, draft, command_id=command_id)
        return made

    def refund(
        self,
        sale_id: int,
        amount: int | None = None,
        credits: int | None = None,
        *,
        line: int = 0,
        command_id: UUID | None = None,
    ) -> RefundResult:
        """Refund a line, by what is suggested unless told otherwise."""
        draft = self.refund_draft(sale_id, amount, credits, line=line)
        made: RefundResult = self.do(request_refund, draft, command_id=command_id)
        return made

    def refund_draft(
        self, sale_id: int, amount: int | None = None, credits: int | None = None, *, line: int = 0
    ) -> RefundDraft:
        """A refund of one line."""
        seen = self.office.read(refund_view, sale_id)
        shown = seen.lines[line]
        back = shown.suggested if amount is None else self.money(amount)
        return RefundDraft(
            shown.sale_line_id,
            back,
            shown.left if credits is None else credits,
            "client_request",
            "moves away",
            tuple((one.payment_id, "R-1") for one in seen.payments if one.tender == "external_card"),
        )

    def void(self, sale_id: int, *, command_id: UUID | None = None) -> RefundResult:
        """Take a whole sale of today back."""
        payments = self.office.read(refund_view, sale_id).payments
        references = tuple((one.payment_id, "R-1") for one in payments if one.tender == "external_card")
        draft = VoidSaleDraft(sale_id, "wrong_client", "sold to the sister", references)
        made: RefundResult = self.do(void_sale, draft, command_id=command_id)
        return made

    def lots(self, *client_ids: int) -> Any:
        """The lots of these clients."""
        return self.office.read(lots_of, client_ids)

    def balance(self, *client_ids: int) -> int:
        """Credits usable now."""
        return sum(lot.usable for lot in self.lots(*client_ids))


def _newest_versions(reading: Reading, package_ids: tuple[int, ...]) -> dict[int, tuple[int, int]]:
    rows = reading.connection.execute(
        sa.select(package_version.c.package_id, package_version.c.id, package_version.c.price)
        .where(package_version.c.package_id.in_(package_ids))
        .order_by(package_version.c.number)
    )
    return {package_id: (version_id, price) for package_id, version_id, price in rows}


def busy_studio(database: Database) -> Desk:
    """A studio with at least two rows in every table that is only appended to, and nothing wrong in it."""
    desk = Desk.found(database)
    yoga = desk.do(add_class_type, ClassTypeDraft("Yoga", 1, "teal"))
    desk.do(add_class_type, ClassTypeDraft("Pilates", 2, "blue"))
    desk.do(add_desk, DeskDraft("Upstairs", "D2"))
    desk.do(add_staff, StaffDraft("Ben"))
    pack = desk.package()
    narrow = desk.package(name="Yoga only", credits=5, bonus=0, price=Money(5000, "USD"), eligible=(yoga,))
    mira, tom, ana = (
        desk.client("Mira Okafor", member_code="M-1"),
        desk.client("Tom Weiß", member_code="M-2"),
        desk.client("Ana Šimić"),
    )
    first = desk.sell(mira, pack, narrow, discount=700, tender="external_card")
    second = desk.sell(tom, pack)
    third = desk.sell(ana, pack, tender="bank_transfer")
    desk.clock.pass_time(hours=1)
    taken = [desk.visit(mira), desk.visit(mira, 2, class_type_id=yoga), desk.visit(tom)]
    desk.undo(taken[0].visit_id)
    desk.undo(taken[2].visit_id)
    owed = desk.visit(desk.client("Lea Blum"), when_short="unpaid")
    assert not owed.paid
    desk.clock.pass_time(days=1)
    gift = desk.adjust(mira, 3, last_day=desk.clock.at.date() + timedelta(days=10))
    lost = desk.adjust(tom, 2, last_day=desk.clock.at.date() + timedelta(days=10))
    desk.adjust(tom, -1)
    assert gift and lost
    desk.extend(gift, desk.clock.at.date() + timedelta(days=20))
    desk.transfer(third.lot_ids[0], tom, 4)
    desk.transfer(third.lot_ids[1], mira)
    frozen = desk.freeze(tom)
    desk.clock.pass_time(days=3)
    desk.end_freeze(tom, frozen.freeze_id)
    desk.freeze(
        ana,
        first_day=desk.clock.at.date() + timedelta(days=5),
        last_day=desk.clock.at.date() + timedelta(days=9),
    )
    desk.refund(first.sale_id, 2000)
    desk.refund(second.sale_id, 1000, 1)
    returned = desk.refund(third.sale_id)
    failed = desk.refund(first.sale_id, 500, 1, line=1), desk.refund(first.sale_id, 300, 0, line=1)
    for part in (*failed[0].parts, *failed[1].parts):
        desk.do(mark_failed, part.transaction_id, "the card was closed")
    waiting = next(part for part in returned.parts if part.status == "pending")
    desk.do(mark_transfer_done, waiting.transaction_id)
    desk.do(print_receipt, "sale", first.sale_id)
    desk.do(print_receipt, "sale", first.sale_id)
    desk.void(desk.sell(mira, pack).sale_id)
    merge = desk.do(merge_clients, ana, mira)
    desk.do(undo_merge, merge.merge_id)
    desk.do(merge_clients, ana, tom)
    _import(database)
    desk.clock.pass_time(days=60)
    desk.do(sweep)
    desk.do(add_stripe_rows)
    return desk


def _import(database: Database) -> None:
    """Two imports as they are told of afterwards, both taken back."""
    batch = (
        "(file_name, file_hash, created, matched, left_out, packs, credits, staff_id, desk_id, recorded_at)"
    )
    undone = "(batch_id, hidden, voided, kept, staff_id, desk_id, recorded_at)"
    with database.writing() as connection:
        for statement in (
            f"INSERT INTO import_batch {batch} VALUES ('a.csv', 'aa', 0, 1, 0, 0, 0, 1, 1, 0)",
            f"INSERT INTO import_batch {batch} VALUES ('b.csv', 'bb', 0, 1, 1, 0, 0, 1, 1, 0)",
            "INSERT INTO import_row (batch_id, number, action, client_id, lot_id)"
            " VALUES (1, 1, 'matched', 1, 1)",
            "INSERT INTO import_row (batch_id, number, action) VALUES (2, 2, 'left_out')",
            f"INSERT INTO import_undo {undone} VALUES (2, 0, 0, 1, 1, 1, 0)",
            f"INSERT INTO import_undo {undone} VALUES (1, 0, 0, 1, 1, 1, 0)",
        ):
            connection.exec_driver_sql(statement)
