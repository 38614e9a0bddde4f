"""Cases of the demo studio that every studio knows: a freeze, an unpaid visit, refunds, a gift, a mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from frontdesk.models import calendar
from frontdesk.services.clients import archive_client, create_client
from frontdesk.services.credit_account import credit_account
from frontdesk.services.credits import adjust
from frontdesk.services.demo import setting
from frontdesk.services.demo.desk import Desk
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.credits import (
    AdjustDraft,
    ExtendDraft,
    FreezeDraft,
    TransferDraft,
    UndoVisitDraft,
)
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import VoidSaleDraft
from frontdesk.services.extending import extend_lot
from frontdesk.services.freezing import freeze
from frontdesk.services.merging import merge_clients
from frontdesk.services.refund_states import mark_failed
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.transfers import transfer
from frontdesk.services.undoing_visits import undo_visit
from frontdesk.services.views.refunds import RefundResult
from frontdesk.services.views.sales import SaleResult
from frontdesk.services.void_sale import void_sale

Step = tuple[int, time, Callable[[], object]]

_TEN, _FIVE, _TWENTY = setting.TEN.name, setting.FIVE.name, setting.TWENTY.name


class Cases:
    """Each case is a list of steps, so many days ago at a time of day."""

    def __init__(self, desk: Desk, today: date, zone: ZoneInfo) -> None:
        self._desk = desk
        self._today = today
        self._zone = zone
        self._ids: dict[str, int] = {}
        self._sales: dict[str, SaleResult] = {}
        self._visits: dict[str, int] = {}
        self._refunds: dict[str, RefundResult] = {}
        self._steps: tuple[Step, ...] = (
            *self._mira(),
            *self._jonas(),
            *self._zoe(),
            *self._tomas(),
            *self._ines(),
            *self._rosa(),
            *self._elif(),
            *self._hugo(),
            *self._nowaks(),
            *self._last_days(),
        )

    def of(self, day: date) -> Iterator[tuple[datetime, Callable[[], object]]]:
        """What happens in the cases on that day."""
        ago = (self._today - day).days
        for days, at, act in self._steps:
            if days == ago:
                yield calendar.instant_at(day, at, self._zone), act

    # --- The cases ----------------------------------------------------------------------------------

    def _mira(self) -> Iterator[Step]:
        """A pack, a gift that runs out in a week, and a visit that was a mistake."""
        yield 46, time(17, 5), lambda: self._arrives("Mira Okafor", "+44 20 7946 0136", code="SUN-0901")
        yield 46, time(17, 8), lambda: self._buys("Mira Okafor", _TEN, "cash")
        for days in (46, 39, 32, 25):
            yield days, time(17, 20), lambda: self._attends("Mira Okafor", setting.VINYASA, 1)
        yield 11, time(9, 15), lambda: self._attends("Mira Okafor", setting.WORKSHOP, 3)
        yield 4, time(18, 40), lambda: self._attends("Mira Okafor", setting.PILATES, 1)
        yield 4, time(18, 52), lambda: self._mistake("Mira Okafor", "checked in the wrong Mira")
        yield 3, time(9, 10), lambda: self._gift("Mira Okafor", 2, "class was cancelled at short notice", 7)

    def _jonas(self) -> Iterator[Step]:
        """Ill for three weeks: everything is frozen."""
        yield 60, time(9, 0), lambda: self._arrives("Jonas Lindqvist", "+46 70 174 06 21")
        yield 60, time(9, 2), lambda: self._buys("Jonas Lindqvist", _TWENTY, "external_card")
        for days in (60, 53, 46, 42, 33, 26, 19):
            yield days, time(9, 20), lambda: self._attends("Jonas Lindqvist", setting.YIN, 1)
        yield 5, time(10, 30), lambda: self._freezes("Jonas Lindqvist", 16, "knee surgery")

    def _zoe(self) -> Iterator[Step]:
        """Came without credits yesterday; the next sale will offer to settle it."""
        yield 20, time(18, 30), lambda: self._arrives("Zoë Marchetti", "+39 347 555 0148")
        yield 20, time(18, 31), lambda: self._buys("Zoë Marchetti", setting.SINGLE.name, "cash")
        yield 20, time(18, 35), lambda: self._attends("Zoë Marchetti", setting.BARRE, 1)
        yield 1, time(18, 40), lambda: self._attends("Zoë Marchetti", setting.BARRE, 1, unpaid=True)

    def _tomas(self) -> Iterator[Step]:
        """Moves away; his refund by bank transfer is on its way."""
        yield 13, time(12, 0), lambda: self._arrives("Tomás Herrera", "+34 655 550 172")
        yield 13, time(12, 2), lambda: self._buys("Tomás Herrera", _TWENTY, "bank_transfer")
        yield 10, time(12, 10), lambda: self._attends("Tomás Herrera", setting.PILATES, 1)
        yield 2, time(11, 45), lambda: self._refunded("Tomás Herrera", "moved_away", "moves to Lisbon")

    def _ines(self) -> Iterator[Step]:
        """Her card was closed, so the refund failed: it needs a decision."""
        yield 27, time(16, 30), lambda: self._arrives("Inês Carvalho", "+351 925 550 119")
        yield 27, time(16, 32), lambda: self._buys("Inês Carvalho", _FIVE, "external_card")
        for days in (27, 20):
            yield days, time(17, 20), lambda: self._attends("Inês Carvalho", setting.VINYASA, 1)
        yield 6, time(9, 50), lambda: self._refunded("Inês Carvalho", "illness", "")
        yield 3, time(14, 15), lambda: self._failed("Inês Carvalho", "card was closed meanwhile")

    def _rosa(self) -> Iterator[Step]:
        """Four of ten and two used, the rest refunded in cash."""
        yield 30, time(19, 0), lambda: self._arrives("Rosa Ibáñez", "+34 655 550 184")
        yield 30, time(19, 1), lambda: self._buys("Rosa Ibáñez", _TEN, "cash")
        for days in (29, 22, 15, 8):
            yield days, time(18, 35), lambda: self._attends("Rosa Ibáñez", setting.VINYASA, 1)
        yield 7, time(18, 5), lambda: self._refunded("Rosa Ibáñez", "client_request", "")

    def _elif(self) -> Iterator[Step]:
        """Gives some of her credits to her brother."""
        yield 35, time(8, 40), lambda: self._arrives("Elif Kaya", "+90 531 555 01 42")
        yield 35, time(8, 41), lambda: self._buys("Elif Kaya", _TWENTY, "external_card")
        for days in (34, 27, 20, 13):
            yield days, time(9, 20), lambda: self._attends("Elif Kaya", setting.PILATES, 1)
        yield 9, time(9, 5), lambda: self._arrives("Deniz Kaya", "+90 531 555 01 43")
        yield 9, time(9, 10), lambda: self._gives("Elif Kaya", "Deniz Kaya", 4)
        yield 9, time(9, 20), lambda: self._attends("Deniz Kaya", setting.PILATES, 1)

    def _hugo(self) -> Iterator[Step]:
        """Sold twice by mistake, and a guest's class taken off by hand."""
        yield 18, time(17, 0), lambda: self._arrives("Hugo Lambert", "+33 6 55 55 01 27")
        yield 18, time(17, 1), lambda: self._buys("Hugo Lambert", _TEN, "external_card", kept="Hugo’s right")
        yield 18, time(17, 2), lambda: self._buys("Hugo Lambert", _TEN, "external_card")
        yield 18, time(17, 6), lambda: self._voided("Hugo Lambert", "entered_twice")
        yield 17, time(18, 40), lambda: self._attends("Hugo Lambert", setting.YIN, 1)
        yield 10, time(18, 50), lambda: self._minus("Hugo Lambert", 1, "brought a friend")

    def _nowaks(self) -> Iterator[Step]:
        """One person with two cards, merged; and two cards that may be one person."""
        yield 70, time(10, 0), lambda: self._arrives("Katarzyna Nowak", "+48 515 550 161")
        yield 70, time(10, 1), lambda: self._buys("Katarzyna Nowak", _TEN, "cash")
        yield 31, time(18, 20), lambda: self._arrives("Kasia Nowak", "+48 515 550 161")
        yield 31, time(18, 21), lambda: self._buys("Kasia Nowak", _FIVE, "cash")
        yield 15, time(8, 30), lambda: self._merged("Kasia Nowak", "Katarzyna Nowak")
        yield 44, time(12, 0), lambda: self._arrives("Aoife Byrne", "+353 85 555 0151")
        yield 43, time(12, 0), lambda: self._buys("Aoife Byrne", _FIVE, "external_card")
        yield 12, time(12, 0), lambda: self._arrives("Aoife Byrne-Walsh", "+353 85 555 0151")

    def _last_days(self) -> Iterator[Step]:
        """Credits that run out within days, one pack of them extended, and somebody who left."""
        yield 59, time(17, 45), lambda: self._arrives("Greta Holm", "+46 70 174 06 55")
        yield 59, time(17, 46), lambda: self._buys("Greta Holm", _FIVE, "cash")
        yield 52, time(18, 40), lambda: self._attends("Greta Holm", setting.YIN, 1)
        yield 88, time(9, 5), lambda: self._arrives("Paul Ashworth", "+44 7700 900118")
        yield 88, time(9, 6), lambda: self._buys("Paul Ashworth", _TEN, "bank_transfer")
        for days in (80, 66, 52, 45):
            yield days, time(9, 20), lambda: self._attends("Paul Ashworth", setting.PILATES, 1)
        yield 57, time(8, 50), lambda: self._arrives("Leila Haddad", "+1 212 555 0163")
        yield 57, time(8, 51), lambda: self._buys("Leila Haddad", _FIVE, "external_card")
        yield (
            14,
            time(8, 55),
            lambda: self._extended("Leila Haddad", 21, "travelling until the end of the month"),
        )
        yield 100, time(11, 0), lambda: self._arrives("Walter Sommer", "+49 1555 5550142")
        yield 21, time(11, 0), lambda: self._desk.do(archive_client, self._ids["Walter Sommer"])

    # --- What is done in them -----------------------------------------------------------------------

    def _arrives(self, name: str, phone: str, code: str = "") -> None:
        local = name.encode("ascii", "ignore").decode().casefold().replace(" ", ".")
        draft = ClientDraft(name, f"{local}@example.com", phone, member_code=code)
        self._ids[name] = self._desk.do(create_client, draft).client_id

    def _buys(self, name: str, package: str, tender: str, kept: str | None = None) -> None:
        self._sales[kept or name] = self._desk.sell(self._ids[name], package, tender=tender)

    def _attends(self, name: str, class_type: int, cost: int, *, unpaid: bool = False) -> None:
        begins = self._desk.clock.at + timedelta(minutes=10)
        visit = self._desk.attend(self._ids[name], class_type, begins, cost, unpaid=unpaid)
        self._visits[name] = visit.visit_id

    def _mistake(self, name: str, note: str) -> None:
        self._desk.do(undo_visit, UndoVisitDraft(self._visits[name], note))

    def _gift(self, name: str, credits: int, note: str, days_left: int) -> None:
        last_day = self._today + timedelta(days=days_left)
        draft = AdjustDraft(self._ids[name], credits, "goodwill", note, title="Thank you", last_day=last_day)
        self._desk.do(adjust, draft)

    def _minus(self, name: str, credits: int, note: str) -> None:
        self._desk.do(adjust, AdjustDraft(self._ids[name], -credits, "correction", note))

    def _freezes(self, name: str, days_left: int, note: str) -> None:
        last_day = self._today + timedelta(days=days_left)
        self._desk.do(freeze, FreezeDraft(self._ids[name], "illness", note, last_day=last_day))

    def _gives(self, name: str, to: str, credits: int) -> None:
        lot = self._lot(name)
        draft = TransferDraft(lot, self._ids[to], "goodwill", "gift to her brother", credits)
        self._desk.do(transfer, draft)

    def _extended(self, name: str, days: int, note: str) -> None:
        account = self._desk.do(credit_account, self._ids[name])
        lot = account.lots[0]
        assert lot.last_day is not None
        draft = ExtendDraft(lot.lot_id, lot.last_day + timedelta(days=days), "holiday", note)
        self._desk.do(extend_lot, draft)

    def _lot(self, name: str) -> int:
        return self._sales[name].lot_ids[0]

    def _refunded(self, name: str, code: str, text: str) -> None:
        view = self._desk.do(refund_view, self._sales[name].sale_id)
        line = view.lines[0]
        parts = view.split(line.suggested.amount)
        references = tuple((one.payment_id, "R204817") for one in parts if one.needs_reference)
        draft = RefundDraft(line.sale_line_id, line.suggested, line.suggested_credits, code, text, references)
        self._refunds[name] = self._desk.do(request_refund, draft)

    def _failed(self, name: str, text: str) -> None:
        transaction = self._refunds[name].parts[0].transaction_id
        assert transaction is not None
        self._desk.do(mark_failed, transaction, text)

    def _voided(self, name: str, code: str) -> None:
        sale = self._sales[name]
        view = self._desk.do(refund_view, sale.sale_id)
        references = tuple((one.payment_id, "R204819") for one in view.payments if one.needs_reference)
        self._desk.do(void_sale, VoidSaleDraft(sale.sale_id, code, references=references))

    def _merged(self, name: str, into: str) -> None:
        self._desk.do(merge_clients, self._ids[name], self._ids[into])
