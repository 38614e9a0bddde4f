"""The header of lists: quiet titles over their columns, an arrow beside the one that sorts."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from frontdesk.ui.icons import pixmap
from frontdesk.ui.painting import fill
from frontdesk.ui.placing import placed
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_3, WEIGHT_MEDIUM, Size

HEIGHT = 34
_ARROW = 14


class ListHeader(QHeaderView):
    """`edge` is the space before the first title and `after` that behind the last, as in the rows beneath."""

    def __init__(self, edge: int, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._edge = edge
        self.after = SPACE_3
        self.last = 0
        self.sortable: set[int] = set()
        self._prepare()
        theme().changed.connect(self._prepare)

    def sizeHint(self) -> QSize:
        """One height for all lists."""
        return QSize(self.length(), max(HEIGHT, self._metrics.height() + 14))

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Draws a title, and its arrow."""
        model = self.model()
        colors = theme().colors
        painter.save()
        fill(painter, rect, QColor(colors.surface))
        fill(painter, QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colors.hairline))
        sorts = self.isSortIndicatorShown() and self.sortIndicatorSection() == logical
        title = str(model.headerData(logical, Qt.Orientation.Horizontal) or "")
        asked = model.headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        right = bool(asked and asked & Qt.AlignmentFlag.AlignRight)
        before = self._edge if self.visualIndex(logical) == 0 else SPACE_3
        after = self.after if logical == self.last else SPACE_3
        mirrored = self.isRightToLeft()
        inside = rect.adjusted(after, 0, -before, 0) if mirrored else rect.adjusted(before, 0, -after, 0)
        metrics = self._metrics
        room = inside.width() - (_ARROW + 4 if sorts else 0)
        text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
        box = QSize(metrics.horizontalAdvance(text) + 2, inside.height())
        at = placed(self.layoutDirection(), right, box, inside)
        painter.setFont(self._font)
        painter.setPen(QColor(colors.text if sorts else colors.text_muted))
        painter.drawText(at, int(Qt.AlignmentFlag.AlignCenter), text)
        if sorts:
            name = "sort-down" if self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder else "sort-up"
            left = at.left() - _ARROW - 4 if right != mirrored else at.right() + 4
            painter.drawPixmap(left, rect.center().y() - _ARROW // 2, pixmap(name, "text", _ARROW))
        painter.restore()

    def _prepare(self) -> None:
        self._font = theme().font(Size.SECONDARY, WEIGHT_MEDIUM)
        self._metrics = QFontMetrics(self._font)
