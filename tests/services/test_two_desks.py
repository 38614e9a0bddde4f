"""Two desks at the same moment: of two changes that exclude each other exactly one is made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from frontdesk.errors import FrontdeskError
from frontdesk.services.class_types import add_class_type, class_type_rows
from frontdesk.services.client_group import client_group
from frontdesk.services.client_rows import client_page
from frontdesk.services.clients import create_client
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.drafts.settings import StudioSettingsDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.package_lists import package_detail, packages_on_sale
from frontdesk.services.packages import publish_package, save_package
from frontdesk.services.sales import sell
from frontdesk.services.settings import change_studio, studio_view
from frontdesk.services.staff import add_staff, archive_staff, staff_rows
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from tests.builders import PACK, make_client, make_package

ROUNDS = 5
#: On SQLite the whole transaction is the lock.
on_a_server = pytest.mark.parametrize(
    "databases", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
_WAITING = (
    "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock')"
)


def at_once(*runs: Callable[[], Any]) -> list[str]:
    """Runs all of them at the same moment, each in a thread; the codes of those that were refused."""
    start = threading.Barrier(len(runs))
    codes: list[str] = []

    def go(run: Callable[[], Any]) -> None:
        start.wait(10)
        try:
            run()
        except FrontdeskError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=go, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return codes


def test_somebody_stays_when_two_desks_archive_each_other(office: Office, actor: Actor) -> None:
    for number in range(ROUNDS):
        ben = office.write(add_staff, actor, None, StaffDraft(f"Ben {number}")).value
        first = next(one.id for one in office.read(staff_rows) if not one.archived and one.id != ben)
        codes = at_once(
            partial(office.write, archive_staff, actor, None, first),
            partial(office.write, archive_staff, actor, None, ben),
        )
        assert codes == ["staff.last_one"]


def test_a_name_is_given_once(office: Office, actor: Actor) -> None:
    for number in range(ROUNDS):
        draft = ClassTypeDraft(f"Yoga {number}")
        add = partial(office.write, add_class_type, actor, None, draft)
        assert at_once(add, add) == ["draft.invalid"]
    assert len(office.read(class_type_rows)) == ROUNDS


def test_one_of_two_packages_of_a_name_goes_on_sale(office: Office, actor: Actor) -> None:
    """P6."""
    a, b = (make_package(office, actor, publish=False) for _ in range(2))
    codes = at_once(
        partial(office.write, publish_package, actor, None, a),
        partial(office.write, publish_package, actor, None, b),
    )
    assert codes == ["draft.invalid"]
    assert len(office.read(packages_on_sale)) == 1


def test_one_of_two_saves_of_a_package_counts(office: Office, actor: Actor) -> None:
    """P4: the other one is told, and overwrites nothing."""
    package_id = make_package(office, actor)
    dearer, fewer = replace(PACK, bonus=3), replace(PACK, credits=9)
    codes = at_once(
        partial(office.write, save_package, actor, None, package_id, dearer, 1),
        partial(office.write, save_package, actor, None, package_id, fewer, 1),
    )
    assert codes == ["package.changed"]
    assert len(office.read(package_detail, package_id).versions) == 2


def test_two_clients_are_not_merged_into_each_other(office: Office, actor: Actor) -> None:
    """D4: an alias never leads in a circle."""
    for _ in range(ROUNDS):
        a, b = make_client(office, actor), make_client(office, actor)
        codes = at_once(
            partial(office.write, merge_clients, actor, None, a, b),
            partial(office.write, merge_clients, actor, None, b, a),
        )
        assert codes == ["merge.with_itself"]
        assert sorted(office.read(client_group, a)) == [a, b]


def test_merges_that_meet_make_one_group(office: Office, actor: Actor) -> None:
    """D4."""
    for _ in range(ROUNDS):
        a, b, c = (make_client(office, actor) for _ in range(3))
        codes = at_once(
            partial(office.write, merge_clients, actor, None, a, b),
            partial(office.write, merge_clients, actor, None, b, c),
        )
        assert codes == []
        assert sorted(office.read(client_group, a)) == [a, b, c]


def test_a_member_code_is_given_once(office: Office, actor: Actor) -> None:
    """D1: by the database where both desks asked before either wrote."""
    codes = at_once(
        partial(office.write, create_client, actor, None, ClientDraft("Mira", member_code="MX-1")),
        partial(office.write, create_client, actor, None, ClientDraft("Ben", member_code="MX-1")),
    )
    assert len(codes) == 1
    assert codes[0] in ("draft.invalid", "books.refused")
    assert len(office.read(client_page).rows) == 1


# --- While the other desk is in the middle of it -----------------------------------------------------


def waits_for_a_lock(reading: Reading) -> bool:
    """Whether some desk waits for another one's transaction."""
    return bool(reading.connection.exec_driver_sql(_WAITING).scalar_one())


def in_the_middle(
    office: Office, actor: Actor, first: Callable[[UnitOfWork], Any], *second: Any
) -> list[str]:
    """Runs ``first``, and ``second`` between its work and its commit; the codes of those refused."""
    codes: list[str] = []

    def run(*command: Any) -> None:
        try:
            office.write(command[0], actor, None, *command[1:])
        except FrontdeskError as error:
            codes.append(error.code)

    other = threading.Thread(target=run, args=second)

    def first_and_wait(work: UnitOfWork) -> None:
        first(work)
        other.start()
        while other.is_alive() and not office.read(waits_for_a_lock):
            other.join(0.01)

    run(first_and_wait)
    other.join(30)
    return codes


@on_a_server
def test_the_last_staff_member_stays_while_another_desk_archives(office: Office, actor: Actor) -> None:
    ben = office.write(add_staff, actor, None, StaffDraft("Ben")).value
    codes = in_the_middle(office, actor, lambda work: archive_staff(work, actor.staff_id), archive_staff, ben)
    assert codes == ["staff.last_one"]


@on_a_server
def test_a_name_is_taken_as_soon_as_another_desk_takes_it(office: Office, actor: Actor) -> None:
    yoga, cleo = ClassTypeDraft("Yoga"), StaffDraft("Cleo")
    assert in_the_middle(office, actor, lambda work: add_class_type(work, yoga), add_class_type, yoga) == [
        "draft.invalid"
    ]
    assert in_the_middle(office, actor, lambda work: add_staff(work, cleo), add_staff, cleo) == [
        "draft.invalid"
    ]


@on_a_server
def test_the_currency_is_locked_while_another_desk_makes_the_first_sale(office: Office, actor: Actor) -> None:
    """S9."""
    mira, package_id = make_client(office, actor), make_package(office, actor)
    (offer,) = office.read(packages_on_sale)
    draft = SaleDraft(
        mira, (SaleLineDraft(package_id, offer.version_id),), payments=(PaymentDraft("cash", offer.price),)
    )
    euros = StudioSettingsDraft("Sunrise", "EUR", "Europe/Berlin")
    codes = in_the_middle(office, actor, lambda work: sell(work, draft), change_studio, euros)
    assert codes == ["draft.invalid"]
    assert office.read(studio_view).currency == "USD"


@on_a_server
def test_a_client_merged_at_another_desk_is_merged_as_who_they_are_now(office: Office, actor: Actor) -> None:
    """D4."""
    a, b, c = (make_client(office, actor) for _ in range(3))
    codes = in_the_middle(office, actor, lambda work: merge_clients(work, b, c), merge_clients, a, b)
    assert codes == []
    assert office.read(client_group, a) == (c, a, b)
