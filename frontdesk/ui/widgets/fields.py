"""Input fields. Each has `value()`, `set_value()` and the signal `edited`, so that a form treats them alike.

`value()` raises FrontdeskError with a `field.…` code when what was typed cannot be read; the form shows it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QShowEvent,
    QTextCharFormat,
    QTextOption,
)
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from frontdesk.errors import FrontdeskError
from frontdesk.services.views.money import Money
from frontdesk.ui.formats import Formats
from frontdesk.ui.icons import icon
from frontdesk.ui.theme import theme
from frontdesk.ui.widgets.basics import IconButton
from frontdesk.ui.widgets.choice_fields import CheckField, Select
from frontdesk.ui.widgets.text_fields import SearchField, TextField

__all__ = [
    "CheckField",
    "DateField",
    "IntField",
    "MoneyField",
    "SearchField",
    "Select",
    "TextArea",
    "TextField",
]


class TextArea(QPlainTextEdit):
    """Several lines of text; Tab leaves it."""

    edited = Signal()

    def __init__(self, text: str = "", *, name: str = "", placeholder: str = "", lines: int = 3) -> None:
        super().__init__(text)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * lines + 20)
        self.setMaximumHeight(self.fontMetrics().lineSpacing() * lines * 3 + 20)
        if name:
            self.setObjectName(name)
        self._quiet = False
        self.textChanged.connect(self._tell)

    def value(self) -> str:
        """The text without blanks around it."""
        return self.toPlainText().strip()

    def set_value(self, value: str | None) -> None:
        """Shows another text without telling `edited`."""
        self._quiet = True
        self.setPlainText(value or "")
        self._quiet = False

    def _tell(self) -> None:
        if not self._quiet:
            self.edited.emit()


class MoneyField(TextField):
    """An amount in the studio's currency; its value is minor units, None when it is empty."""

    def __init__(self, formats: Formats, amount: int | None = None, *, name: str = "", placeholder: str = ""):
        super().__init__(name=name, placeholder=placeholder)
        self._formats = formats
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaximumWidth(200)
        self.set_suffix(formats.currency)
        self.set_value(amount)

    def showEvent(self, event: QShowEvent) -> None:
        """Names the currency that the studio has now."""
        super().showEvent(event)
        if self._suffix != self._formats.currency:
            self.set_suffix(self._formats.currency)

    def value(self) -> int | None:
        """Minor units. Raises FrontdeskError `field.not_money`, `.too_many_decimals`, `.too_large`."""
        return self._formats.parse_money(self.text()) if self.text().strip() else None

    def set_value(self, value: int | Money | None) -> None:
        """Shows an amount of minor units."""
        self.setText("" if value is None else self._formats.amount(value))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the amount."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows what was understood."""
        super().focusOutEvent(event)
        try:
            self.set_value(self.value())
        except FrontdeskError:
            return


class IntField(TextField):
    """A whole number, None when it is empty; Up and Down step."""

    def __init__(
        self,
        formats: Formats,
        value: int | None = None,
        *,
        least: int = 0,
        most: int = 999_999,
        suffix: str = "",
        name: str = "",
        placeholder: str = "",
    ) -> None:
        super().__init__(name=name, placeholder=placeholder)
        self._formats = formats
        self._least, self._most = least, most
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaximumWidth(140)
        self.set_suffix(suffix)
        self.set_value(value)

    def set_range(self, least: int, most: int) -> None:
        """Other limits, both included."""
        self._least, self._most = least, most

    def value(self) -> int | None:
        """The number. Raises FrontdeskError `field.not_a_number`, `field.too_small`, `field.too_large`."""
        group = self._formats.locale.groupSeparator()
        text = "".join(self.text().split()).replace(group, "").replace("−", "-")
        if not text:
            return None
        try:
            number = int(text)
        except ValueError:
            raise FrontdeskError("field.not_a_number", text=self.text().strip()) from None
        if number < self._least:
            raise FrontdeskError("field.too_small", least=self._least)
        if number > self._most:
            raise FrontdeskError("field.too_large", most=self._most)
        return number

    def set_value(self, value: int | None) -> None:
        """Shows another number."""
        self.setText("" if value is None else str(value))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the number."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down step by one within the limits."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        try:
            present = self.value()
        except FrontdeskError:
            return
        start = present if present is not None else self._least - step
        self.set_value(min(self._most, max(self._least, start + step)))
        self.selectAll()
        self.edited.emit()


