"""The credit statement, its balances and its sentences (C2, C15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from frontdesk.messages import templates
from frontdesk.messages.credit_words import words
from frontdesk.messages.sentences import credits_in_words, sentence
from frontdesk.models.ledger import OP_KINDS
from frontdesk.services.bulk_extending import extend_in_bulk, undo_bulk_extension
from frontdesk.services.drafts import credits as drafts
from frontdesk.services.drafts.credits import BulkExtendDraft, ReviveDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.reviving import revive
from frontdesk.services.settling import settle_visits
from frontdesk.services.statement import credit_statement
from frontdesk.services.views.statement import LineLot, StatementKey, StatementLine
from tests.services.credit_desk import BERLIN, WHY, CreditDesk, berlin


class PlainFormats:
    """ISO dates and times of Berlin."""

    def number(self, value: int) -> str:
        """A whole number with a true minus."""
        return str(value).replace("-", "−")

    def date(self, day: date) -> str:
        """A day."""
        return day.isoformat()

    def instant(self, instant: datetime) -> str:
        """Day and time."""
        return f"{instant.astimezone(BERLIN):%Y-%m-%d %H:%M}"


FORMATS = PlainFormats()


def told(desk: CreditDesk, client_id: int | None = None) -> list[str]:
    """The statement's sentences, the oldest first."""
    return [sentence(line, FORMATS) for line in reversed(desk.lines(client_id))]


# --- Lines and balances ------------------------------------------------------------------------------


def test_balance_is_the_sum_of_all_entries_so_far(desk: CreditDesk) -> None:
    """C15: lines in the order of effective time, then number; a hold is a line without a change."""
    desk.sell()
    desk.visit(3)
    desk.freeze(last=date(2027, 1, 6))
    desk.at(2027, 1, 7)
    desk.plus(2, last_day=date(2027, 1, 8))
    desk.at(2027, 1, 20)
    desk.adjust(-1)
    lines = list(reversed(desk.lines()))
    assert [(line.kind, line.change, line.balance) for line in lines] == [
        ("sale", 12, 12),
        ("visit", -3, 9),
        ("freeze", None, 9),
        ("adjust_plus", 2, 11),
        ("expire", -2, 9),
        ("adjust_minus", -1, 8),
    ]
    assert desk.usable() == 8


def test_expiry_found_late_stands_where_it_took_effect(desk: CreditDesk) -> None:
    """C5, C15: effective at the expiry, recorded at the run, and nobody did it."""
    desk.plus(2, last_day=date(2027, 1, 8))
    desk.at(2027, 1, 20)
    desk.plus(1)
    line = desk.lines()[1]
    assert (line.kind, line.at, line.recorded_at, line.staff) == (
        "expire",
        berlin(2027, 1, 9, 0, 0),
        berlin(2027, 1, 20),
        None,
    )


def test_pages_join_without_gap_or_overlap(desk: CreditDesk) -> None:
    """C15: the running balance goes on over the pages."""
    desk.plus(30)
    for _ in range(9):
        desk.visit()
    whole = desk.lines()
    pages: list[StatementLine] = []
    key: StatementKey | None = None
    while True:
        page = desk.see(credit_statement, desk.mira, key, 4)
        pages += page.lines
        key = page.next
        if key is None:
            break
    assert pages == list(whole)
    assert [line.balance for line in pages] == [21, 22, 23, 24, 25, 26, 27, 28, 29, 30]


def test_statement_of_a_client_without_credits_is_empty(desk: CreditDesk) -> None:
    page = desk.see(credit_statement, desk.mira)
    assert (page.lines, page.next) == ((), None)


def test_line_tells_the_expiry_that_the_lot_had_then(desk: CreditDesk) -> None:
    """C15: a later extension doesn't rewrite what earlier lines said."""
    lot_id = desk.plus(2, last_day=date(2027, 1, 31))
    desk.extend(lot_id, date(2027, 2, 28))
    desk.visit()
    assert [line.lots[0].last_day for line in desk.lines()] == [
        date(2027, 2, 28),
        date(2027, 2, 28),
        date(2027, 1, 31),
    ]


