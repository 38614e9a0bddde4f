"""A client's history: every kind of event in one list, the newest first (D1, D4)."""

from __future__ import annotations

from frontdesk.models.money import Money
from frontdesk.services.client_history import client_history
from frontdesk.services.clients import archive_client, change_alert
from frontdesk.services.credits import adjust
from frontdesk.services.drafts.credits import AdjustDraft, VisitDraft
from frontdesk.services.drafts.sales import VoidSaleDraft
from frontdesk.services.merging import merge_clients, undo_merge
from frontdesk.services.office import Office
from frontdesk.services.settling import settle_visits
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.clients import HistoryKey, HistoryRow
from frontdesk.services.visits import record_visit
from frontdesk.services.void_sale import void_sale
from tests.builders import SetClock, make_client, make_package, make_sale
from tests.services.problems import refused


def history(office: Office, client_id: int) -> tuple[HistoryRow, ...]:
    return office.read(client_history, client_id).rows


def test_all_that_happened_is_told_with_who_and_where(office: Office, actor: Actor, clock: SetClock) -> None:
    mira = make_client(office, actor)
    clock.pass_time(minutes=1)
    office.write(change_alert, actor, None, mira, "knee")
    clock.pass_time(minutes=1)
    sold = make_sale(office, actor, mira, make_package(office, actor))
    clock.pass_time(minutes=1)
    office.write(adjust, actor, None, AdjustDraft(mira, -3, "correction", "counted wrong"))
    rows = history(office, mira)
    assert [(one.area, one.kind) for one in rows] == [
        ("credits", "adjust_minus"),
        ("sale", "sale"),
        ("card", "edited"),
        ("card", "created"),
    ]
    assert {(one.staff, one.desk) for one in rows} == {("Ana", "Front desk")}
    assert rows[0].credits == -3
    assert (rows[1].credits, rows[1].amount, rows[1].subject) == (12, Money(9000, "USD"), sold.receipt)
    assert rows[2].fields == ("alert",)
    assert rows[0].at == clock.at


def test_a_sale_taken_back_is_told_with_both_sides(office: Office, actor: Actor, clock: SetClock) -> None:
    """S2."""
    mira = make_client(office, actor)
    sold = make_sale(office, actor, mira, make_package(office, actor))
    clock.pass_time(minutes=1)
    office.write(void_sale, actor, None, VoidSaleDraft(sold.sale_id, "wrong_client"))
    newest = history(office, mira)[0]
    assert (newest.area, newest.kind, newest.credits, newest.amount, newest.subject) == (
        "refund",
        "void",
        -12,
        Money(-9000, "USD"),
        "D1-R-000001",
    )


def test_merging_keeps_both_histories(office: Office, actor: Actor, clock: SetClock) -> None:
    """D4."""
    mira, double = make_client(office, actor), make_client(office, actor, "Mira O.")
    clock.pass_time(minutes=1)
    merge_id = office.write(merge_clients, actor, None, double, mira).value.merge_id
    for asked in (mira, double):
        rows = history(office, asked)
        assert [(one.area, one.kind) for one in rows] == [
            ("merge", "merge"),
            ("card", "created"),
            ("card", "created"),
        ]
        assert rows[0].subject == "Mira O."
    clock.pass_time(minutes=1)
    office.write(undo_merge, actor, None, merge_id)
    assert [(one.kind, one.subject) for one in history(office, mira)] == [
        ("unmerge", "Mira O."),
        ("merge", "Mira O."),
        ("created", ""),
    ]
    assert [(one.kind, one.subject) for one in history(office, double)] == [
        ("unmerge", "Mira Okafor"),
        ("merge", "Mira Okafor"),
        ("created", ""),
    ]


def test_pages_tell_every_row_once_though_many_are_of_one_instant(office: Office, actor: Actor) -> None:
    mira = make_client(office, actor)
    package_id = make_package(office, actor)
    for number in range(3):
        make_sale(office, actor, mira, package_id)
        office.write(change_alert, actor, None, mira, f"alert {number}")
        office.write(adjust, actor, None, AdjustDraft(mira, 1, "goodwill", "gift"))
    office.write(archive_client, actor, None, mira)
    whole = history(office, mira)
    assert len(whole) == 11
    told: list[HistoryRow] = []
    key: HistoryKey | None = None
    while True:
        page = office.read(client_history, mira, key, 2)
        told += page.rows
        key = page.more
        if key is None:
            break
    assert tuple(told) == whole
    assert len({(one.area, one.id) for one in told}) == 11


def test_an_unknown_client_has_no_history(office: Office, actor: Actor) -> None:
    assert refused(office.read, client_history, 99) == "client.unknown"


def test_a_visit_paid_by_credits_bought_after_it_is_no_settling(
    office: Office, actor: Actor, clock: SetClock
) -> None:
    """C12: at 9:30 was the class, at 10:45 they paid; another one had waited for credits since last week."""
    mira, pack = make_client(office, actor), make_package(office, actor)
    class_at = clock.at
    waiting = VisitDraft(mira, 1, class_at, None, "Workshop", when_short="unpaid")
    office.write(record_visit, actor, None, waiting)
    clock.pass_time(hours=1)
    make_sale(office, actor, mira, pack)
    office.write(record_visit, actor, None, VisitDraft(mira, 1, class_at, None, "Yoga"))
    office.write(settle_visits, actor, None, mira)
    kinds = [row.kind for row in history(office, mira) if row.area == "credits"]
    assert kinds == ["settle_visit", "visit_paid_after", "unpaid_visit"]
