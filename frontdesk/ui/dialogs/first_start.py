"""The first start: a window of its own that sets up a studio in three steps, or opens the demo studio."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from frontdesk.errors import FrontdeskError, InvalidDraft, Problem
from frontdesk.services.drafts.settings import StudioDraft
from frontdesk.ui.context import UiContext
from frontdesk.ui.error_reporter import Report
from frontdesk.ui.places_of_the_world import currency_choices, guessed_currency, guessed_zone, zone_choices
from frontdesk.ui.placing import fitting
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_5, SPACE_6, Tone
from frontdesk.ui.widgets.basics import LinkButton, Paragraph, PrimaryButton, SecondaryButton, Text
from frontdesk.ui.widgets.fields import TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.search_select import SearchSelect
from frontdesk.ui.widgets.surfaces import Banner, BusyBar, Card, Icon, KeyValues, ScrollPage

_WIDTH = 480
_WELCOME, _STUDIO, _DESK, _SUMMARY = range(4)


class FirstStart(QWidget):
    """Calls `create` with the draft or `demo`, once each is decided; `cancelled` when the window is closed.

    Both are coroutines that end when the studio is open. What they raise is shown here: problems beside
    their fields, anything else above them.
    """

    def __init__(
        self,
        context: UiContext,
        *,
        create: Callable[[StudioDraft], Awaitable[None]],
        demo: Callable[[], Awaitable[None]],
        cancelled: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setObjectName("firstStart")
        self.setWindowTitle(self.tr("Frontdesk"))
        self.resize(fitting(QSize(760, 620), self.screen().availableGeometry()))
        self.setMinimumSize(520, 480)
        self.context = context
        self._create, self._demo, self._cancelled = create, demo, cancelled
        self._is_busy = False
        context.errors.add_surface(self)
        self.busy = BusyBar()
        self.banner = Banner(name="firstStartBanner")
        self.pages = QStackedWidget()
        self.pages.setObjectName("firstStartPages")
        for page in (self._welcome(), self._studio(), self._desk(), self._summary()):
            self.pages.addWidget(page)
        self._build()
        self.go(_WELCOME)

    def show_report(self, report: Report) -> None:
        """An error; what was typed stays."""
        self.banner.tell(self.tr("{message}  ({id})").format(message=report.text, id=report.id), Tone.DANGER)

    def draft(self) -> StudioDraft:
        """What was typed so far; what cannot be read is left out."""
        values = {**self._studio_form.readable_values(), **self._desk_form.readable_values()}
        return StudioDraft(**values)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc goes one step back."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            (focused if isinstance(focused, QPushButton) else self._next_button()).click()
        elif event.key() == Qt.Key.Key_Escape:
            self._back()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is set up; a studio that is being made is waited for."""
        if self._is_busy:
            event.ignore()
            return
        super().closeEvent(event)
        self._cancelled()

    # Steps

    def go(self, page: int) -> None:
        """Shows a step; nothing that was typed is lost on the way."""
        self.pages.setCurrentIndex(page)
        self.banner.clear()
        welcome, last = page == _WELCOME, page == _SUMMARY
        self._step.setVisible(not welcome)
        self._footer.setVisible(not welcome)
        titles = (
            self.tr("Welcome to Frontdesk"),
            self.tr("Your studio"),
            self.tr("Your desk"),
            self.tr("Is this right?"),
        )
        self._step.setText(self.tr("Step {n} of {all}").format(n=page, all=_SUMMARY))
        self._title.setText(titles[page])
        self._next.setText(self.tr("Create the studio") if last else self.tr("Next"))
        if welcome:
            self._begin.setFocus()
        elif last:
            self._show_summary()
            self._next.setFocus()
        else:
            (self._studio_form if page == _STUDIO else self._desk_form).focus_first()

    def _forward(self) -> None:
        page = self.pages.currentIndex()
        if self._is_busy:
            return
        if page == _SUMMARY:
            if self._is_right(self._studio_form, _STUDIO) and self._is_right(self._desk_form, _DESK):
                self._run(self._make)
        elif self._is_right(self._studio_form if page == _STUDIO else self._desk_form, page):
            self.go(page + 1)

    def _back(self) -> None:
        if not self._is_busy and self.pages.currentIndex() > _WELCOME:
            self.go(self.pages.currentIndex() - 1)

    def _is_right(self, form: Form, page: int) -> bool:
        """Whether the fields of a step have no problem; shows those they have."""
        problems = _problems_of(form, self.draft().problems())
        if not problems:
            form.clear_problems()
            return True
        self.go(page)
        form.show_problems(problems)
        return False

    # Work

    def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does it once, however often Enter is pressed."""
        if not self._is_busy:
            self._set_busy(True)
            self.context.tasks.start(self._busily(work))

    async def _busily(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except InvalidDraft as invalid:
            self._set_busy(False)
            self._show_problems(invalid.problems)
        finally:
            self._set_busy(False)

    async def _make(self) -> None:
        await self._create(self.draft())

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        for form, page in ((self._studio_form, _STUDIO), (self._desk_form, _DESK)):
            own = [problem for problem in problems if problem.field in form.field_keys()]
            if own:
                self.go(page)
                form.show_problems(own)
                return
        self.banner.tell("\n".join(map(self.context.messages.problem, problems)), Tone.DANGER)

    def _set_busy(self, busy: bool) -> None:
        if busy == self._is_busy:
            return
        self._is_busy = busy
        (self.busy.start if busy else self.busy.stop)()
        buttons = (self._next, self._back_button, self._change, self._begin, self._demo_button)
        for button in buttons:
            button.setEnabled(not busy)

    def _next_button(self) -> QPushButton:
        return self._begin if self.pages.currentIndex() == _WELCOME else self._next

    # Pieces

    def _build(self) -> None:
        self._step = Text("", "secondary", name="firstStartStep")
        self._title = Text("", "title", name="firstStartTitle")
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addWidget(Icon("mark", "accent", 36))
        column.addSpacing(SPACE_1)
        column.addWidget(self._step)
        column.addWidget(self._title)
        column.addSpacing(SPACE_1)
        column.addWidget(self.banner)
        column.addWidget(self.pages, 1)
        column.addWidget(self._buttons())
        across = QHBoxLayout()
        across.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_5)
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.busy)
        outer.addLayout(across, 1)
        # Tab and Enter after the last field go on, as Enter in it does.
        self.setTabOrder(self._next, self._back_button)

    def _buttons(self) -> QWidget:
        self._footer = QWidget()
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(0, SPACE_3, 0, 0)
        row.setSpacing(SPACE_2)
        self._back_button = SecondaryButton(
            self.tr("Back"), self._back, name="firstStartBackButton", tall=True
        )
        self._next = PrimaryButton(self.tr("Next"), self._forward, name="firstStartNextButton", tall=True)
        row.addWidget(self._back_button)
        row.addStretch(1)
        row.addWidget(self._next)
        return self._footer

    def _welcome(self) -> QWidget:
        page, column = _page()
        column.addWidget(
            Paragraph(
                self.tr(
                    "Sell packages of class credits, keep every client's balance right, and take payments at "
                    "the desk, with or without a network."
                )
            )
        )
        column.addSpacing(SPACE_2)
        self._begin = PrimaryButton(
            self.tr("Set up a studio"), lambda: self.go(_STUDIO), name="firstStartSetUpButton", tall=True
        )
        self._demo_button = SecondaryButton(
            self.tr("Look around in a demo studio"),
            lambda: self._run(self._demo),
            name="firstStartDemoButton",
            tall=True,
        )
        column.addWidget(
            _choice(
                self.tr("Your studio"),
                self.tr("Name, currency, time zone and who is at the desk. It takes a minute."),
                self._begin,
            )
        )
        column.addWidget(
            _choice(
                self.tr("A demo studio"),
                self.tr("Invented clients and sales in a folder of its own. Your books stay empty."),
                self._demo_button,
            )
        )
        return page

    def _studio(self) -> QWidget:
        page, column = _page()
        form = self._studio_form = Form(self.context.messages, name="firstStartStudioForm")
        form.add(
            "name",
            self.tr("Name of the studio"),
            TextField(name="firstStartName"),
            required=True,
            help=self.tr("As clients read it on receipts."),
        )
        form.add(
            "currency",
            self.tr("Currency"),
            SearchSelect(
                currency_choices(), guessed_currency(self.context.formats.locale), name="firstStartCurrency"
            ),
            required=True,
            help=self.tr("Type a code or a name. It is locked from the first sale on."),
        )
        form.add(
            "zone",
            self.tr("Time zone"),
            SearchSelect(zone_choices(), guessed_zone(), name="firstStartZone"),
            required=True,
            help=self.tr("Type a city or a country. It decides when credits expire, and is locked likewise."),
        )
        column.addWidget(form)
        return page

    def _desk(self) -> QWidget:
        page, column = _page()
        form = self._desk_form = Form(self.context.messages, name="firstStartDeskForm")
        form.add(
            "owner_name",
            self.tr("Your name"),
            TextField(name="firstStartOwner"),
            required=True,
            help=self.tr("Everything you do is written down with it. Others are added in Settings."),
        )
        form.add(
            "desk_name",
            self.tr("Name of this desk"),
            TextField(self.tr("Front desk"), name="firstStartDesk"),
            required=True,
            help=self.tr("Each desk has receipt numbers of its own."),
        )
        column.addWidget(form)
        return page

    def _summary(self) -> QWidget:
        page, column = _page()
        card = Card()
        self._told = KeyValues(name="firstStartSummary")
        card.body.addWidget(self._told)
        column.addWidget(card)
        column.addWidget(
            Paragraph(
                self.tr(
                    "Currency and time zone are locked with the first sale. Everything else can be changed "
                    "in Settings at any time."
                )
            )
        )
        self._change = LinkButton(
            self.tr("Change something"), lambda: self.go(_STUDIO), name="firstStartChange"
        )
        column.addWidget(self._change)
        return page

    def _show_summary(self) -> None:
        for key in ("currency", "zone"):
            # What was typed by hand is shown as it was understood.
            self._studio_form[key].set_value(self._studio_form[key].value())
        self._told.set(
            (
                (self.tr("Studio"), self._studio_form["name"].text().strip()),
                (self.tr("Currency"), self._studio_form["currency"].text()),
                (self.tr("Time zone"), self._studio_form["zone"].text()),
                (self.tr("You"), self._desk_form["owner_name"].text().strip()),
                (self.tr("Desk"), self._desk_form["desk_name"].text().strip()),
                (self.tr("Kept in"), str(self.context.preferences.folder)),
            )
        )


def _problems_of(form: Form, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of a form's own fields; what cannot be read says so instead of being missing."""
    found: dict[str, Problem] = {}
    for key in form.field_keys():
        try:
            form[key].value()
        except FrontdeskError as error:
            found[key] = Problem(key, error.code, error.params)
    own = [
        problem for problem in problems if problem.field in form.field_keys() and problem.field not in found
    ]
    return [*found.values(), *own]


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = ScrollPage(margin=0)
    return page, page.body


def _choice(title: str, words: str, button: QWidget) -> Card:
    card = Card()
    card.body.addWidget(Text(title, "section"))
    card.body.addWidget(Paragraph(words))
    line = QHBoxLayout()
    line.addWidget(button)
    line.addStretch(1)
    card.body.addSpacing(SPACE_1)
    card.body.addLayout(line)
    return card
