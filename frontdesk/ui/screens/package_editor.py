"""The editor of one package: the client's sentence live on top, its terms, its versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.views.online_packages import OnlineState
from frontdesk.services.views.packages import PackageDetail
from frontdesk.services.views.settings import ClassTypeRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.online_words import OnlineWords
from frontdesk.ui.package_words import PackageWords
from frontdesk.ui.screens.package_form import PackageForm
from frontdesk.ui.screens.package_online import DriftBanner, PackageOnline
from frontdesk.ui.screens.package_versions import PackageVersions
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import (
    ElidedText,
    LinkButton,
    MenuButton,
    PrimaryButton,
    SecondaryButton,
    Text,
    action_button,
    restyle,
)
from frontdesk.ui.widgets.choices import Tabs
from frontdesk.ui.widgets.surfaces import Banner, Chip

if TYPE_CHECKING:
    from frontdesk.ui.presenters.packages import OpenPackage

STATUS_TONES = {"published": Tone.GOOD, "draft": Tone.NEUTRAL, "archived": Tone.WARNING}
_MENU = ("duplicate", "unpublish", "archive", "move_up", "move_down", "discard", "delete")


class PackageEditor(QWidget):
    """Shows the package `key`; a key below 0 is one that was never saved, None is none at all."""

    edited = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("packageEditor")
        self.context = context
        self.key: int | None = None
        self.detail: PackageDetail | None = None
        #: The terms as saved, or those that a new package begins with.
        self.saved = PackageDraft()
        self.words = PackageWords(context.formats)
        self.form = PackageForm(context)
        self.form.edited.connect(self._was_edited)
        self.versions = PackageVersions(context)
        self.online = PackageOnline(context)
        self.drift = DriftBanner(context.actions)
        self._online_words = OnlineWords(context.formats, context.messages)
        self.banner = Banner(name="packageBanner")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addLayout(self._told())
        column.addLayout(_indented(self._preview(), 0, SPACE_2))
        self.tabs = Tabs(name="packageTabs")
        self.tabs.add("terms", self.tr("Terms"), self._scrolled(self.form))
        self.tabs.add("online", self.tr("Online"), self.online)
        self.tabs.add("versions", self.tr("Versions"), self.versions)
        lower = QHBoxLayout()
        lower.setContentsMargins(SPACE_5, 0, 0, 0)
        lower.addWidget(self.tabs)
        column.addLayout(lower, 1)

    # For the screen

    @property
    def status(self) -> str:
        """The package's status, "new" for one that was never saved."""
        return self.detail.row.status if self.detail else "new"

    @property
    def version(self) -> int:
        """The version that is being edited."""
        return self.detail.row.version if self.detail else 0

    @property
    def sold(self) -> int:
        """How often it was sold."""
        return self.detail.row.sold if self.detail else 0

    @property
    def is_touched(self) -> bool:
        """Whether something was typed that is not saved."""
        return self.form.is_touched

    def offer_class_types(self, rows: tuple[ClassTypeRow, ...]) -> None:
        """Class types to choose from, and their names for the sentence."""
        self.words.class_types = {row.id: row.name for row in rows}
        self.form.set_class_types(rows)

    def show_saved(self, package: OpenPackage, typed: Mapping[str, Any] | None = None) -> None:
        """Shows a package, with what was typed into it before, if anything."""
        self._show(package.detail.row.id, package.detail, package.draft, typed)
        self.show_online(package.online)

    def show_new(self, key: int, blank: PackageDraft, typed: Mapping[str, Any] | None = None) -> None:
        """Shows a package that was never saved."""
        self._show(key, None, blank, typed)
        self.show_online(OnlineState("off"))

    def show_online(self, online: OnlineState) -> None:
        """Shows where the package stands at Stripe; what was typed stays."""
        saved = {name: getattr(self.saved, name) for name in self.saved.__slots__}
        self.online.show_state(online, self.saved.name, self.words.sentence(saved))
        self._online.set(*self._online_words.chip(online))
        self.drift.show_lines(list(self._online_words.drift(online.drift)))

    def show_problems(self, problems: tuple[Problem, ...]) -> bool:
        """Shows each problem beside its field."""
        found = self.form.show_problems(problems, focus=False)
        if found:
            self.tabs.show_page("terms")
            self.form.show_problems(problems)
        return found

    def draft(self) -> PackageDraft | None:
        """What was typed, if it can be saved; else None, and the problems stand beside their fields."""
        self.tabs.show_page("terms")
        draft, problems = self.form.draft()
        return None if self.show_problems(problems) else draft

    # Pieces

    def _show(
        self,
        key: int,
        detail: PackageDetail | None,
        draft: PackageDraft,
        typed: Mapping[str, Any] | None,
    ) -> None:
        another = key != self.key
        self.key, self.detail, self.saved = key, detail, draft
        self.form.show_draft(draft)
        if typed is not None:
            self.form.restore(typed)
        self.versions.show_detail(detail)
        count = len(detail.versions) if detail else 0
        self.tabs.set_text(
            "versions", self.tr("Versions {n}").format(n=count) if count else self.tr("Versions")
        )
        if another:
            self.banner.clear()
            self.tabs.show_page("terms")
            self._scroll.verticalScrollBar().setValue(0)
        self._show_actions()
        self._tell()

    def _show_actions(self) -> None:
        actions, status = self.context.actions, self.status
        new = status == "new"
        shown = {
            "publish": status in ("new", "draft"),
            "restore": status == "archived",
            "unpublish": status == "published",
            "archive": status in ("draft", "published"),
            "duplicate": not new,
            "delete": not new,
            "move_up": not new,
            "move_down": not new,
        }
        for name, visible in shown.items():
            actions[f"package.{name}"].setVisible(visible)
        actions["package.save"].setText(
            self.tr("Save") if status == "published" else self.tr("Save draft") if new or status == "draft"
            else self.tr("Save changes")
        )  # fmt: skip
        self._save.setProperty("kind", "primary" if status == "published" else "secondary")
        restyle(self._save)

    def _was_edited(self) -> None:
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        """The sentence, title and marks, as typed so far."""
        values = self.form.readable()
        fallback = self.tr("New package") if self.detail is None else self.saved.name
        self._title.setText(values.get("name") or fallback)
        self._title.setAccessibleName(self._title.text())
        self._status.set(self.words.status(self.status), STATUS_TONES.get(self.status, Tone.ACCENT))
        self._unsaved.set(self.tr("Unsaved") if self.is_touched else "", Tone.WARNING)
        self._discard.setVisible(self.is_touched)
        self.context.actions["package.discard"].setVisible(self.is_touched)
        sold = self.words.times(self.sold)
        self._facts.setText(self.tr("sold {times}").format(times=sold) if self.sold else "")
        sentence = self.words.sentence(values)
        self._sentence.setText(sentence or self.tr("Type credits and price, and this line shows the offer."))
        self._conditions.setText(self.words.conditions(values) if sentence else "")
        self._conditions.setVisible(bool(sentence))

    def _header(self) -> QVBoxLayout:
        actions = self.context.actions
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_5, SPACE_4, SPACE_5, SPACE_3)
        head.setSpacing(SPACE_2)
        first = QHBoxLayout()
        first.setSpacing(SPACE_2)
        self._title = ElidedText("", "title", name="packageTitle")
        first.addWidget(self._title, 1)
        self._save = action_button(actions["package.save"], SecondaryButton, name="packageSaveButton")
        first.addWidget(self._save)
        first.addWidget(action_button(actions["package.publish"], PrimaryButton, name="packagePublishButton"))
        first.addWidget(action_button(actions["package.restore"], PrimaryButton, name="packageRestoreButton"))
        menu = [actions[f"package.{name}"] for name in _MENU]
        first.addWidget(MenuButton(self.tr("More for this package"), menu, name="packageMenuButton"))
        second = QHBoxLayout()
        second.setSpacing(SPACE_2)
        self._status = Chip(name="packageStatus")
        self._unsaved = Chip(name="packageUnsaved")
        self._online = Chip(name="packageOnlineState")
        self._facts = Text("", "muted", name="packageFacts")
        self._discard = LinkButton(
            self.tr("Discard changes"), actions["package.discard"].trigger, name="packageDiscardButton"
        )
        for widget in (self._status, self._unsaved, self._online, self._facts):
            second.addWidget(widget)
        second.addStretch(1)
        second.addWidget(self._discard)
        head.addLayout(first)
        head.addLayout(second)
        return head

    def _told(self) -> QVBoxLayout:
        """What has to be noticed; where there is nothing, only the usual distance."""
        told = QVBoxLayout()
        told.setContentsMargins(SPACE_5, 0, SPACE_5, SPACE_3)
        told.setSpacing(SPACE_3)
        told.addWidget(self.banner)
        told.addWidget(self.drift)
        return told

    def _preview(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("kind", "banner")
        frame.setProperty("tone", "accent")
        column = QVBoxLayout(frame)
        column.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        column.setSpacing(SPACE_1)
        column.addWidget(Text(self.tr("What the client reads"), "secondary"))
        self._sentence = Text("", "section", wrap=True, name="packageSentence")
        self._conditions = Text("", "muted", wrap=True, name="packageConditions")
        column.addWidget(self._sentence)
        column.addWidget(self._conditions)
        return frame

    def _scrolled(self, form: QWidget) -> QScrollArea:
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE_4, SPACE_5, SPACE_5)
        column.addWidget(form)
        column.addStretch(1)
        self._scroll.setWidget(page)
        return self._scroll


def _indented(widget: QWidget, above: int, below: int) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setContentsMargins(SPACE_5, above, SPACE_5, below)
    line.addWidget(widget)
    return line
