"""Quiet surfaces and what stands on them: cards, banners, empty states, headers, numbers, chips."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from frontdesk.ui.icons import pixmap
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import (
    SPACE_2,
    SPACE_3,
    SPACE_4,
    SPACE_5,
    WEIGHT_MEDIUM,
    Size,
    Tone,
)
from frontdesk.ui.widgets.basics import (
    Button,
    ElidedText,
    IconButton,
    Paragraph,
    PrimaryButton,
    Text,
    empty,
    restyle,
)
from frontdesk.ui.widgets.busy_bar import BusyBar

__all__ = [
    "Banner",
    "BigNumber",
    "BusyBar",
    "Card",
    "Chip",
    "EmptyState",
    "Icon",
    "KeyValues",
    "ScrollPage",
    "paint_chip",
]

_TONE_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.ACCENT: "info",
    Tone.INFO: "info",
    Tone.GOOD: "check",
    Tone.WARNING: "warning",
    Tone.DANGER: "error",
}


class Icon(QLabel):
    """An icon that follows the theme."""

    def __init__(self, name: str, role: str = "text_muted", size: int = 18) -> None:
        super().__init__()
        self._icon = (name, role, size)
        self.setFixedSize(size, size)
        self._show()
        theme().changed.connect(self._show)

    def set_icon(self, name: str, role: str) -> None:
        """Shows another icon."""
        self._icon = (name, role, self._icon[2])
        self._show()

    def _show(self) -> None:
        self.setPixmap(pixmap(*self._icon))


class Card(QFrame):
    """A raised surface with a hairline; put widgets into `body`. Never a card in a card."""

    def __init__(self, *, name: str = "", padding: int = SPACE_4) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(SPACE_2)
        if name:
            self.setObjectName(name)


class ScrollPage(QScrollArea):
    """A page that scrolls where there is no room: put widgets into `body`. `width` keeps lines short."""

    def __init__(self, *, name: str = "page", margin: int = SPACE_5, width: int = 0) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outside = QWidget()
        row = QHBoxLayout(outside)
        row.setContentsMargins(margin, margin, margin, margin)
        inside = QWidget()
        if width:
            inside.setMaximumWidth(width)
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACE_4)
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        row.addWidget(inside, 1)
        if width:
            row.addStretch(0)
        self.setWidget(outside)
        self.viewport().setAutoFillBackground(False)
        outside.setAutoFillBackground(False)


class Chip(QWidget):
    """A status: a short text on the quiet ground of its tone."""

    HEIGHT = 20
    PADDING = 8

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, *, name: str = "") -> None:
        super().__init__()
        self._text = text
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        if name:
            self.setObjectName(name)

    def set(self, text: str, tone: Tone) -> None:
        """Shows another status; an empty text hides the chip."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """What the chip says."""
        return self._text

    def sizeHint(self) -> QSize:
        """As wide as the text."""
        metrics = QFontMetrics(theme().font(Size.SECONDARY, WEIGHT_MEDIUM))
        return QSize(
            metrics.horizontalAdvance(self._text) + 2 * self.PADDING, max(self.HEIGHT, metrics.height() + 4)
        )

    def minimumSizeHint(self) -> QSize:
        """A chip is never squeezed."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the chip."""
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._text, self._tone)
        painter.end()


def paint_chip(painter: QPainter, rect: QRectF, text: str, tone: Tone, ground: str = "") -> None:
    """Draws a chip into `rect`, on its tone's quiet ground unless another is given; tables use it too."""
    colors = theme().colors
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground or colors.quiet(tone)))
    radius = min(rect.height() / 2, 10.0)
    painter.drawRoundedRect(rect, radius, radius)
    painter.setPen(QColor(colors.ink(tone)))
    painter.setFont(theme().font(Size.SECONDARY, WEIGHT_MEDIUM))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)


