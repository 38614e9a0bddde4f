"""The form of a package's terms (P1): its sections, and what hides when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from frontdesk.errors import FrontdeskError, Problem
from frontdesk.services.drafts.packages import MOST_CREDITS, MOST_PER_CLIENT, PackageDraft
from frontdesk.services.views.calendar import MAX_VALIDITY_DAYS, MAX_VALIDITY_MONTHS
from frontdesk.services.views.money import Money
from frontdesk.services.views.settings import ClassTypeRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.tokens import SPACE_3
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.class_type_picker import ClassTypePicker
from frontdesk.ui.widgets.fields import IntField, MoneyField, TextArea, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.rate_field import RateField

_KEYS = ("name", "description", "credits", "bonus", "price", "validity_kind", "validity_count",
         "validity_starts", "latest_start_days", "eligible", "per_client_limit", "online",
         "tax_milli_percent")  # fmt: skip


class PackageForm(Form):
    """Fields by the attributes of PackageDraft."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.messages, name="packageForm")
        self._formats = context.formats
        self._add_words()
        self._add_offer()
        self._add_validity()
        self._add_rules()
        self.edited.connect(self._arrange)
        self._arrange()

    def set_class_types(self, rows: Iterable[ClassTypeRow]) -> None:
        """Offers these for eligibility."""
        self["eligible"].set_class_types(rows)

    def show_draft(self, draft: PackageDraft) -> None:
        """Shows these terms; nothing counts as typed."""
        self.set_values(**{key: getattr(draft, key) for key in _KEYS})
        self._arrange()

    def draft(self) -> tuple[PackageDraft, tuple[Problem, ...]]:
        """What was typed as a draft, and all that is wrong with it, unreadable fields first (P6)."""
        self._empty_hidden()
        unreadable = []
        for key in _KEYS:
            try:
                self[key].value()
            except FrontdeskError as error:
                unreadable.append(Problem(key, error.code, error.params))
        draft = PackageDraft(**self.readable())
        known = {problem.field for problem in unreadable}
        others = (problem for problem in draft.problems() if problem.field not in known)
        return draft, (*unreadable, *others)

    def readable(self) -> dict[str, Any]:
        """The attributes of a draft that can be read now, for the sentence on top."""
        return self._as_draft(self.readable_values())

    # Pieces

    def _section(self, title: str) -> None:
        heading = Text(title, "section")
        heading.setContentsMargins(0, SPACE_3, 0, 0)
        self.add_widget(heading)

    def _add_words(self) -> None:
        self.add("name", self.tr("Name"), TextField(name="packageName"), required=True)
        description = TextArea(name="packageDescription", lines=2)
        description.setFixedHeight(description.minimumHeight())
        self.add("description", self.tr("Description"), description)

    def _add_offer(self) -> None:
        self._section(self.tr("What it holds"))
        number = self._formats
        self.add(
            "credits",
            self.tr("Credits"),
            IntField(number, least=1, most=MOST_CREDITS, name="packageCredits"),
            required=True,
        )
        self.add(
            "bonus", self.tr("Bonus credits"), IntField(number, 0, most=MOST_CREDITS, name="packageBonus")
        )
        self.add("price", self.tr("Price"), MoneyField(number, name="packagePrice"), required=True)
        self.side_by_side("credits", "bonus", "price")

    def _add_validity(self) -> None:
        self._section(self.tr("How long"))
        kinds = [
            (self.tr("Days"), "days"),
            (self.tr("Months"), "months"),
            (self.tr("Never"), "never"),
        ]
        self.add("validity_kind", self.tr("Validity"), Segments(kinds, "days", name="packageValidityKind"))
        self.add(
            "validity_count",
            self.tr("Valid for"),
            IntField(self._formats, least=1, most=MAX_VALIDITY_DAYS, name="packageValidityCount"),
            required=True,
        )
        self.side_by_side("validity_kind", "validity_count")
        starts = [(self.tr("From purchase"), "purchase"), (self.tr("From first class"), "first_class")]
        self.add(
            "validity_starts", self.tr("Counted"), Segments(starts, "purchase", name="packageValidityStarts")
        )
        self.add(
            "latest_start_days",
            self.tr("Latest start"),
            IntField(
                self._formats, most=MAX_VALIDITY_DAYS, suffix=self.tr("days"), name="packageLatestStart"
            ),
            required=True,
            help=self.tr("So many days after the purchase the time runs, also without a class."),
        )

    def _add_rules(self) -> None:
        self._section(self.tr("Who and where"))
        self.add("eligible", self.tr("Classes it may be used for"), ClassTypePicker(name="packageEligible"))
        self.add(
            "per_client_limit",
            self.tr("Limit per client"),
            IntField(
                self._formats, least=1, most=MOST_PER_CLIENT, name="packageLimit", placeholder=self.tr("none")
            ),
            help=self.tr("How often one client may buy it, e.g. 1 for an intro offer."),
        )
        where = [(self.tr("Desk only"), False), (self.tr("Desk and online"), True)]
        self.add("online", self.tr("Where it is sold"), Segments(where, False, name="packageOnline"))
        self.add("tax_milli_percent", self.tr("Tax rate"), RateField(self._formats, name="packageTax"))

    def _arrange(self) -> None:
        """Shows the fields that the chosen validity needs."""
        kind = self["validity_kind"].value()
        ends = kind != "never"
        self.set_visible("validity_count", ends)
        self.set_visible("validity_starts", ends)
        self.set_visible("latest_start_days", ends and self["validity_starts"].value() == "first_class")
        count: IntField = self["validity_count"]
        months = kind == "months"
        count.set_suffix(self.tr("months") if months else self.tr("days"))
        count.set_range(1, MAX_VALIDITY_MONTHS if months else MAX_VALIDITY_DAYS)

    def _empty_hidden(self) -> None:
        """What cannot be read in a hidden field must not stop a save where nobody sees why."""
        shown = {"validity_count": self["validity_kind"].value() != "never"}
        shown["latest_start_days"] = (
            shown["validity_count"] and self["validity_starts"].value() == "first_class"
        )
        for key, visible in shown.items():
            if not visible:
                try:
                    self[key].value()
                except FrontdeskError:
                    self[key].set_value(None)

    def _as_draft(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values as a PackageDraft has them, without those that the chosen validity has no use for."""
        made = dict(values)
        if isinstance(made.get("price"), int):
            made["price"] = Money(made["price"], self._formats.currency)
        if made.get("validity_kind") == "never":
            made.update(validity_count=None, validity_starts="purchase")
        if made.get("validity_starts") != "first_class":
            made["latest_start_days"] = None
        return made
