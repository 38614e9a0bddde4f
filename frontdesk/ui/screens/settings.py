"""The Settings screen: its sections on the left, the chosen one on the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.ui.context import UiContext
from frontdesk.ui.screen import Screen
from frontdesk.ui.screens.settings_computer import DataSection, LookSection
from frontdesk.ui.screens.settings_lists import ClassTypesSection, DesksSection, StaffSection
from frontdesk.ui.screens.settings_payments import PaymentsSection
from frontdesk.ui.screens.settings_section import Section
from frontdesk.ui.screens.settings_studio import ReceiptSection, StudioSection, TaxSection
from frontdesk.ui.settings_sections import section_entries
from frontdesk.ui.sidebar import NavButton
from frontdesk.ui.task_runner import Late
from frontdesk.ui.tokens import SPACE_2, SPACE_4
from frontdesk.ui.widgets.basics import Rule

if TYPE_CHECKING:
    from frontdesk.ui.presenters.settings import AllSettings, SettingsPresenter

_NAV_WIDTH = 184
_SECTIONS: dict[str, type[Section]] = {
    "studio": StudioSection,
    "tax": TaxSection,
    "desks": DesksSection,
    "staff": StaffSection,
    "class_types": ClassTypesSection,
    "receipts": ReceiptSection,
    "payments": PaymentsSection,
    "look": LookSection,
    "data": DataSection,
}


class SettingsScreen(Screen):
    """`context.navigate("settings", "staff")` shows a section; what was typed in the others stays."""

    topics = (Topic.STUDIO, Topic.STAFF, Topic.DESKS, Topic.CLASS_TYPES, Topic.SALES, Topic.SYNC)

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "settings", name="settingsScreen")
        presenter: Late[SettingsPresenter] = context.late(
            "frontdesk.ui.presenters.settings", "SettingsPresenter"
        )
        self._presenter = presenter
        self._stack = QStackedWidget()
        self._stack.setObjectName("settingsSections")
        #: Those that were shown so far; each is made when it is first shown.
        self.sections: dict[str, Section] = {}
        self._settings: AllSettings | None = None
        self._nav = _SectionList(self.show_section)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._nav)
        row.addWidget(Rule(vertical=True))
        row.addWidget(self._stack, 1)
        self.body.addLayout(row)
        self._add_actions()
        context.session.changed.connect(self._reload)
        self.show_section("studio")

    def entered(self, *route: object) -> None:
        """`("staff",)` shows that section."""
        if route and route[0] in _SECTIONS:
            self.show_section(str(route[0]))
        self._nav.focus_current()
        self._reload()

    def unsaved(self) -> tuple[str, ...]:
        """The sections that were typed into."""
        told = self.tr("Settings: {section}")
        entries = section_entries()
        typed = (id for id, section in self.sections.items() if section.is_unsaved())
        return tuple(told.format(section=entries[id].title) for id in typed)

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Reads all settings again; what is being typed stays."""
        self._reload()

    def show_section(self, id: str) -> None:
        """Goes to a section. Raises KeyError for one that is not there."""
        if id not in self.sections:
            section = _SECTIONS[id](self.context, self._presenter)  # type: ignore[call-arg]
            self.sections[id] = section
            self._stack.addWidget(section)
            if self._settings is not None:
                section.show_settings(self._settings)
        self._stack.setCurrentWidget(self.sections[id])
        self._nav.mark(id)

    def current(self) -> Section:
        """The section that is shown."""
        section = self._stack.currentWidget()
        assert isinstance(section, Section)
        return section

    def _reload(self) -> None:
        self.context.tasks.start(self._read(), latest="settings.read")

    async def _read(self) -> None:
        self.busy.start()
        try:
            self._settings = await (await self._presenter.get()).everything()
        finally:
            self.busy.stop()
        for section in self.sections.values():
            section.show_settings(self._settings)

    def _add_actions(self) -> None:
        def add(id: str, text: str, run: Callable[[], object], icon: str = "", shortcut: str = "") -> None:
            self.context.actions.add(
                f"settings.{id}", text, run, owner=self, scope=self.id, shortcut=shortcut, icon=icon
            )

        add("save", self.tr("Save this section"), lambda: self.current().save(), "", "Ctrl+S")
        add("add", self.tr("Add to this list"), lambda: self.current().add(), "plus", "Ctrl+N")
        add("move_up", self.tr("Move up"), lambda: self.current().move_chosen(-1), "chevron-up", "Alt+Up")
        add(
            "move_down",
            self.tr("Move down"),
            lambda: self.current().move_chosen(1),
            "chevron-down",
            "Alt+Down",
        )


class _SectionList(QWidget):
    """The sections by name; Up and Down go from one to the next."""

    def __init__(self, go: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName("settingsNav")
        self.setFixedWidth(_NAV_WIDTH)
        self._buttons = {
            id: _SectionButton(one.title, one.icon, partial(go, id), name=f"settingsNav.{id}")
            for id, one in section_entries().items()
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_4, SPACE_2, SPACE_2)
        column.setSpacing(2)
        for button in self._buttons.values():
            column.addWidget(button)
        column.addStretch(1)

    def mark(self, id: str) -> None:
        """Marks the section that is shown."""
        for one, button in self._buttons.items():
            button.setChecked(one == id)

    def focus_current(self) -> None:
        """Gives the keyboard to the section that is shown."""
        for button in self._buttons.values():
            if button.isChecked():
                button.setFocus()

    def walk(self, button: _SectionButton, step: int) -> None:
        """Shows the section before or after this button's."""
        buttons = list(self._buttons.values())
        at = max(0, min(len(buttons) - 1, buttons.index(button) + step))
        buttons[at].setFocus()
        buttons[at].click()


class _SectionButton(NavButton):
    def __init__(self, text: str, icon: str, run: Callable[[], object], *, name: str) -> None:
        super().__init__(text, icon, run, name=name, checkable=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk through the sections."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        around = self.parentWidget()
        if step is not None and isinstance(around, _SectionList):
            around.walk(self, step)
        else:
            super().keyPressEvent(event)