class Banner(QFrame):
    """One sentence on the quiet ground of its tone, above what it is about; hidden while it is empty."""

    def __init__(self, *, name: str = "banner", closable: bool = True) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "banner")
        self.setProperty("tone", str(Tone.INFO))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_2)
        row.setSpacing(SPACE_2)
        self._icon = Icon("info", "info")
        self._text = Text("", "body", wrap=True, name=f"{name}Text")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = Button("", name=f"{name}Action")
        self._run: Callable[[], object] | None = None
        self._action.clicked.connect(self._do)
        self._close = IconButton("close", self.tr("Close the message"), self.clear, name=f"{name}Close")
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self._close.setVisible(closable)
        self._action.hide()
        self.hide()

    def tell(
        self,
        text: str,
        tone: Tone = Tone.INFO,
        *,
        action: str = "",
        run: Callable[[], object] | None = None,
    ) -> None:
        """Shows a sentence, with a button for its next step if there is one."""
        self._text.setText(text)
        self._text.setAccessibleName("")
        self._icon.set_icon(_TONE_ICONS[tone], "text_muted" if tone is Tone.NEUTRAL else str(tone))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._run = run
        if self.property("tone") != str(tone):
            self.setProperty("tone", str(tone))
            restyle(self)
        self.setVisible(bool(text))

    def keep(self) -> None:
        """Stays until it is cleared: it is all that there is to read."""
        self._close.hide()

    def text(self) -> str:
        """What the banner says; "" while it is hidden."""
        return self._text.text()

    def tone(self) -> Tone:
        """The tone of what it says."""
        return Tone(self.property("tone"))

    def clear(self) -> None:
        """Takes the message away."""
        self.tell("")

    def _do(self) -> None:
        if self._run:
            self._run()


class EmptyState(QWidget):
    """What an empty list says: one sentence and one action."""

    def __init__(
        self,
        sentence: str,
        action: str = "",
        run: Callable[[], object] | None = None,
        *,
        icon: str = "",
        name: str = "emptyState",
        primary: bool = True,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_5, SPACE_5, SPACE_5, SPACE_5)
        column.setSpacing(SPACE_4)
        column.addStretch(2)
        if icon:
            column.addWidget(Icon(icon, "text_muted", 28), 0, Qt.AlignmentFlag.AlignHCenter)
        self.sentence = Paragraph(sentence, "muted", name=f"{name}Sentence")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.set_sentence(sentence)
        column.addWidget(self.sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button: Button | None = None
        if action:
            kind = PrimaryButton if primary else Button
            self.button = kind(action, run, name=f"{name}Action")
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def set_sentence(self, sentence: str) -> None:
        """Says something else, e.g. that nothing matches a search."""
        self.sentence.set_text(sentence)
        # A label that may wrap anywhere asks for less width than its text, and would be cut off.
        wanted = self.sentence.fontMetrics().horizontalAdvance(sentence) + SPACE_2
        self.sentence.setFixedWidth(max(200, min(420, wanted)))
        self.sentence.setMinimumHeight(self.sentence.heightForWidth(self.sentence.width()))


class BigNumber(QWidget):
    """The one big number of a screen, with what it counts and a quiet line under it."""

    def __init__(self, caption: str = "", *, name: str = "bigNumber") -> None:
        super().__init__()
        self.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.number = Text("", "big", name=f"{name}Number")
        self.caption = Text(caption, "muted", name=f"{name}Caption")
        column.addWidget(self.number)
        column.addWidget(self.caption)
        self.caption.setVisible(bool(caption))

    def set(self, number: str, caption: str = "", tone: Tone | None = None) -> None:
        """Shows a number that is formatted already, e.g. "8 credits" or "90.00 USD"."""
        self.number.setText(number)
        self.number.set_tone(tone)
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))


class KeyValues(QWidget):
    """Pairs of a quiet name and a value, one a line; values can be selected, numbers stand on the right.

    `elided` values give way where there is little room; others ask for the width of their longest word.
    """

    def __init__(self, *, name: str = "keyValues", right: bool = False, elided: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self._right = right
        self._elided = elided
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_4)
        self._grid.setVerticalSpacing(6)
        # What is left over goes to the names where the numbers stand on the right: they can break into lines.
        self._grid.setColumnStretch(0 if right else 1, 1)
        self._values: dict[str, Text] = {}

    def set(self, pairs: Iterable[tuple[str, str]], *, strong: str = "") -> None:
        """Shows these pairs instead of the ones before; the pair named `strong` stands out (a total)."""
        empty(self._grid)
        self._values.clear()
        side = Qt.AlignmentFlag.AlignRight if self._right else Qt.AlignmentFlag.AlignLeft
        for row, (key, value) in enumerate(pairs):
            kind = "strong" if strong and key == strong else "body"
            key_label = Text(key, "strong" if kind == "strong" else "muted", wrap=self._right)
            label = ElidedText(value, kind) if self._elided else Text(value, kind, wrap=not self._right)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(key_label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(
                label, row, 1, side | Qt.AlignmentFlag.AlignTop if self._right else Qt.AlignmentFlag(0)
            )
            self._values[key] = label

    def value(self, key: str) -> str:
        """The value shown for a key; raises KeyError."""
        return self._values[key].text()
