"""Staff names: somebody is always at the desk, and nobody is taken for somebody else."""

from __future__ import annotations

import pytest

from frontdesk.services.changes import Topic
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.office import Office
from frontdesk.services.staff import add_staff, archive_staff, rename_staff, restore_staff, staff_rows
from frontdesk.services.unit_of_work import Actor
from tests.services.problems import invalid, refused


@pytest.fixture
def ben(office: Office, actor: Actor) -> int:
    """A second staff member beside the owner, Ana."""
    return office.write(add_staff, actor, None, StaffDraft(" Ben ")).value


def names(office: Office) -> list[tuple[str, bool]]:
    return [(one.name, one.archived) for one in office.read(staff_rows)]


def test_staff_are_listed_by_name_with_the_archived_last(office: Office, actor: Actor, ben: int) -> None:
    office.write(add_staff, actor, None, StaffDraft("Ágnes"))
    office.write(archive_staff, actor, None, actor.staff_id)
    assert names(office) == [("Ágnes", False), ("Ben", False), ("Ana", True)]


def test_a_change_is_told_to_the_screens(office: Office, actor: Actor, ben: int) -> None:
    outcome = office.write(rename_staff, actor, None, ben, StaffDraft("Benno"))
    assert outcome.changes[0].touches(Topic.STAFF, ben)
    assert ("Benno", False) in names(office)


def test_two_staff_members_never_share_a_name(office: Office, actor: Actor, ben: int) -> None:
    taken = {("name", "staff.name_taken")}
    assert invalid(office.write, add_staff, actor, None, StaffDraft("BEN")) == taken
    assert invalid(office.write, rename_staff, actor, None, actor.staff_id, StaffDraft("bén")) == taken
    office.write(rename_staff, actor, None, ben, StaffDraft("BEN"))


def test_a_name_is_free_again_once_archived(office: Office, actor: Actor, ben: int) -> None:
    office.write(archive_staff, actor, None, ben)
    office.write(add_staff, actor, None, StaffDraft("Ben"))
    office.write(rename_staff, actor, None, ben, StaffDraft("BEN"))
    assert invalid(office.write, restore_staff, actor, None, ben) == {("name", "staff.name_taken")}
    office.write(rename_staff, actor, None, ben, StaffDraft("Ben B."))
    office.write(restore_staff, actor, None, ben)
    assert ("Ben B.", False) in names(office)


def test_the_last_staff_member_stays(office: Office, actor: Actor, ben: int) -> None:
    office.write(archive_staff, actor, None, ben)
    assert refused(office.write, archive_staff, actor, None, actor.staff_id) == "staff.last_one"
    office.write(restore_staff, actor, None, ben)
    office.write(archive_staff, actor, None, actor.staff_id)


def test_archiving_and_restoring_twice_change_nothing(office: Office, actor: Actor, ben: int) -> None:
    office.write(archive_staff, actor, None, ben)
    assert office.write(archive_staff, actor, None, ben).changes == ()
    office.write(restore_staff, actor, None, ben)
    assert office.write(restore_staff, actor, None, ben).changes == ()


def test_bad_names_and_unknown_people_are_refused(office: Office, actor: Actor) -> None:
    assert invalid(office.write, add_staff, actor, None, StaffDraft("")) == {("name", "field.required")}
    for use_case in (archive_staff, restore_staff):
        assert refused(office.write, use_case, actor, None, 99) == "staff.unknown"
    assert refused(office.write, rename_staff, actor, None, -1, StaffDraft("X")) == "staff.unknown"
