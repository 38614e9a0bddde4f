"""The permissions of a key for Stripe, one a line: whether it has each, in words beside the mark."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from frontdesk.services.views.stripe_account import Probed
from frontdesk.ui.tokens import SPACE_1, SPACE_3
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.surfaces import Icon

_MARKS = {"granted": ("check", "good"), "missing": ("error", "danger"), "unknown": ("help", "warning")}


class PermissionList(QWidget):
    """Grows line by line while they are asked for; hidden while it is empty."""

    def __init__(self, *, name: str = "stripePermissions") -> None:
        super().__init__()
        self.setObjectName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_3)
        self._grid.setVerticalSpacing(SPACE_1)
        self._grid.setColumnStretch(2, 1)
        self._lines: list[tuple[Probed, Text]] = []
        self.hide()

    def clear(self) -> None:
        """Shows nothing."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._lines.clear()
        self.hide()

    def add(self, one: Probed) -> None:
        """Shows one more; one that is shown already stays as it is."""
        if any(shown.row == one.row for shown, _told in self._lines):
            return
        row = len(self._lines)
        icon, role = _MARKS[one.verdict]
        told = Text(verdict_words(one), "secondary", wrap=True, name=f"{self.objectName()}.{one.row}")
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(Icon(icon, role, 16), row, 0, top)
        self._grid.addWidget(Text(one.label), row, 1, top)
        self._grid.addWidget(told, row, 2)
        self._lines.append((one, told))
        self.show()

    def words(self, row: str) -> str:
        """What is said of a permission; raises KeyError for one that is not shown."""
        return {one.row: told.text() for one, told in self._lines}[row]


def verdict_words(one: Probed) -> str:
    """What became of a permission, in words."""
    translate = QCoreApplication.translate
    wanted = (
        translate("StripePermissions", "Write")
        if one.access == "write"
        else translate("StripePermissions", "Read")
    )
    if one.verdict == "granted":
        return wanted
    if one.verdict == "unknown":
        return translate("StripePermissions", "{access}: Stripe did not say").format(access=wanted)
    return translate("StripePermissions", "{access} is missing ({name})").format(
        access=wanted, name=one.named
    )