def test_merged_clients_have_one_statement(desk: CreditDesk) -> None:
    """C15, D4"""
    twin = desk.client("Mira O.")
    desk.plus(2), desk.plus(3, twin)
    desk.do(merge_clients, twin, desk.mira)
    desk.visit(4)
    assert [line.balance for line in desk.lines()] in ([1, 3, 5, 2], [1, 2, 5, 2], [1, 4, 5, 2])
    assert desk.lines(twin) == desk.lines()


def test_visit_offers_undo_until_it_is_undone(desk: CreditDesk) -> None:
    """C8"""
    desk.plus(2)
    visit = desk.visit()
    assert desk.lines()[0].actions == ("undo_visit", "change_lot")
    desk.undo(visit.visit_id)
    assert [line.actions for line in desk.lines()] == [(), (), ()]


# --- Sentences ---------------------------------------------------------------------------------------


def test_every_kind_of_act_reads_as_a_sentence(desk: CreditDesk) -> None:
    """C15"""
    tom = desk.client("Tom Ode")
    desk.sell(name="Ten pack")
    desk.plus(3, title="Open day", last_day=date(2027, 1, 10), reason_code="event", note="Open day prize")
    desk.adjust(-1, reason_code="correction", note="Counted twice!")
    visit = desk.visit(3, class_at=berlin(2027, 1, 4, 18), title="Aerial yoga")
    desk.undo(visit.visit_id, "Wrong person")
    assert told(desk) == [
        "12 credits bought: 10 × “Ten pack” (through 2027-04-04) and 2 × “Ten pack”, bonus"
        f" (through 2027-04-04). Receipt {desk.lines()[-1].receipt}.",
        "3 credits added: “Open day” (through 2027-01-10). Event: Open day prize.",
        "1 credit taken away from “Open day” (through 2027-01-10). Correction: Counted twice!",
        "Aerial yoga, class on 2027-01-04 18:00: 3 credits from 2 × “Open day” (through 2027-01-10)"
        " and 1 × “Ten pack”, bonus (through 2027-04-04).",
        "Aerial yoga, class on 2027-01-04 18:00, taken back: 3 credits returned to 1 × “Ten pack”, bonus"
        " (through 2027-04-04) and 2 × “Open day” (through 2027-01-10). Wrong person.",
    ]
    assert tom


def test_expiry_freeze_extension_and_transfer_read_as_sentences(desk: CreditDesk) -> None:
    """C15"""
    tom = desk.client("Tom Ode")
    lot_id = desk.plus(3, title="Gift", last_day=date(2027, 1, 10))
    freeze_id = desk.freeze(last=date(2027, 1, 6)).freeze_id
    desk.clock.pass_time(minutes=1)
    desk.unfreeze(freeze_id)
    desk.freeze(date(2027, 1, 8))
    desk.at(2027, 1, 5)
    desk.unfreeze(desk.account().freezes[0].freeze_id)
    desk.at(2027, 1, 12)
    desk.extend(lot_id, date(2027, 1, 20))
    batch = desk.do(extend_in_bulk, BulkExtendDraft(7, "closure", "Summer break")).batch
    desk.do(undo_bulk_extension, batch)
    desk.transfer(lot_id, tom, 1)
    assert told(desk)[1:] == [
        "Credits frozen from 2027-01-04 through 2027-01-06: “Gift” (through 2027-01-13;"
        " was through 2027-01-10). Goodwill: because.",
        "Freeze ended: “Gift” (through 2027-01-10; was through 2027-01-13).",
        "Credits frozen from 2027-01-08 until further notice: “Gift” (through 2027-01-10)."
        " Goodwill: because.",
        "Freeze ended: “Gift” (through 2027-01-10).",
        "3 credits expired: “Gift” (through 2027-01-10).",
        "Expiry changed: “Gift” (through 2027-01-20; was through 2027-01-10). 3 credits usable again."
        " Goodwill: because.",
        "Expiry extended: “Gift” (through 2027-01-27; was through 2027-01-20). Studio closed: Summer break.",
        "Extension taken back: “Gift” (through 2027-01-20; was through 2027-01-27).",
        "1 credit given to Tom Ode, from “Gift” (through 2027-01-20). Goodwill: because.",
    ]
    assert told(desk, tom) == [
        "1 credit received from Mira Okafor: “Gift” (through 2027-01-20). Goodwill: because."
    ]


