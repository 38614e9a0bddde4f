"""What is put right by hand in a generated studio: visits undone, credits adjusted, expiry moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from frontdesk.models.base import from_micros, to_micros
from frontdesk.models.calendar import days_between, expiry_instant, last_day, local_day
from tools.datasets import catalogue
from tools.datasets.books import Act, Books, Lot, NewLot, Posted, Who

_PLUS: Final = (
    ("goodwill", "Goodwill", "the heating was broken"),
    ("first_visit", "First visit", "welcome gift"),
    ("event", "Event", "helped at the open day"),
    ("correction", "Correction", "a class was counted twice"),
)
_MINUS: Final = (("correction", "came twice, was counted once"), ("other", "paid a guest's class"))
_EXTEND: Final = (
    ("illness", "had the flu for weeks"),
    ("holiday", "travelling"),
    ("closure", "we were closed"),
)


_FREEZE: Final = (("illness", "broken wrist"), ("holiday", "abroad for some weeks"), ("goodwill", "new baby"))


class Corrections:
    """Writes corrections into the books."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.rng = books.rng

    def undo_visit(self, at: int, done: Act, visit: Posted, who: Who) -> None:
        """Every credit back to the lot it came from."""
        assert visit.visit is not None
        command = self.books.new_command()
        back = [(lot, "return", -delta) for lot, _, delta in reversed(done.moves)]
        act = Act(done.client, "undo_visit", at, who, command, moves=back, events=[(visit.visit, "undone")])
        act.reverses, act.class_type, act.class_at = visit.op, done.class_type, done.class_at
        posted = self.books.post(act)
        credits = sum(delta for _, _, delta in back)
        result = {
            "visit_id": visit.visit,
            "op_id": posted.op,
            "returned": credits,
            "revivable": 0,
            "usable": 0,
        }
        self.books.command(command, "visits.undo_visit", result, who, at)

    def adjust_plus(self, at: int, client: int, who: Who) -> Lot:
        """A few credits for nothing, some of which never expire."""
        command = self.books.new_command()
        code, title, text = self.rng.choice(_PLUS)
        credits = self.rng.randrange(1, 4)
        new = NewLot("manual", title, credits, at, None, complimentary=True)
        posted = self.books.post(
            Act(client, "adjust_plus", at, who, command, lots=[new], reason=code, note=text)
        )
        result = {"op_id": posted.op, "change": credits, "lot_id": posted.lots[0].id, "usable": credits}
        self.books.command(command, "credits.adjust", result, who, at)
        return posted.lots[0]

    def adjust_minus(self, at: int, lot: Lot, who: Who) -> None:
        """A credit less, where the lot still has one."""
        if not lot.pays(None, at):
            return
        command = self.books.new_command()
        code, text = self.rng.choice(_MINUS)
        posted = self.books.post(
            Act(
                lot.client, "adjust_minus", at, who, command,
                moves=[(lot, "adjust_out", -1)], reason=code, note=text,
            )
        )  # fmt: skip
        result = {"op_id": posted.op, "change": -1, "lot_id": None, "usable": 0}
        self.books.command(command, "credits.adjust", result, who, at)

    def extend(self, at: int, lot: Lot, who: Who) -> bool:
        """Two to eight weeks more, for a lot that still runs; whether there was one."""
        if not lot.pays(None, at) or lot.expires_at is None:
            return False
        command = self.books.new_command()
        code, text = self.rng.choice(_EXTEND)
        ends = _moved(lot.expires_at, 7 * self.rng.randrange(2, 9))
        term = (lot, "extend", lot.effective_at, ends)
        self.books.post(Act(lot.client, "extend", at, who, command, terms=[term], reason=code, note=text))
        result = {"lot_id": lot.id, "reinstated": 0, "usable": lot.remaining}
        self.books.command(command, "extending.extend_lot", result, who, at)
        return True

    def freeze(self, at: int, client: int, lots: Sequence[Lot], who: Who) -> tuple[list[Lot], int]:
        """Set all live lots aside for one to five weeks; their last day moves by the days (C11)."""
        frozen = [lot for lot in lots if lot.pays(None, at)]
        if not frozen or any(lot.hold for lot in lots):
            return [], at
        command = self.books.new_command()
        code, text = self.rng.choice(_FREEZE)
        first = local_day(from_micros(at), catalogue.ZONE)
        ends = expiry_instant(first + timedelta(days=self.rng.randrange(7, 36)), catalogue.ZONE)
        days, ends_at = days_between(from_micros(at), ends, catalogue.ZONE), to_micros(ends)
        terms = [
            (lot, "freeze", lot.effective_at, _moved(lot.expires_at, days))
            for lot in frozen
            if lot.expires_at is not None
        ]
        holds = [(lot, "freeze", at, ends_at) for lot in frozen]
        posted = self.books.post(
            Act(client, "freeze", at, who, command, terms=terms, holds=holds, reason=code, note=text)
        )
        result = {"freeze_id": posted.op, "days": days, "lots": [], "usable": 0}
        self.books.command(command, "freezing.freeze", result, who, at)
        return frozen, ends_at

    def thaw(self, at: int, lots: Sequence[Lot]) -> None:
        """A freeze that had an end is over by itself: nothing is written."""
        for lot in lots:
            lot.hold = None

    def transfer(self, at: int, lot: Lot, to: int, who: Who) -> Lot | None:
        """What is left of a lot to another client: two operations of one command (C11)."""
        if not lot.pays(None, at):
            return None
        command, credits = self.books.new_command(), lot.remaining
        out = Act(
            lot.client, "transfer_out", at, who, command, moves=[(lot, "transfer_out", -credits)],
            reason="goodwill", note="passed on to a friend", peer=to,
        )  # fmt: skip
        self.books.post(out)
        new = NewLot(
            "transferred", lot.title, credits, lot.effective_at, lot.expires_at, lot.complimentary,
            lot.eligible, origin=lot.id,
        )  # fmt: skip
        into = Act(
            to, "transfer_in", at, who, command, lots=[new],
            reason="goodwill", note="passed on to a friend", peer=lot.client,
        )  # fmt: skip
        posted = self.books.post(into)
        result = {"lot_id": posted.lots[0].id, "credits": credits, "usable": 0, "peer_usable": credits}
        self.books.command(command, "transfers.transfer", result, who, at)
        return posted.lots[0]


def _moved(expires_at: int, days: int) -> int:
    """An expiry so many local days later."""
    last = last_day(from_micros(expires_at), catalogue.ZONE) + timedelta(days=days)
    return to_micros(expiry_instant(last, catalogue.ZONE))
