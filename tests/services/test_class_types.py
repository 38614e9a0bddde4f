"""Class types: names that differ, costs from 0 to 100 credits, and the order of the list (C13)."""

from __future__ import annotations

from frontdesk.services.changes import Topic
from frontdesk.services.class_types import (
    add_class_type,
    archive_class_type,
    class_type_rows,
    edit_class_type,
    reorder_class_types,
    restore_class_type,
)
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.services.problems import invalid, refused


def add(office: Office, actor: Actor, *names: str) -> list[int]:
    return [office.write(add_class_type, actor, None, ClassTypeDraft(name)).value for name in names]


def names(office: Office) -> list[str]:
    return [one.name for one in office.read(class_type_rows)]


def test_class_types_are_listed_in_the_order_they_came(office: Office, actor: Actor) -> None:
    add(office, actor, "Yoga", "Aerial", "Workshop")
    assert names(office) == ["Yoga", "Aerial", "Workshop"]


def test_a_class_type_is_edited(office: Office, actor: Actor) -> None:
    """C13: 0 is a free class."""
    (yoga,) = add(office, actor, "Yoga")
    outcome = office.write(edit_class_type, actor, None, yoga, ClassTypeDraft(" Yoga  flow ", 0, "violet"))
    assert outcome.changes[0].touches(Topic.CLASS_TYPES, yoga)
    row = office.read(class_type_rows)[0]
    assert (row.name, row.cost, row.colour) == ("Yoga flow", 0, "violet")


def test_names_differ_among_those_on_offer(office: Office, actor: Actor) -> None:
    yoga, aerial = add(office, actor, "Yoga", "Aerial")
    taken = {("name", "class_type.name_taken")}
    assert invalid(office.write, add_class_type, actor, None, ClassTypeDraft("YÓGA")) == taken
    assert invalid(office.write, edit_class_type, actor, None, aerial, ClassTypeDraft("yoga")) == taken
    office.write(archive_class_type, actor, None, yoga)
    office.write(edit_class_type, actor, None, aerial, ClassTypeDraft("yoga"))
    assert invalid(office.write, restore_class_type, actor, None, yoga) == taken


def test_archived_class_types_stay_on_the_list_and_come_back(office: Office, actor: Actor) -> None:
    (yoga,) = add(office, actor, "Yoga")
    office.write(archive_class_type, actor, None, yoga)
    assert office.write(archive_class_type, actor, None, yoga).changes == ()
    assert [one.archived for one in office.read(class_type_rows)] == [True]
    office.write(restore_class_type, actor, None, yoga)
    assert [one.archived for one in office.read(class_type_rows)] == [False]


def test_a_part_of_the_list_is_sorted_in_its_own_places(office: Office, actor: Actor) -> None:
    a, b, c, d = add(office, actor, "A", "B", "C", "D")
    office.write(archive_class_type, actor, None, b)
    office.write(reorder_class_types, actor, None, (d, a, c))
    assert names(office) == ["D", "B", "A", "C"]
    office.write(reorder_class_types, actor, None, (a, a, d))
    assert names(office) == ["A", "B", "D", "C"]


def test_unknown_class_types_are_refused(office: Office, actor: Actor) -> None:
    (yoga,) = add(office, actor, "Yoga")
    assert refused(office.write, reorder_class_types, actor, None, (99, yoga)) == "class_type.unknown"
    assert (
        refused(office.write, edit_class_type, actor, None, 99, ClassTypeDraft("X")) == "class_type.unknown"
    )
    assert refused(office.write, archive_class_type, actor, None, 99) == "class_type.unknown"
    assert refused(office.write, restore_class_type, actor, None, 99) == "class_type.unknown"
    bad = ClassTypeDraft("X", 101)
    assert invalid(office.write, edit_class_type, actor, None, yoga, bad) == {("cost", "field.too_large")}
