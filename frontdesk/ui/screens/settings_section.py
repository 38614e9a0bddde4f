"""The base of all sections of Settings: a title, a sentence, and either a form with Save or a list."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.errors import FrontdeskError, InvalidDraft, Problem
from frontdesk.ui.context import UiContext
from frontdesk.ui.task_runner import Late
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_2, SPACE_4, Tone
from frontdesk.ui.widgets.basics import LinkButton, Paragraph, PrimaryButton, Text
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.surfaces import Chip, ScrollPage

if TYPE_CHECKING:
    from frontdesk.ui.presenters.settings import AllSettings, SettingsPresenter

WIDTH = 560


class Section(QWidget):
    """One page of Settings. Subclasses fill `body` and show what was read."""

    #: Widest the content becomes.
    width_limit = WIDTH

    def __init__(
        self, context: UiContext, presenter: Late[SettingsPresenter], title: str, words: str, *, name: str
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.context = context
        self.presenter = presenter
        self.title = title
        self._held: tuple[QWidget, ...] = ()
        self._pressed: QWidget | None = None
        self.body = self._page(name)
        self.head = QHBoxLayout()
        self.head.setSpacing(SPACE_2)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(Text(title, "section", name=f"{name}Title"))
        lines.addWidget(Paragraph(words))
        self.head.addLayout(lines, 1)
        self.body.addLayout(self.head)

    @staticmethod
    def scaled(width: int) -> int:
        """A width that grows with the person's text size."""
        return round(width * theme().scale)

    def _page(self, name: str) -> QVBoxLayout:
        """The layout that the content goes into."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        page = ScrollPage(name=f"{name}Page", width=self.scaled(self.width_limit))
        column.addWidget(page)
        self._sheet = page
        return page.body

    def bring_in_sight(self, widget: QWidget) -> None:
        """Scrolls to what was just shown, once the layout knows where it is."""
        QTimer.singleShot(0, widget, lambda: self._sheet.ensureWidgetVisible(widget, 0, SPACE_4))

    def hold(self, *buttons: QWidget) -> None:
        """Lets nobody press these until `release`, while one of them is at work."""
        self._held = buttons
        self._pressed = next((one for one in buttons if one.hasFocus()), None)
        if self._pressed is not None:
            # Disabled, it would lose the keyboard to what comes next, and a second press would set that off.
            self._sheet.setFocus()
        for one in buttons:
            one.setEnabled(False)

    def release(self) -> None:
        """Lets them be pressed again; whoever went nowhere else meanwhile has the keyboard where it was."""
        for one in self._held:
            one.setEnabled(True)
        if self._pressed is not None and self.window().focusWidget() is self._sheet:
            self._pressed.setFocus()

    # To override

    def show_settings(self, settings: AllSettings) -> None:
        """Shows what was read; what is being typed stays."""

    def save(self) -> None:
        """Ctrl+S."""

    def add(self) -> None:
        """Ctrl+N."""

    def move_chosen(self, step: int) -> None:
        """Alt+Up and Alt+Down."""

    def is_unsaved(self) -> bool:
        """Whether something was typed that is not saved."""
        return False


class FormSection(Section):
    """A section that is one form. Subclasses say what a draft is and how it is saved."""

    def __init__(
        self, context: UiContext, presenter: Late[SettingsPresenter], title: str, words: str, *, name: str
    ) -> None:
        super().__init__(context, presenter, title, words, name=name)
        self._is_saving = False
        self._settings: AllSettings | None = None
        self.form = Form(context.messages, name=f"{name}Form")
        self.build_form()
        self.body.addWidget(self.form)
        self.buttons = self._footer(name)
        self.body.addWidget(self.buttons)
        self.form.edited.connect(self._mark)
        self._mark()

    # To override

    def build_form(self) -> None:
        """Adds the fields."""
        raise NotImplementedError

    def values_of(self, settings: AllSettings) -> dict[str, Any]:
        """What the fields show, by key."""
        raise NotImplementedError

    def draft(self, values: dict[str, Any]) -> Any:
        """The draft that these values make; fields that cannot be read are missing."""
        raise NotImplementedError

    def write(self, presenter: SettingsPresenter, draft: Any) -> Coroutine[Any, Any, None]:
        """Saves the draft."""
        raise NotImplementedError

    # Section

    def show_settings(self, settings: AllSettings) -> None:
        """Shows what is saved, unless something else was typed."""
        self._settings = settings
        if not self.form.is_touched:
            self.form.set_values(**self.values_of(settings))
            self._mark()

    def is_unsaved(self) -> bool:
        """Whether the form was touched."""
        return self.form.is_touched

    def save(self) -> None:
        """Saves, or says beside the fields what is wrong."""
        if self._is_saving or self._settings is None:
            return
        values = self.form.readable_values()
        unreadable = self._unreadable()
        known = {problem.field for problem in unreadable}
        draft = self.draft({**self.values_of(self._settings), **values})
        others = [problem for problem in draft.problems() if problem.field not in known]
        if self.form.show_problems([*unreadable, *others]):
            return
        self._is_saving = True
        self.context.tasks.start(self._save(draft))

    # Pieces

    def _unreadable(self) -> list[Problem]:
        found = []
        for key in self.form.field_keys():
            try:
                self.form[key].value()
            except FrontdeskError as error:
                found.append(Problem(key, error.code, error.params))
        return found

    async def _save(self, draft: Any) -> None:
        try:
            await self.write(await self.presenter.get(), draft)
        except InvalidDraft as invalid:
            self.form.show_problems(invalid.problems)
            return
        finally:
            self._is_saving = False
        self.form.is_touched = False
        self.show_settings(await (await self.presenter.get()).everything())
        self.context.toast(self.tr("{section}: saved.").format(section=self.title))

    def _footer(self, name: str) -> QWidget:
        footer = QWidget()
        line = QHBoxLayout(footer)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_2)
        self.save_button = PrimaryButton(self.tr("Save"), self.save, name=f"{name}SaveButton")
        self.save_button.setToolTip(self.tr("Save  Ctrl+S"))
        self._unsaved = Chip(self.tr("Unsaved"), Tone.WARNING, name=f"{name}Unsaved")
        self._discard = LinkButton(self.tr("Discard changes"), self._go_back_to_saved, name=f"{name}Discard")
        line.addWidget(self.save_button)
        line.addWidget(self._unsaved)
        line.addWidget(self._discard)
        line.addStretch(1)
        return footer

    def _go_back_to_saved(self) -> None:
        typed = self.form.snapshot()
        self.form.is_touched = False
        if self._settings is not None:
            self.show_settings(self._settings)
        self.context.toast(self.tr("Changes discarded."), self.tr("Undo"), lambda: self.form.restore(typed))

    def _mark(self) -> None:
        self._unsaved.setVisible(self.form.is_touched)
        self._discard.setVisible(self.form.is_touched)
