"""A field for a tax rate in percent; its value is thousandths of a percent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent

from frontdesk.errors import FrontdeskError
from frontdesk.services.views.money import MoneyError, parse_rate, plain_rate
from frontdesk.ui.formats import Formats
from frontdesk.ui.widgets.fields import TextField


class RateField(TextField):
    """8875 shows as 8.875 with the locale's decimal sign; an empty field is no tax, 0."""

    def __init__(self, formats: Formats, rate: int = 0, *, name: str = "") -> None:
        super().__init__(name=name)
        self._formats = formats
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaximumWidth(140)
        self.set_suffix("%")
        self.set_value(rate)

    def value(self) -> int:
        """Thousandths of a percent. Raises FrontdeskError `money.not_a_rate`."""
        typed = self.text().strip()
        if not typed:
            return 0
        try:
            return parse_rate(typed.replace(self._formats.locale.decimalPoint(), ".").replace(",", "."))
        except MoneyError:
            raise FrontdeskError("money.not_a_rate", text=typed) from None

    def set_value(self, value: int | None) -> None:
        """Shows another rate."""
        self.setText(plain_rate(value or 0).replace(".", self._formats.locale.decimalPoint()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the rate."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()
