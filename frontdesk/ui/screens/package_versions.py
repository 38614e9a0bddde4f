"""The versions of a package, newest first: number, who, when, and what changed (P4)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from frontdesk.services.views.packages import PackageDetail, PackageVersionRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.package_words import PackageWords
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import Rule, Text
from frontdesk.ui.widgets.surfaces import Chip


class PackageVersions(QScrollArea):
    """Shown in a tab of the editor."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("packageVersions")
        self.setAccessibleName(self.tr("Versions of this package"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._context = context
        self._words = PackageWords(context.formats)

    def show_detail(self, detail: PackageDetail | None) -> None:
        """Shows the versions of this package; None for one that was never saved."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE_4, SPACE_5, SPACE_5)
        column.setSpacing(SPACE_4)
        versions = detail.versions if detail else ()
        if not versions:
            column.addWidget(Text(self.tr("The first save makes version 1."), "muted", wrap=True))
        for at, version in enumerate(versions):
            if at:
                column.addWidget(Rule())
            before = versions[at + 1] if at + 1 < len(versions) else None
            column.addLayout(self._version(version, before, newest=at == 0))
        column.addStretch(1)
        self.setWidget(page)

    def _version(
        self, version: PackageVersionRow, before: PackageVersionRow | None, *, newest: bool
    ) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(SPACE_1)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(Text(self.tr("Version {number}").format(number=version.number), "strong"))
        if newest:
            line.addWidget(Chip(self.tr("Newest"), Tone.ACCENT))
        line.addStretch(1)
        line.addWidget(Text(self._sold(version.sold), "muted"))
        box.addLayout(line)
        box.addWidget(
            Text(
                self.tr("{who} · {when}").format(
                    who=version.saved_by, when=self._context.formats.instant(version.saved_at)
                ),
                "secondary",
            )
        )
        for change in self._changes(version, before):
            box.addWidget(Text(change, wrap=True))
        return box

    def _sold(self, sold: int) -> str:
        if not sold:
            return self.tr("not sold")
        return self.tr("sold {times}").format(times=self._words.times(sold))

    def _changes(self, version: PackageVersionRow, before: PackageVersionRow | None) -> list[str]:
        if before is None:
            offer = self.tr("{credits} for {price}, {until}")
            return [
                offer.format(
                    credits=self._words.plus(version.credits, version.bonus),
                    price=self._words.price(version.price),
                    until=self._words.validity(version.validity),
                )
            ]
        told = {
            self._words.term("name"): (before.name, version.name),
            self._words.term("credits"): (str(before.credits), str(version.credits)),
            self._words.term("bonus"): (str(before.bonus), str(version.bonus)),
            self._words.term("price"): (self._words.price(before.price), self._words.price(version.price)),
            self._words.term("validity"): (
                self._words.validity(before.validity),
                self._words.validity(version.validity),
            ),
        }
        sentences = []
        for term in self._words.changed_terms(version.changed):
            if term in told:
                old, new = told[term]
                sentences.append(self.tr("{term}: {old} → {new}").format(term=term, old=old, new=new))
            else:
                sentences.append(self.tr("{term} changed").format(term=term))
        return sentences
