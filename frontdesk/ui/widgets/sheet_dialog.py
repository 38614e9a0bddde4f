"""The base of all dialogs: title, scrolling body, what it will do, and a footer whose button says the verb.

Open with `open()`, never `exec()`. Enter does the primary thing, Esc goes back and asks nothing: what was
typed into the forms is kept, and is there again when the same dialog for the same thing is opened. A dialog
is deleted once it has closed; `done_well` hands on what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from frontdesk.errors import InvalidDraft
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import (
    Button,
    DangerButton,
    IconButton,
    PrimaryButton,
    Rule,
    SecondaryButton,
    Text,
    restyle,
)
from frontdesk.ui.widgets.surfaces import Banner, BusyBar, Icon
from frontdesk.ui.widgets.tab_order import tab_on

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.error_reporter import Report
    from frontdesk.ui.widgets.form import Form


class SheetDialog(QDialog):
    """Subclasses fill `body`, set the primary button, and `commit` the coroutine that does the work."""

    done_well = Signal(object)

    def __init__(
        self,
        context: UiContext,
        title: str,
        *,
        name: str,
        parent: QWidget | None = None,
        width: int = 480,
        subtitle: str = "",
        about: object = "",
    ) -> None:
        """`name` is the objectName. `about` tells drafts apart: the client or sale that this is about."""
        super().__init__(parent or context.window)
        self.context = context
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(min(width, 960))
        self._wanted_width = width
        self._busy_count = 0
        self._primary: Button | None = None
        self._forms: list[Form] = []
        self._draft = f"{name}:{about}"
        self.finished.connect(self.deleteLater)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header(title, subtitle))
        self.busy = BusyBar()
        column.addWidget(self.busy)
        self.banner = Banner(name=f"{name}Banner")
        column.addLayout(_indented(self.banner))
        column.addWidget(self._scrolling_body(), 1)
        self.consequence = _Consequence(name=f"{name}Consequence")
        column.addLayout(_indented(self.consequence))
        column.addSpacing(SPACE_3)
        column.addWidget(Rule())
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(SPACE_5, SPACE_3, SPACE_5, SPACE_3)
        self.footer.setSpacing(SPACE_2)
        self.footer.addStretch(1)
        self.cancel_button = SecondaryButton(
            self.tr("Cancel"), self.reject, name=f"{name}CancelButton", tall=True
        )
        self.footer.addWidget(self.cancel_button)
        column.addLayout(self.footer)

    # For subclasses

    def set_title(self, title: str) -> None:
        """Another title, in the dialog and on its window."""
        self.title_label.setText(title)
        self.setWindowTitle(title)

    def set_primary(self, text: str, run: Callable[[], object], *, name: str, danger: bool = False) -> Button:
        """Makes the filled button that Enter presses. Change its words with `primary.setText`."""
        kind = DangerButton if danger else PrimaryButton
        self._primary = kind(text, run, name=name, tall=True)
        self._primary.setDefault(True)
        self.footer.addWidget(self._primary)
        return self._primary

    @property
    def primary(self) -> Button:
        """The filled button; raises RuntimeError before `set_primary`."""
        if self._primary is None:
            raise RuntimeError(f"{self.objectName()} has no primary button yet")
        return self._primary

    def add_form(self, form: Form) -> Form:
        """Puts a form into the body; `commit` shows a draft's problems in it."""
        self._forms.append(form)
        self.body.addWidget(form)
        return form

    def commit(
        self,
        work: Coroutine[Any, Any, Any],
        *,
        keep_open: bool = False,
        then: Callable[[Any], object] | None = None,
    ) -> None:
        """Runs the work once, however often Enter is pressed; closes when it went well and emits `done_well`.

        A refusal stays in the dialog: problems beside their fields, anything else in the banner.
        """
        if self._busy_count or self.context.tasks.is_closing:
            work.close()
            return
        # At once, not when the coroutine begins: keys pressed until then must not begin it again.
        self._set_busy(True)
        self.banner.clear()
        self.context.tasks.start(self._commit(work, keep_open, then))

    def start(self, work: Coroutine[Any, Any, Any], *, latest: str | None = None) -> None:
        """Reads something for the dialog in the background; ends with it. What writes goes by `commit`."""
        self.context.tasks.start(work, latest=latest, owner=self)

    def set_consequence(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """The sentence that says what the button will do; "" takes it away."""
        self.consequence.tell(text, tone)

    def is_busy(self) -> bool:
        """Whether the work is running."""
        return self._busy_count > 0

    def keep_in_sight(self) -> None:
        """Scrolls to what has the focus, once the layout knows where it is."""
        QTimer.singleShot(0, self, self._scroll_to_focus)

    def show_report(self, report: Report) -> None:
        """An error, in the dialog's own banner; what was typed stays."""
        self.banner.tell(self.tr("{message}  ({id})").format(message=report.text, id=report.id), Tone.DANGER)

    # Qt

    def open(self) -> None:
        """Shows the dialog in front of its window."""
        self.context.errors.add_surface(self)
        super().open()

    def showEvent(self, event: QShowEvent) -> None:
        """Fits the screen: as high as the body wants, never higher than the window allows."""
        super().showEvent(event)
        self._restore_draft()
        self._fit()
        if self.focusWidget() in (None, self.cancel_button, self._primary, self):
            if self._forms:
                self._forms[0].focus_first()
            elif self._primary is not None and not isinstance(self._primary, DangerButton):
                # Qt gives the focus to the first button, and Enter presses what has it.
                self._primary.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Makes room when problems or further fields appear; it never shrinks under the pointer."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self._inside and self.isVisible():
            self._make_room()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Makes room for a banner and for what the button will do, too."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._make_room()
        return done

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab and Shift+Tab go as one reads; from the last field to what it is for, then to the ways out."""
        return tab_on(self, forward, last=(self.cancel_button, self._close_button))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the primary button from anywhere but a text area or another button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._primary is not None:
            focused = self.focusWidget()
            forced = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            # A segment that has the focus is chosen already.
            if isinstance(focused, QPushButton) and not focused.isCheckable() and not forced:
                focused.click()
            elif forced or not isinstance(focused, QPlainTextEdit):
                self._primary.click()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Esc and Cancel; not while the work is running, so that its answer is seen."""
        if not self._busy_count:
            if any(form.is_touched for form in self._forms):
                self.context.drafts[self._draft] = [form.snapshot() for form in self._forms]
            super().reject()

    # Pieces

    def _restore_draft(self) -> None:
        kept = self.context.drafts.pop(self._draft, None)
        if kept is None or len(kept) != len(self._forms):
            return
        fresh = [form.snapshot() for form in self._forms]
        for form, snapshot in zip(self._forms, kept, strict=True):
            form.restore(snapshot)

        def start_over() -> None:
            for form, snapshot in zip(self._forms, fresh, strict=True):
                form.restore(snapshot)
                form.is_touched = False
            self.banner.clear()

        self.banner.tell(
            self.tr("What you typed last time is here again."),
            Tone.INFO,
            action=self.tr("Start over"),
            run=start_over,
        )

    async def _commit(
        self, work: Coroutine[Any, Any, Any], keep_open: bool, then: Callable[[Any], object] | None
    ) -> None:
        try:
            answer = await work
        except InvalidDraft as invalid:
            self._set_busy(False)
            if not self._forms:
                raise
            self._forms[0].show_problems(invalid.problems)
            return
        except BaseException:
            self._set_busy(False)
            raise
        self._set_busy(False)
        self.context.drafts.pop(self._draft, None)
        self.done_well.emit(answer)
        if then:
            then(answer)
        if not keep_open:
            self.accept()

    def _set_busy(self, busy: bool) -> None:
        self._busy_count = int(busy)
        (self.busy.start if busy else self.busy.stop)()
        if self._primary:
            self._primary.setEnabled(not busy)
        self.cancel_button.setEnabled(not busy)

    def _header(self, title: str, subtitle: str) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setContentsMargins(SPACE_5, SPACE_4, SPACE_3, SPACE_2)
        words.setSpacing(2)
        line = QHBoxLayout()
        self.title_label = Text(title, "section", name=f"{self.objectName()}Title")
        line.addWidget(self.title_label, 1)
        close_name = f"{self.objectName()}CloseButton"
        self._close_button = IconButton("close", self.tr("Close"), self.reject, name=close_name)
        line.addWidget(self._close_button)
        self.subtitle_label = Text(subtitle, "muted", wrap=True, name=f"{self.objectName()}Subtitle")
        self.subtitle_label.setVisible(bool(subtitle))
        words.addLayout(line)
        words.addWidget(self.subtitle_label)
        return words

    def _scrolling_body(self) -> QScrollArea:
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._inside.installEventFilter(self)
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(SPACE_5, SPACE_2, SPACE_5, SPACE_4)
        self.body.setSpacing(SPACE_4)
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._scroll.setWidget(self._inside)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        # The body stands on the dialog's own ground, not on a surface within it.
        self._scroll.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        self._scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        return self._scroll

    def _keep_edge(self, _least: int, most: int) -> None:
        """The body ends where the consequence and the footer do, with a scroll bar and without."""
        bar = self._scroll.verticalScrollBar().sizeHint().width() if most else 0
        self.body.setContentsMargins(SPACE_5, SPACE_2, max(SPACE_2, SPACE_5 - bar), SPACE_4)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._inside.isAncestorOf(now):
            self.keep_in_sight()

    def _scroll_to_focus(self) -> None:
        field = self.focusWidget()
        if self._inside.isAncestorOf(field):
            # With room for two lines of what is wrong with it.
            self._scroll.ensureWidgetVisible(field, 0, 2 * SPACE_5)

    def _make_room(self) -> None:
        before = self.size()
        self._fit()
        self.resize(self.size().expandedTo(before))

    def _fit(self) -> None:
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.screen().availableSize()
        # A button says what it will do, in amounts and languages of any length.
        least = self._column.minimumSize().width()
        width = min(max(round(self._wanted_width * theme().scale), least), max(360, room.width() - 48))
        # Size hints are reckoned for lines of another length than these, above and below the body as well.
        around = _height_at(self, width) - self._scroll.sizeHint().height()
        wanted = _height_at(self._inside, width) + around + 2
        # A body of hardly anything still has the height that its scroll bar needs.
        wanted = max(wanted, self._column.minimumHeightForWidth(width))
        self.resize(width, min(wanted, max(320, room.height() - 48)))


class _Consequence(QFrame):
    """One line on quiet ground above the buttons."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "consequence")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        row.setSpacing(SPACE_2)
        self._icon = Icon("info")
        self.text = Text("", "body", wrap=True, name=f"{name}Text")
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        self.hide()

    def tell(self, text: str, tone: Tone) -> None:
        self.text.setText(text)
        self._icon.set_icon(
            "warning" if tone in (Tone.DANGER, Tone.WARNING) else "info",
            "text_muted" if tone is Tone.NEUTRAL else str(tone),
        )
        if self.property("tone") != str(tone):
            self.setProperty("tone", str(tone))
            restyle(self)
        self.setVisible(bool(text))


def _height_at(widget: QWidget, width: int) -> int:
    return widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()


def _indented(widget: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setContentsMargins(SPACE_5, 0, SPACE_5, 0)
    line.addWidget(widget)
    return line
