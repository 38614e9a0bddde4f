"""A desk for tests of credits: short verbs over the use cases, at a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from frontdesk.models.money import Money
from frontdesk.models.package import package, package_version
from frontdesk.services.class_types import add_class_type
from frontdesk.services.credit_account import credit_account
from frontdesk.services.credits import adjust
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
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.extending import extend_lot
from frontdesk.services.freezing import end_freeze, freeze
from frontdesk.services.office import Office
from frontdesk.services.sales import sell
from frontdesk.services.statement import credit_statement
from frontdesk.services.transfers import transfer
from frontdesk.services.undoing_visits import undo_visit
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.credit_acts import Adjusted, Extended, Frozen, Transferred, Unfrozen
from frontdesk.services.views.credits import CreditAccount, LotCard
from frontdesk.services.views.statement import StatementLine
from frontdesk.services.views.visits import RecordedVisit, UndoneVisit
from frontdesk.services.visits import record_visit
from tests.builders import PACK, SetClock, make_client, make_package

P = ParamSpec("P")
T = TypeVar("T")
BERLIN = ZoneInfo("Europe/Berlin")
WHY: dict[str, Any] = {"reason_code": "goodwill", "note": "because"}


class CreditDesk:
    """One client's credits, mostly: verbs take the client first made unless told otherwise."""

    def __init__(self, office: Office, actor: Actor, clock: SetClock) -> None:
        self.office, self.actor, self.clock = office, actor, clock
        self.mira = make_client(office, actor, "Mira Okafor")
        self._packages: dict[str, int] = {}

    def do(
        self, use_case: Callable[Concatenate[UnitOfWork, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case."""
        return self.office.write(use_case, self.actor, None, *args, **kwargs).value

    def see(self, query: Callable[Concatenate[Reading, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query."""
        return self.office.read(query, *args, **kwargs)

    def client(self, name: str) -> int:
        """Another client."""
        return make_client(self.office, self.actor, name)

    def class_type(self, name: str = "Yoga", cost: int = 1) -> int:
        """A class type."""
        return self.do(add_class_type, ClassTypeDraft(name, cost))

    def sell(self, client_id: int | None = None, *, settle: bool = False, **changes: Any) -> tuple[int, ...]:
        """Sell a pack for cash (``changes`` to the builder's); its lots, the purchased one first."""
        draft = SaleDraft(
            client_id=client_id or self.mira,
            lines=(self._line(changes),),
            payments=(PaymentDraft("cash", changes.get("price", Money(9000, "USD"))),),
            settle_unpaid_visits=settle,
        )
        return self.do(sell, draft).lot_ids

    def _line(self, changes: dict[str, Any]) -> SaleLineDraft:
        name = changes.setdefault("name", PACK.name)
        if name not in self._packages:
            self._packages[name] = make_package(self.office, self.actor, **changes)
        newest = sa.select(package_version.c.id).join(
            package,
            (package.c.id == package_version.c.package_id) & (package.c.version == package_version.c.number),
        )
        with self.office.database.reading() as connection:
            version = connection.execute(newest.where(package.c.id == self._packages[name])).scalar_one()
        return SaleLineDraft(self._packages[name], version)

    def adjust(self, change: int, client_id: int | None = None, **fields: Any) -> Adjusted:
        """Plus or minus with a reason."""
        return self.do(adjust, AdjustDraft(client_id or self.mira, change, **(WHY | fields)))

    def plus(self, change: int, client_id: int | None = None, **fields: Any) -> int:
        """A plus; its lot."""
        lot_id = self.adjust(change, client_id, **fields).lot_id
        assert lot_id is not None
        return lot_id

    def visit(self, credits: int = 1, **fields: Any) -> RecordedVisit:
        """A class attended, now unless told otherwise."""
        usual: dict[str, Any] = {"client_id": self.mira, "class_at": self.clock.at, "title": "Open class"}
        return self.do(record_visit, VisitDraft(credits=credits, **(usual | fields)))

    def undo(self, visit_id: int, note: str = "") -> UndoneVisit:
        """Take a visit back."""
        return self.do(undo_visit, UndoVisitDraft(visit_id, note))

    def extend(self, lot_id: int, last_day: date | None) -> Extended:
        """Another last day."""
        return self.do(extend_lot, ExtendDraft(lot_id, last_day, **WHY))

    def freeze(
        self, first: date | None = None, last: date | None = None, client_id: int | None = None
    ) -> Frozen:
        """Freeze the client's lots."""
        return self.do(freeze, FreezeDraft(client_id or self.mira, first_day=first, last_day=last, **WHY))

    def unfreeze(self, freeze_id: int) -> Unfrozen:
        """End or cancel a freeze."""
        return self.do(end_freeze, EndFreezeDraft(self.mira, freeze_id))

    def transfer(self, lot_id: int, to: int, credits: int | None = None) -> Transferred:
        """Give credits of a lot away."""
        return self.do(transfer, TransferDraft(lot_id, to, credits=credits, **WHY))

    def account(self, client_id: int | None = None) -> CreditAccount:
        """The client's credits now."""
        return self.see(credit_account, client_id or self.mira)

    def usable(self, client_id: int | None = None) -> int:
        """The big number."""
        return self.account(client_id).usable

    def card(self, lot_id: int, client_id: int | None = None) -> LotCard:
        """One lot of the client."""
        return next(lot for lot in self.account(client_id).lots if lot.lot_id == lot_id)

    def lines(self, client_id: int | None = None) -> tuple[StatementLine, ...]:
        """The whole statement, the newest line first."""
        return self.see(credit_statement, client_id or self.mira, None, 1000).lines

    def at(self, year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """Set the clock to that time in Berlin."""
        self.clock.at = berlin(year, month, day, hour, minute)
        return self.clock.at


def berlin(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """That time on the studio's clock, as an instant."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)
