"""What is put right by hand in a generated studio: visits undone, credits adjusted, expiry moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from frontdesk.models.base import from_micros, to_micros
from frontdesk.models.calendar import expiry_instant, last_day
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
        days = timedelta(days=7 * self.rng.randrange(2, 9))
        last = last_day(from_micros(lot.expires_at), catalogue.ZONE) + days
        ends = to_micros(expiry_instant(last, catalogue.ZONE))
        term = (lot, "extend", lot.effective_at, ends)
        self.books.post(Act(lot.client, "extend", at, who, command, terms=[term], reason=code, note=text))
        result = {"lot_id": lot.id, "reinstated": 0, "usable": lot.remaining}
        self.books.command(command, "extending.extend_lot", result, who, at)
        return True
