"""Two desks at the same moment: of two changes that exclude each other exactly one is made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from frontdesk.errors import FrontdeskError
from frontdesk.services.class_types import add_class_type, class_type_rows
from frontdesk.services.client_group import client_group
from frontdesk.services.client_rows import client_page
from frontdesk.services.clients import create_client
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.package_lists import package_detail, packages_on_sale
from frontdesk.services.packages import publish_package, save_package
from frontdesk.services.staff import add_staff, archive_staff, staff_rows
from frontdesk.services.unit_of_work import Actor
from tests.builders import PACK, make_client, make_package

ROUNDS = 5


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
