"""Views of clients: search hits, the card, duplicates, merges and the history of a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from frontdesk.models.money import Money
from frontdesk.services.views.client_rows import ClientFilter as ClientFilter
from frontdesk.services.views.client_rows import ClientRow as ClientRow


@dataclass(frozen=True, slots=True)
class ClientHit(ClientRow):
    """A client that was searched for (D2). ``match`` says why, the best reason first in the result:
    code, name, words, email, phone, text, typo."""

    match: str = "name"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """Where a page of clients ends: the folded name and id of its last row."""

    name_folded: str
    id: int


@dataclass(frozen=True, slots=True)
class ClientPage:
    """A page of the client list by name; ``more`` begins the next page, None at the end."""

    rows: tuple[ClientRow, ...]
    more: ClientKey | None


@dataclass(frozen=True, slots=True)
class ClientCounts:
    """How many clients each filter of the list shows."""

    active: int
    archived: int
    imported: int


@dataclass(frozen=True, slots=True)
class MergedClient:
    """A client who was merged into the one shown (D4); ``merge_id`` undoes it."""

    id: int
    name: str
    merge_id: int
    merged_at: datetime
    merged_by: str


@dataclass(frozen=True, slots=True)
class ClientCard:
    """A client's card (D1). ``id`` is the client that a merged one leads to (D4)."""

    id: int
    name: str
    email: str
    phone: str
    birthday: date | None
    notes: str
    alert: str
    member_code: str
    #: desk, import or stripe.
    source: str
    archived: bool
    created_at: datetime
    updated_at: datetime
    merged: tuple[MergedClient, ...] = ()


@dataclass(frozen=True, slots=True)
class DuplicateHint:
    """A client who may be the same person, and why: email, phone, name."""

    client: ClientRow
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two clients who may be the same person, the older one first, and why: email, phone, name."""

    one: ClientRow
    other: ClientRow
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientSaved:
    """A saved card: which fields changed, and who else it may be (a warning, never a refusal)."""

    client_id: int
    changed: tuple[str, ...]
    similar: tuple[DuplicateHint, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that was made: its id undoes it, ``root_id`` is the client that now stands for both."""

    merge_id: int
    root_id: int


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """Where a page of history ends; ``rank`` and ``id`` tell rows of the same instant apart."""

    at: datetime
    rank: int
    id: int


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of a client's history, newest first.

    ``area`` is card, merge, credits, sale or refund; ``kind`` is the event within it (a card's: created,
    edited, archived, restored, imported, import_undone, merged, unmerged; a merge's: merge, unmerge; an
    operation's kind of the ledger; sale; refund or void). ``fields`` are the changed fields of a card,
    ``credits`` what an operation added or took, ``amount`` the money of a sale or refund, ``subject`` its
    receipt number or the other client's name. ``standing`` says how a refund stands now
    (`frontdesk.services.views.standings`): ``amount`` and ``credits`` are then what of it did not fail,
    ``set_aside`` credits wait for Stripe (S6).
    """

    id: int
    at: datetime
    area: str
    kind: str
    staff: str
    desk: str
    client_id: int
    fields: tuple[str, ...] = ()
    credits: int | None = None
    amount: Money | None = None
    subject: str = ""
    standing: str = ""
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of history; ``more`` begins the next one, None at the end."""

    rows: tuple[HistoryRow, ...]
    more: HistoryKey | None
