"""Writes generated acts down: the rows, chains and caches that the services would have made of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from frontdesk.models import chain
from frontdesk.models.base import canonical_json
from tools.datasets.sinks import Row, Sink

_NEVER: Final = 2**62


@dataclass(slots=True)
class Lot:
    """A lot as it stands; instants in microseconds since the epoch."""

    id: int
    client: int
    credits: int
    effective_at: int
    expires_at: int | None
    eligible: tuple[int, ...] | None
    complimentary: bool
    title: str
    remaining: int
    used: int = 0
    voided: int = 0
    expired: int = 0
    removed: int = 0
    moved: int = 0
    term: int = 1
    entries: int = 1
    hold: int | None = None

    @property
    def rank(self) -> tuple[int, int, bool, int, int]:
        """Its place in the order of use (C6)."""
        width = len(self.eligible) if self.eligible else _NEVER
        return (self.expires_at or _NEVER, width, not self.complimentary, self.effective_at, self.id)

    def pays(self, class_type: int | None, at: int) -> bool:
        """Whether it may pay for such a class at that instant."""
        return (
            self.remaining > 0
            and self.hold is None
            and self.effective_at <= at < (self.expires_at or _NEVER)
            and (self.eligible is None or class_type is None or class_type in self.eligible)
        )


@dataclass(frozen=True, slots=True)
class NewLot:
    """Credits that an act grants; ``parent`` is the place of the purchased lot that a bonus belongs to."""

    kind: str
    title: str
    credits: int
    effective_at: int
    expires_at: int | None
    complimentary: bool = False
    eligible: tuple[int, ...] | None = None
    line: int | None = None
    parent: int | None = None
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, at which desk."""

    staff: int
    desk: int


@dataclass(slots=True)
class Act:
    """What an operation does, in the shape of the ledger writer's Operation."""

    client: int
    kind: str
    at: int
    who: Who | None
    command: str
    lots: Sequence[NewLot] = ()
    #: Lot, entry type, signed credits.
    moves: Sequence[tuple[Lot, str, int]] = ()
    #: Lot, reason, first and end instant of its use.
    terms: Sequence[tuple[Lot, str, int, int | None]] = ()
    #: Lot, kind of hold, first and end instant.
    holds: Sequence[tuple[Lot, str, int, int | None]] = ()
    closes: Sequence[tuple[Lot, str]] = ()
    #: Class type, time, cost, paid.
    visit: tuple[int | None, int, int, bool] | None = None
    events: Sequence[tuple[int, str]] = ()
    effective_at: int | None = None
    class_type: int | None = None
    class_at: int | None = None
    reason: str | None = None
    note: str = ""
    #: Id and hash of a note that was written already.
    kept: tuple[int, str] | None = None
    reverses: int | None = None
    peer: int | None = None
    sale: int | None = None
    refund: int | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """The operation's id, its new lots and its visit's id."""

    op: int
    lots: tuple[Lot, ...]
    visit: int | None