def test_unpaid_settled_free_and_revived_visits_read_as_sentences(desk: CreditDesk) -> None:
    """C9, C12, C13, C15"""
    class_at = berlin(2027, 1, 4, 7)
    desk.visit(2, class_at=class_at, title="Yoga", when_short="unpaid")
    desk.visit(0, class_at=class_at, title="Taster")
    desk.plus(3, title="Gift", last_day=date(2027, 1, 10))
    desk.do(settle_visits, desk.mira)
    visit = desk.visit(1, title="Dance", class_at=berlin(2027, 1, 4, 9))
    desk.at(2027, 1, 12)
    undone = desk.undo(visit.visit_id)
    desk.do(revive, ReviveDraft(undone.op_id, 3, **WHY))
    sentences = told(desk)
    assert sentences[:2] == [
        "Yoga, class on 2027-01-04 07:00: attended without credits, 2 credits still to be paid.",
        "Taster, class on 2027-01-04 07:00: no credits needed.",
    ]
    assert sentences[3:] == [
        "Yoga, class on 2027-01-04 07:00, paid afterwards: 2 credits from “Gift” (through 2027-01-10).",
        "Dance, class on 2027-01-04 09:00: 1 credit from “Gift” (through 2027-01-10).",
        "Dance, class on 2027-01-04 09:00, taken back: 1 credit returned to “Gift” (through 2027-01-10),"
        " expired meanwhile.",
        "1 credit revived: “Gift” (through 2027-01-15). Goodwill: because.",
    ]


LINE = StatementLine(
    op_id=1,
    kind="sale",
    at=datetime(2027, 1, 4, 8, tzinfo=UTC),
    recorded_at=datetime(2027, 1, 4, 8, tzinfo=UTC),
    staff="Ana",
    change=1,
    balance=1,
    lots=(LineLot(1, "Pack", "purchased", 1, ("grant",), None),),
)


@pytest.mark.parametrize("kind", OP_KINDS)
def test_every_kind_of_operation_has_a_sentence(kind: str) -> None:
    """C15"""
    text = sentence(replace(LINE, kind=kind, class_at=LINE.at, receipt="R-1", hold_kind="refund"), FORMATS)
    assert text and "{" not in text


def test_an_import_says_once_that_it_was_one() -> None:
    """C15."""
    for kind in ("import", "undo_import"):
        text = sentence(replace(LINE, kind=kind, reason_code="import", note=""), FORMATS)
        assert text.endswith(".") and not text.endswith("import.")


def test_sentences_go_through_the_readers_language() -> None:
    """U7"""
    asked: list[str] = []

    def translate(text: str) -> str:
        asked.append(text)
        return text

    sentence(LINE, FORMATS, translate)
    assert asked and set(asked) <= set(templates().values())
    assert credits_in_words(12, FORMATS) == "12 credits"


def test_every_reason_has_words() -> None:
    """C10"""
    for codes in (
        drafts.ADJUST_REASONS,
        drafts.EXTEND_REASONS,
        drafts.FREEZE_REASONS,
        drafts.TRANSFER_REASONS,
    ):
        for code in codes:
            assert code in drafts.REASON_CODES
            assert words("reason", code) != code