class DateField(TextField):
    """A day: typed in any usual way, stepped with Up and Down, or chosen in a calendar (Alt+Down).

    Empty means None, which `never` puts into words as the placeholder ("never expires").
    """

    def __init__(
        self, formats: Formats, day: dt.date | None = None, *, name: str = "", never: str = ""
    ) -> None:
        super().__init__(name=name, placeholder=never)
        self._formats = formats
        self._popup: QFrame | None = None
        self.setMaximumWidth(200)
        self.setMinimumWidth(150)
        self._button = IconButton("calendar", self.tr("Choose in a calendar"), self.open_calendar)
        self._button.setParent(self)
        self._button.setCursor(Qt.CursorShape.ArrowCursor)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._keep_free(26)
        self.set_value(day)

    def value(self) -> dt.date | None:
        """The day. Raises FrontdeskError `field.not_a_date`."""
        return self._formats.parse_date(self.text()) if self.text().strip() else None

    def set_value(self, value: dt.date | None) -> None:
        """Shows another day."""
        self.setText("" if value is None else self._formats.date(value))

    def open_calendar(self) -> None:
        """Opens the calendar beneath the field; Enter takes the day, Esc goes back."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setProperty("kind", "popup")
        calendar = _calendar(popup, self._formats.locale)
        calendar.setAccessibleName(self.tr("Calendar"))
        day = self._present()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        column = QVBoxLayout(popup)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(calendar)
        calendar.activated.connect(self._take)
        calendar.clicked.connect(self._take)
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self._popup = popup
        popup.show()
        calendar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Down opens the calendar; Up and Down step by a day."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.set_value(self._present() + dt.timedelta(days=1 if key is Qt.Key.Key_Up else -1))
            self.edited.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows what was understood: "+30" becomes a day."""
        super().focusOutEvent(event)
        try:
            self.set_value(self.value())
        except FrontdeskError:
            return

    def resizeEvent(self, event: Any) -> None:
        """Keeps the calendar button at the end."""
        super().resizeEvent(event)
        side = min(26, self.height() - 4)
        at = 3 if self.isRightToLeft() else self.width() - side - 3
        self._button.setGeometry(at, (self.height() - side) // 2, side, side)

    def _present(self) -> dt.date:
        try:
            return self.value() or self._formats.today()
        except FrontdeskError:
            return self._formats.today()

    def _take(self, day: QDate) -> None:
        self.set_value(dt.date(day.year(), day.month(), day.day()))
        self.edited.emit()
        if self._popup:
            self._popup.close()
            self._popup = None
        self.setFocus()


def _calendar(parent: QWidget, locale: QLocale) -> QCalendarWidget:
    """A calendar in our colours: quiet weekdays, no red Sundays, our chevrons."""
    calendar = QCalendarWidget(parent)
    calendar.setObjectName("calendar")
    calendar.setLocale(locale)
    calendar.setFirstDayOfWeek(locale.firstDayOfWeek())
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
    day = QTextCharFormat()
    day.setForeground(theme().color("text"))
    for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(weekday, day)
    head = QTextCharFormat()
    head.setForeground(theme().color("text_muted"))
    head.setBackground(theme().color("raised"))
    calendar.setHeaderTextFormat(head)
    for name, picture in (("prev", "chevron-left"), ("next", "chevron-right")):
        button = calendar.findChild(QToolButton, f"qt_calendar_{name}month")
        if button is not None:
            button.setIcon(icon(picture))
    return calendar