@dataclass(slots=True)
class Books:
    """The state that each next row depends on: numbers given so far, heads of chains, lots as they stand."""

    sink: Sink
    rng: random.Random
    ids: dict[str, int] = field(default_factory=dict)
    heads: dict[int, tuple[int, str]] = field(default_factory=dict)
    lots: list[Lot] = field(default_factory=list)
    series: dict[str, int] = field(default_factory=dict)
    entries: int = 0

    def new_id(self, table: str) -> int:
        """The next id of a table."""
        made = self.ids.get(table, 0) + 1
        self.ids[table] = made
        return made

    def add(self, table: str, *values: Any) -> int:
        """A row of a table with an id of its own; ``values`` are its other columns in order."""
        made = self.new_id(table)
        self.sink.add(table, (made, *values))
        return made

    def new_command(self) -> str:
        """A random UUID in hex."""
        text = f"{self.rng.getrandbits(128):032x}"
        return f"{text[:12]}4{text[13:16]}{'89ab'[int(text[16], 16) & 3]}{text[17:]}"

    def number(self, series: str) -> int:
        """The series' next receipt number."""
        made = self.series.get(series, 0) + 1
        self.series[series] = made
        self.sink.next_number(series)
        return made

    def command(self, command: str, use_case: str, result: Any, who: Who, at: int) -> None:
        """The command as carried out; its request is known by a hash alone."""
        request = hashlib.sha256(f"{use_case}:{command}".encode()).hexdigest()
        row = (
            command,
            f"frontdesk.services.{use_case}",
            request,
            canonical_json(result),
            who.staff,
            who.desk,
            at,
        )
        self.sink.add("command", row)

    def note(self, text: str, at: int) -> tuple[int, str]:
        """Free text outside the ledger: its id and its salted hash."""
        salt = f"{self.rng.getrandbits(128):032x}"
        return self.add("note", salt, text, at), chain.note_hash(salt, text)

    def open_client(self, client: int) -> None:
        """The empty chain of a new client."""
        self.heads[client] = (0, "")

    def post(self, act: Act) -> Posted:
        """Write an operation at the end of its client's chain, with its lots, entries, terms and holds."""
        op_id = self.new_id("ledger_op")
        effective_at = act.at if act.effective_at is None else act.effective_at
        seq, head = self.heads[act.client]
        note, note_hash = act.kept or (self.note(act.note, act.at) if act.note else (None, None))
        op: dict[str, Any] = {
            "id": op_id,
            "command_id": act.command,
            "client_id": act.client,
            "client_seq": seq + 1,
            "kind": act.kind,
            "effective_at": effective_at,
            "recorded_at": act.at,
            "class_type_id": act.class_type,
            "class_at": act.class_at,
            "staff_id": act.who.staff if act.who else None,
            "desk_id": act.who.desk if act.who else None,
            "reason_code": act.reason,
            "note_id": note,
            "note_hash": note_hash,
            "reverses_op_id": act.reverses,
            "peer_client_id": act.peer,
            "sale_id": act.sale,
            "refund_id": act.refund,
            "subject_hash": act.subject,
            "prev_hash": head,
        }
        mine = (op_id, act.client)
        lots, lot_rows = self._new_lots(act, mine)
        grants = [self._entry(lot, "grant", lot.credits, effective_at, mine) for lot in lots]
        terms = [
            self._term(lot, "grant", lot.effective_at, lot.expires_at, mine, first=True) for lot in lots
        ] + [self._term(*term, mine) for term in act.terms]
        holds = [self._hold(*hold, None, mine) for hold in act.holds]
        holds += [self._hold(lot, kind, act.at, None, lot.hold, mine) for lot, kind in act.closes]
        moves = [self._move(*move, effective_at, mine) for move in act.moves]
        events = [self._event(*event, mine) for event in act.events]
        visit = self._visit(act.visit, mine) if act.visit else None
        op["hash"] = chain.op_hash(
            op,
            lots=lot_rows,
            entries=[*grants, *moves],
            terms=terms,
            holds=holds,
            visits=[visit] if visit else (),
            visit_events=events,
        )
        self.heads[act.client] = (seq + 1, op["hash"])
        self.sink.add("ledger_op", tuple(op.values()))
        for row in lot_rows:
            eligible = row["eligible"]
            stored = {**row, "eligible": eligible and canonical_json(eligible)}
            self.sink.add("credit_lot", tuple(stored.values()))
        for table, rows in (
            ("ledger_entry", grants),
            ("lot_term", terms),
            ("lot_hold", holds),
            ("ledger_entry", moves),
            ("visit_event", events),
            ("visit", [visit] if visit else []),
        ):
            for row in rows:
                self.sink.add(table, tuple(row.values()))
        return Posted(op_id, lots, visit["id"] if visit else None)

    def _new_lots(self, act: Act, mine: tuple[int, int]) -> tuple[tuple[Lot, ...], list[dict[str, Any]]]:
        lots: list[Lot] = []
        rows: list[dict[str, Any]] = []
        for new in act.lots:
            lot = Lot(
                self.new_id("credit_lot"),
                act.client,
                new.credits,
                new.effective_at,
                new.expires_at,
                new.eligible,
                new.complimentary,
                new.title,
                new.credits,
            )
            lots.append(lot)
            rows.append(
                {
                    "id": lot.id,
                    "client_id": mine[1],
                    "op_id": mine[0],
                    "kind": new.kind,
                    "complimentary": new.complimentary,
                    "title": new.title,
                    "credits": new.credits,
                    "sale_line_id": new.line,
                    "parent_lot_id": None if new.parent is None else lots[new.parent].id,
                    "origin_lot_id": new.origin,
                    "eligible": None if new.eligible is None else list(new.eligible),
                }
            )
        self.lots += lots
        return tuple(lots), rows

    def _entry(self, lot: Lot, kind: str, delta: int, at: int, mine: tuple[int, int]) -> dict[str, Any]:
        self.entries += 1
        return {
            "id": self.new_id("ledger_entry"),
            "op_id": mine[0],
            "client_id": mine[1],
            "lot_id": lot.id,
            "type": kind,
            "delta": delta,
            "undoes": None,
            "effective_at": at,
        }

    def _move(self, lot: Lot, kind: str, delta: int, at: int, mine: tuple[int, int]) -> dict[str, Any]:
        lot.remaining += delta
        lot.entries += 1
        if kind in ("redeem", "return"):
            lot.used -= delta
        elif kind == "void":
            lot.voided -= delta
        elif kind == "expire":
            lot.expired -= delta
        elif kind == "adjust_out":
            lot.removed -= delta
        else:
            lot.moved -= delta
        return self._entry(lot, kind, delta, at, mine)

    def _term(
        self,
        lot: Lot,
        reason: str,
        start: int,
        end: int | None,
        mine: tuple[int, int],
        *,
        first: bool = False,
    ) -> dict[str, Any]:
        if not first:
            lot.term += 1
            lot.effective_at, lot.expires_at = start, end
        return {
            "lot_id": lot.id,
            "seq": lot.term,
            "client_id": mine[1],
            "op_id": mine[0],
            "reason": reason,
            "effective_at": start,
            "expires_at": end,
        }

    def _hold(
        self, lot: Lot, kind: str, start: int, end: int | None, closes: int | None, mine: tuple[int, int]
    ) -> dict[str, Any]:
        made = self.new_id("lot_hold")
        lot.hold = made if closes is None else None
        return {
            "id": made,
            "lot_id": lot.id,
            "client_id": mine[1],
            "op_id": mine[0],
            "kind": kind,
            "credits": None,
            "starts_at": start,
            "ends_at": end,
            "closes_hold_id": closes,
        }

    def _event(self, visit: int, kind: str, mine: tuple[int, int]) -> dict[str, Any]:
        return {
            "id": self.new_id("visit_event"),
            "visit_id": visit,
            "client_id": mine[1],
            "kind": kind,
            "op_id": mine[0],
        }

    def _visit(self, visit: tuple[int | None, int, int, bool], mine: tuple[int, int]) -> dict[str, Any]:
        class_type, class_at, cost, paid = visit
        return {
            "id": self.new_id("visit"),
            "op_id": mine[0],
            "client_id": mine[1],
            "class_type_id": class_type,
            "class_at": class_at,
            "cost": cost,
            "paid": paid,
        }

    def expire(self, lot: Lot, at: int) -> None:
        """Write down that a lot has run out, under the id that every desk derives alike (C5)."""
        name = f"frontdesk:expire:{lot.id}:{lot.term}:{lot.entries}"
        command = uuid5(NAMESPACE_URL, name).hex
        act = Act(lot.client, "expire", at, None, command, moves=[(lot, "expire", -lot.remaining)])
        act.effective_at = lot.expires_at
        self.post(act)

    def caches(self) -> Iterable[tuple[str, Iterator[Row]]]:
        """The rows of the two caches as the triggers would have left them."""
        heads = ((client, seq, text) for client, (seq, text) in sorted(self.heads.items()))
        balances = (
            (
                lot.id, lot.client, lot.credits, lot.remaining, lot.used, lot.voided, lot.expired,
                lot.removed, lot.moved, lot.term, lot.effective_at, lot.expires_at,
            )
            for lot in self.lots
        )  # fmt: skip
        return (("client_head", heads), ("lot_balance", balances))
