"""Texts, buttons and lines: the smallest pieces, each in the look of its kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLabel,
    QLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from frontdesk.ui.icons import keep_promise, set_icon
from frontdesk.ui.reading_order import in_order
from frontdesk.ui.tokens import ICON, LINE_HEIGHT_PERCENT, Tone

#: What a line of a tooltip holds.
_TIP_LETTERS = 80


def restyle(widget: QWidget) -> None:
    """Lets the style sheet look again at a widget whose `kind` or `tone` has changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def empty(layout: QLayout) -> None:
    """Takes every widget out of a layout and deletes it; hidden at once, since Qt deletes it only later."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class Text(QLabel):
    """A line of text: body, title, section, big, strong, label, muted, secondary, help or problem."""

    def __init__(
        self,
        text: str = "",
        kind: str = "body",
        *,
        tone: Tone | None = None,
        wrap: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(in_order(text), parent)
        self._plain = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        if tone:
            self.setProperty("tone", str(tone))
        self.setWordWrap(wrap)
        if name:
            self.setObjectName(name)

    def setText(self, text: str) -> None:
        """Shows `text`, with names that run from right to left in their place."""
        self._plain = text
        super().setText(in_order(text))

    def text(self) -> str:
        """The text as it was given."""
        return self._plain

    def set_tone(self, tone: Tone | None) -> None:
        """Colours the text by a tone; the words must say the same."""
        told = str(tone) if tone else ""
        if (self.property("tone") or "") != told:
            self.setProperty("tone", told)
            restyle(self)


def tip_lines(text: str) -> str:
    """`text` in lines as a tooltip can show them: Qt breaks no plain text, however long it is."""
    if len(text) <= _TIP_LETTERS:
        return text
    # Late: few tooltips are that long, and the start is short.
    from textwrap import fill

    return "\n".join(fill(line, _TIP_LETTERS) for line in text.splitlines())


class ElidedText(Text):
    """A line that gives way: what does not fit ends in "…" and stands in the tooltip."""

    def minimumSizeHint(self) -> QSize:
        """Hardly any room is enough."""
        return QSize(40, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws what fits."""
        metrics, whole = self.fontMetrics(), in_order(self.text())
        shown = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, self.width())
        tip = tip_lines(self.text()) if shown != whole else ""
        if self.toolTip() != tip:
            self.setToolTip(tip)
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


class Paragraph(QLabel):
    """Several sentences, wrapped, with the line height of running text."""

    def __init__(self, text: str = "", kind: str = "muted", *, name: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("kind", kind)
        self.setWordWrap(True)
        self.setObjectName(name)
        self._plain = ""
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Shows plain text; line breaks are kept."""
        # Late, since start-up shows no paragraph.
        from html import escape

        self._plain = text
        shown = in_order(text)
        lines = escape(shown).replace("\n", "<br>")
        # Rich text looks into what is isolated, too, for the way that it runs.
        way = "" if shown == text else ' dir="ltr"'
        self.setText(f'<p{way} style="line-height:{LINE_HEIGHT_PERCENT}%; margin:0">{lines}</p>')

    def set_kind(self, kind: str) -> None:
        """Another kind of text, e.g. muted where it only says that there is none."""
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            restyle(self)

    def plain_text(self) -> str:
        """The text as it was given."""
        return self._plain


def pressed_by(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Presses a button by Enter, as Space does; Qt itself does so in dialogs alone."""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        button.click()
        return True
    return False


class PressButton(QPushButton):
    """A push button that Enter presses wherever it stands."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses."""
        if not pressed_by(self, event):
            super().keyPressEvent(event)


class Button(PressButton):
    """A button with a verb. `name` is its objectName; `run` what it does."""

    KIND = "secondary"
    ICON_ROLE = "text_muted"

    def __init__(
        self,
        text: str,
        run: Callable[[], object] | None = None,
        *,
        name: str = "",
        icon: str = "",
        tall: bool = False,
    ) -> None:
        super().__init__(text)
        self.setProperty("kind", self.KIND)
        self.setProperty("tall", tall)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setIconSize(QSize(16, 16))
        self.setAutoDefault(False)
        if name:
            self.setObjectName(name)
        if icon:
            set_icon(self, icon, self.ICON_ROLE)
        if run:
            self.clicked.connect(lambda _checked=False: run())


class PrimaryButton(Button):
    """The one filled button of a screen or dialog."""

    KIND = "primary"
    ICON_ROLE = "on_accent"


class SecondaryButton(Button):
    """An outlined button; at most two beside the primary one."""


class DangerButton(Button):
    """The filled button of what destroys or refunds; its text says all of it."""

    KIND = "danger"
    ICON_ROLE = "on_danger"


class LinkButton(Button):
    """A quiet action inside text or an empty corner."""

    KIND = "link"
    ICON_ROLE = "accent"


class IconButton(QToolButton):
    """An icon without a word: `text` becomes its tooltip and its accessible name."""

    def __init__(
        self,
        icon: str,
        text: str,
        run: Callable[[], object] | None = None,
        *,
        name: str = "",
        outlined: bool = False,
        role: str = "text_muted",
    ) -> None:
        super().__init__()
        set_icon(self, icon, role)
        self.setIconSize(QSize(ICON, ICON))
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if outlined:
            self.setProperty("kind", "outlined")
        if name:
            self.setObjectName(name)
        if run:
            self.clicked.connect(lambda _checked=False: run())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses."""
        if not pressed_by(self, event):
            super().keyPressEvent(event)


class MenuButton(IconButton):
    """The "⋯" button: a menu of the actions that are not worth a button of their own."""

    def __init__(
        self, text: str, actions: list[QAction] | None = None, *, name: str = "", icon: str = "more"
    ):
        super().__init__(icon, text, name=name, outlined=True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.setMenu(menu)
        for action in actions or []:
            keep_promise(action)
            menu.addAction(action)


def action_button(
    action: QAction, kind: type[Button] = SecondaryButton, *, name: str = "", plain: bool = False
) -> Button:
    """A button that does a registered action and shows its shortcut in the tooltip; `plain`: no icon.

    While the action is off and says why (`allow`), the button says so too.
    """
    button = kind(action.text(), action.trigger, name=name)
    icon = action.property("iconName")
    if icon and not plain:
        set_icon(button, str(icon), kind.ICON_ROLE)
    hidden = False

    def follow() -> None:
        nonlocal hidden
        button.setEnabled(action.isEnabled())
        button.setText(action.text())
        button.setToolTip(action.toolTip())
        button.setAccessibleDescription("" if action.isEnabled() else action.whatsThis())
        # Showing it where nobody hid it would make a window of a button that has no place yet.
        if not action.isVisible() or hidden:
            hidden = not action.isVisible()
            button.setHidden(hidden)

    follow()
    action.changed.connect(follow)
    button.destroyed.connect(lambda: action.changed.disconnect(follow) if isValid(action) else None)
    return button


class Rule(QFrame):
    """A hairline."""

    def __init__(self, *, vertical: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "rule")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
