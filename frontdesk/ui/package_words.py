"""A package in words: the sentence a client reads, its terms one by one, and what a save changes (P1, P3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication

from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.views.calendar import Validity
from frontdesk.services.views.money import Money, plain_rate
from frontdesk.ui.formats import Formats

#: Attributes of a PackageDraft in the order they are told; the parts of the validity are one term.
_TOLD = ("name", "description", "credits", "bonus", "price", "validity", "eligible", "per_client_limit",
         "online", "tax_milli_percent")  # fmt: skip
_PARTS_OF_VALIDITY = frozenset(("validity_kind", "validity_count", "validity_starts", "latest_start_days"))
_SHORT = 60


# Linguist knows calls of this name.
translate = QCoreApplication.translate


class PackageWords:
    """Wording for packages. `class_types` are names by id."""

    def __init__(self, formats: Formats, class_types: Mapping[int, str] | None = None) -> None:
        self._formats = formats
        self.class_types: Mapping[int, str] = class_types or {}

    def status(self, status: str) -> str:
        """The status as its chip says it (P2)."""
        return {
            "draft": translate("PackageWords", "Draft"),
            "published": translate("PackageWords", "On sale"),
            "archived": translate("PackageWords", "Archived"),
        }.get(status, translate("PackageWords", "New"))

    def credits(self, count: int) -> str:
        """ "1 credit", "12 credits"."""
        return (
            translate("PackageWords", "1 credit")
            if count == 1
            else translate("PackageWords", "{n} credits").format(n=self._formats.number(count))
        )

    def times(self, count: int) -> str:
        """ "once", "3 times"."""
        return (
            translate("PackageWords", "once")
            if count == 1
            else translate("PackageWords", "{n} times").format(n=self._formats.number(count))
        )

    def plus(self, credits: int, bonus: int) -> str:
        """What is bought and what is given: "10 + 2" (P3)."""
        bought = self._formats.number(credits)
        if not bonus:
            return bought
        said = f"{bought} + {self._formats.number(bonus)}"
        mirrored = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
        # Isolated, or else the bonus would come first where text runs from right to left.
        return f"\u2066{said}\u2069" if mirrored else said

    def price(self, price: Money) -> str:
        """The amount, or that it is free."""
        return self._formats.money(price) if price.amount else translate("PackageWords", "free of charge")

    def sentence(self, values: Mapping[str, Any]) -> str:
        """What a client reads: "12 credits for 90.00 USD, use within 90 days"; "" while too little is known.

        `values` are attributes of a PackageDraft as far as they can be read.
        """
        credits, price = values.get("credits"), values.get("price")
        if not isinstance(credits, int):
            return ""
        said = self.credits(credits + (values.get("bonus") or 0))
        if isinstance(price, Money):
            if price.amount:
                said = translate("PackageWords", "{credits} for {price}").format(
                    credits=said, price=self._formats.money(price)
                )
            else:
                said = translate("PackageWords", "{credits}, free of charge").format(credits=said)
        until = self.use(values)
        return (
            translate("PackageWords", "{offer}, {until}").format(offer=said, until=until) if until else said
        )

    def use(self, values: Mapping[str, Any]) -> str:
        """Until when credits may be used: "use within 90 days"; "" while that is not known."""
        if values.get("validity_kind") == "never":
            return translate("PackageWords", "no end date")
        count = values.get("validity_count")
        if not isinstance(count, int):
            return ""
        span = self._span(str(values.get("validity_kind")), count)
        if values.get("validity_starts") != "first_class":
            return translate("PackageWords", "use within {span}").format(span=span)
        latest = values.get("latest_start_days")
        if not isinstance(latest, int):
            return translate("PackageWords", "use within {span} of your first class").format(span=span)
        if latest == 0:
            return translate("PackageWords", "use within {span}, beginning on the day of purchase").format(
                span=span
            )
        start = self._span("days", latest)
        return translate(
            "PackageWords", "use within {span} of your first class, which is within {start}"
        ).format(span=span, start=start)

    def _span(self, kind: str, count: int) -> str:
        number = self._formats.number(count)
        if kind == "months":
            return (
                translate("PackageWords", "1 month")
                if count == 1
                else translate("PackageWords", "{n} months").format(n=number)
            )
        return (
            translate("PackageWords", "1 day")
            if count == 1
            else translate("PackageWords", "{n} days").format(n=number)
        )

    def validity(self, validity: Validity) -> str:
        """The same for a saved validity."""
        return self.use(
            {
                "validity_kind": validity.kind,
                "validity_count": validity.count,
                "validity_starts": validity.starts,
                "latest_start_days": validity.latest_start_days,
            }
        )

    def conditions(self, values: Mapping[str, Any]) -> str:
        """The rest that a client has to know: "10 + 2 free · for Yoga · once per client"."""
        said = []
        credits, bonus = values.get("credits"), values.get("bonus")
        if isinstance(credits, int) and bonus:
            numbers = {"credits": self._formats.number(credits), "bonus": self._formats.number(bonus)}
            said.append(translate("PackageWords", "buy {credits}, get {bonus} free").format(**numbers))
        eligible = values.get("eligible")
        said.append(self.eligible(eligible) if eligible else translate("PackageWords", "for all classes"))
        limit = values.get("per_client_limit")
        if isinstance(limit, int):
            said.append(translate("PackageWords", "{times} per client").format(times=self.times(limit)))
        return " · ".join(said)

    def eligible(self, eligible: tuple[int, ...] | None) -> str:
        """Which classes it is for."""
        if eligible is None:
            return translate("PackageWords", "for all classes")
        names = [
            self.class_types.get(one, translate("PackageWords", "a class type that is gone"))
            for one in eligible
        ]
        return translate("PackageWords", "for {classes}").format(
            classes=self._formats.locale.createSeparatedList(names)
        )

    def term(self, name: str) -> str:
        """The name of a term as forms and versions call it."""
        return {
            "name": translate("PackageWords", "Name"),
            "description": translate("PackageWords", "Description"),
            "credits": translate("PackageWords", "Credits"),
            "bonus": translate("PackageWords", "Bonus credits"),
            "price": translate("PackageWords", "Price"),
            "validity": translate("PackageWords", "Validity"),
            "eligible": translate("PackageWords", "Classes"),
            "per_client_limit": translate("PackageWords", "Limit per client"),
            "online": translate("PackageWords", "Where it is sold"),
            "tax_milli_percent": translate("PackageWords", "Tax rate"),
        }.get(name, name)

    def value(self, name: str, draft: PackageDraft) -> str:
        """A term of a draft in words."""
        match name:
            case "validity":
                return self.use({part: getattr(draft, part) for part in _PARTS_OF_VALIDITY})
            case "eligible":
                return self.eligible(draft.eligible)
            case "per_client_limit":
                limit = draft.per_client_limit
                return translate("PackageWords", "none") if limit is None else self.times(limit)
            case "online":
                return (
                    translate("PackageWords", "at the desk and online")
                    if draft.online
                    else translate("PackageWords", "at the desk only")
                )
            case "tax_milli_percent":
                point = self._formats.locale.decimalPoint()
                return f"{plain_rate(draft.tax_milli_percent).replace('.', point)} %"
        text = self._formats.value(getattr(draft, name)).strip().replace("\n", " ")
        shown = text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
        return shown or translate("PackageWords", "empty")

    def changes(self, before: PackageDraft, after: PackageDraft) -> list[tuple[str, str, str]]:
        """What differs: the term's name, its value before and after."""
        shown = ((name, self.value(name, before), self.value(name, after)) for name in _TOLD)
        return [
            (self.term(name), old, new) for name, old, new in shown if _differ(name, before, after, old, new)
        ]

    def changed_terms(self, changed: tuple[str, ...]) -> list[str]:
        """The names of the terms whose attributes a version changed, each once."""
        merged = ("validity" if name in _PARTS_OF_VALIDITY else name for name in changed)
        return [self.term(name) for name in dict.fromkeys(merged)]


def _differ(name: str, before: PackageDraft, after: PackageDraft, old: str, new: str) -> bool:
    if name == "validity":
        return old != new
    return bool(getattr(before, name) != getattr(after, name))
