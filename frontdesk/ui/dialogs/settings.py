"""Dialogs of the Settings screen: a desk, a staff member, a class type."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QCoreApplication

from frontdesk.errors import FrontdeskError, Problem
from frontdesk.services.drafts.class_types import COLOURS, MOST_CREDITS, ClassTypeDraft
from frontdesk.services.drafts.settings import DeskDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.views.settings import ClassTypeRow, DeskRow, StaffRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.widgets.class_type_picker import colour_dot
from frontdesk.ui.widgets.fields import IntField, Select, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

Save = Callable[[Any], Coroutine[Any, Any, Any]]
# Linguist knows calls of this name.
translate = QCoreApplication.translate


class _DraftDialog(SheetDialog):
    """A short form whose draft is handed to `save`."""

    def __init__(
        self, context: UiContext, title: str, verb: str, save: Save, *, name: str, about: object
    ) -> None:
        super().__init__(context, title, name=name, width=440, about=about)
        self._save = save
        self.form = self.add_form(Form(context.messages, name=f"{name}Form"))
        self.set_primary(verb, self._take, name=f"{name}SaveButton")

    def draft(self, values: dict[str, Any]) -> Any:
        """The draft that these values make; fields that cannot be read are missing."""
        raise NotImplementedError

    def _take(self) -> None:
        problems = []
        for key in self.form.field_keys():
            try:
                self.form[key].value()
            except FrontdeskError as error:
                problems.append(Problem(key, error.code, error.params))
        known = {problem.field for problem in problems}
        draft = self.draft(self.form.readable_values())
        problems += [problem for problem in draft.problems() if problem.field not in known]
        if not self.form.show_problems(problems):
            self.commit(self._save(draft))


class DeskDialog(_DraftDialog):
    """A new desk with its prefix, or another name for one (S1)."""

    def __init__(self, context: UiContext, desk: DeskRow | None, save: Save, prefix: str = "") -> None:
        """`prefix` is the one that a new desk is offered."""
        title = translate("DeskDialog", "Rename desk") if desk else translate("DeskDialog", "New desk")
        verb = translate("DeskDialog", "Rename") if desk else translate("DeskDialog", "Add desk")
        super().__init__(context, title, verb, save, name="deskDialog", about=desk.id if desk else "new")
        self._desk = desk
        self.form.add(
            "name",
            self.tr("Name"),
            TextField(desk.name if desk else "", name="deskName"),
            required=True,
        )
        if desk is None:
            begins = TextField(prefix, name="deskPrefix")
            begins.setMaximumWidth(140)
            self.form.add(
                "prefix",
                self.tr("Receipt numbers begin with"),
                begins,
                required=True,
                help=self.tr("It cannot be changed later, since printed receipts carry it."),
            )

    def draft(self, values: dict[str, Any]) -> DeskDraft:
        """What was typed; a desk keeps its prefix."""
        prefix = self._desk.prefix if self._desk else values.get("prefix", "")
        return DeskDraft(values.get("name", ""), prefix)


class StaffDialog(_DraftDialog):
    """A new staff member, or another name for one."""

    def __init__(self, context: UiContext, staff: StaffRow | None, save: Save) -> None:
        title = (
            translate("StaffDialog", "Rename staff member")
            if staff
            else translate("StaffDialog", "New staff member")
        )
        verb = translate("StaffDialog", "Rename") if staff else translate("StaffDialog", "Add")
        super().__init__(context, title, verb, save, name="staffDialog", about=staff.id if staff else "new")
        self.form.add(
            "name",
            self.tr("Name"),
            TextField(staff.name if staff else "", name="staffName"),
            required=True,
            help=self.tr("As receipts and every line of the ledger show it, also those of the past."),
        )

    def draft(self, values: dict[str, Any]) -> StaffDraft:
        """What was typed."""
        return StaffDraft(values.get("name", ""))


class ClassTypeDialog(_DraftDialog):
    """A new class type, or other terms for one (C13)."""

    def __init__(self, context: UiContext, row: ClassTypeRow | None, save: Save) -> None:
        title = (
            translate("ClassTypeDialog", "Edit class type")
            if row
            else translate("ClassTypeDialog", "New class type")
        )
        verb = translate("ClassTypeDialog", "Save") if row else translate("ClassTypeDialog", "Add class type")
        super().__init__(context, title, verb, save, name="classTypeDialog", about=row.id if row else "new")
        self.form.add(
            "name", self.tr("Name"), TextField(row.name if row else "", name="classTypeName"), required=True
        )
        cost = IntField(
            context.formats,
            row.cost if row else 1,
            most=MOST_CREDITS,
            suffix=self.tr("credits"),
            name="classTypeCost",
        )
        self.form.add(
            "cost",
            self.tr("A booking costs"),
            cost,
            required=True,
            help=self.tr("0 is a free class. A new cost counts for what is booked from now on."),
        )
        colour = Select(
            [(colour_name(one), one) for one in COLOURS],
            row.colour if row else "teal",
            name="classTypeColour",
        )
        for at, one in enumerate(COLOURS):
            colour.setItemIcon(at, colour_dot(one))
        colour.setMaximumWidth(200)
        self.form.add("colour", self.tr("Colour"), colour)

    def draft(self, values: dict[str, Any]) -> ClassTypeDraft:
        """What was typed."""
        return ClassTypeDraft(values.get("name", ""), values.get("cost"), values.get("colour", "teal"))


def colour_name(colour: str) -> str:
    """The colour of a class type in words."""
    return {
        "teal": translate("colours", "Teal"),
        "blue": translate("colours", "Blue"),
        "indigo": translate("colours", "Indigo"),
        "violet": translate("colours", "Violet"),
        "pink": translate("colours", "Pink"),
        "red": translate("colours", "Red"),
        "orange": translate("colours", "Orange"),
        "yellow": translate("colours", "Yellow"),
        "green": translate("colours", "Green"),
        "grey": translate("colours", "Grey"),
    }.get(colour, colour)
