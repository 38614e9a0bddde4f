"""A day and a time of day on the studio's clock, as one field; its value is an instant in UTC."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from frontdesk.errors import FrontdeskError
from frontdesk.services.views.calendar import instant_at
from frontdesk.ui.formats import Formats
from frontdesk.ui.tokens import SPACE_2
from frontdesk.ui.widgets.fields import DateField, TextField

_TIME = re.compile(r"(\d{1,2})\s*[:.h]?\s*(\d{2})?\s*(am|pm)?", re.IGNORECASE)


class WhenField(QWidget):
    """The day first, then the time: "18:30", "1830", "6.30 pm", "9"."""

    edited = Signal()

    def __init__(self, formats: Formats, zone: str, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._formats, self._zone = formats, zone
        #: The instant that the texts stand for, to the second, as long as nobody types over them.
        self._exact: tuple[tuple[str, str], datetime] | None = None
        self.day = DateField(formats, name=f"{name}Day")
        self.time = TextField(name=f"{name}Time")
        self.time.setMaximumWidth(90)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.day)
        row.addWidget(self.time)
        row.addStretch(1)
        self.setFocusProxy(self.day)
        self.day.edited.connect(self.edited)
        self.time.edited.connect(self.edited)

    def value(self) -> datetime | None:
        """The instant, None while a part is empty. Raises field.not_a_date, field.not_a_time.

        What `set_now` showed is still the very instant: credits bought in the same minute came before it.
        """
        if self._exact is not None and self._exact[0] == self.raw():
            return self._exact[1]
        day: date | None = self.day.value()
        text = self.time.value()
        if day is None or not text:
            return None
        return instant_at(day, parse_time(text), ZoneInfo(self._zone))

    def set_value(self, value: datetime | None) -> None:
        """Shows an instant on the studio's clock."""
        self.day.set_value(None if value is None else self._formats.local_day(value))
        self.time.set_value("" if value is None else self._formats.time(value))

    def set_now(self) -> None:
        """Shows this minute, and means this instant."""
        now = self._formats.now()
        self.set_value(now)
        self._exact = (self.raw(), now)

    def raw(self) -> tuple[str, str]:
        """As it was typed, readable or not."""
        return self.day.text(), self.time.text()

    def set_raw(self, raw: tuple[str, str]) -> None:
        """Puts back what `raw` gave."""
        self.day.setText(raw[0])
        self.time.setText(raw[1])

    def setAccessibleName(self, name: str) -> None:
        """The form's label names the day; the time says that it is one."""
        super().setAccessibleName(name)
        self.day.setAccessibleName(name)
        self.time.setAccessibleName(self.tr("{label}, time").format(label=name))


def parse_time(text: str) -> time:
    """A typed time of day. Raises FrontdeskError field.not_a_time."""
    found = _TIME.fullmatch(text.strip().replace("\u202f", " "))
    if found:
        digits, minutes, half = found[1], found[2], (found[3] or "").lower()
        hour, minute = int(digits), int(minutes or 0)
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour <= 23 and minute <= 59:
            return time(hour, minute)
    raise FrontdeskError("field.not_a_time", text=text.strip())
