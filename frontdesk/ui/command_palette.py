"""Ctrl+K: every command with its shortcut, and whatever the search providers find, driven by the keyboard."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from PySide6.QtCore import (
    QEvent,
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from frontdesk.ui.placing import beside
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import ICON, SPACE_2, SPACE_3, WEIGHT_MEDIUM, Size
from frontdesk.ui.widgets.basics import Rule, Text
from frontdesk.ui.widgets.drop_list import ROW_ROLE, DropList, DropRows, Index
from frontdesk.ui.widgets.entry_painting import at_end, chosen, elided, icon_first
from frontdesk.ui.widgets.fields import SearchField

if TYPE_CHECKING:
    from frontdesk.ui.main_window import MainWindow

_ROW = 40
_HEAD = 30
_ICON_GAP = 10


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One line: what it says, a quiet second text, an icon, its shortcut, and what Enter does."""

    text: str
    run: Callable[[], object] | None = None
    second: str = ""
    icon: str = ""
    keys: str = ""

    @property
    def is_title(self) -> bool:
        """A title over a group, which cannot be chosen."""
        return self.run is None


class PaletteProvider(Protocol):
    """Finds things, e.g. clients by name. Called anew at each keystroke; older calls are cancelled."""

    async def search(self, text: str) -> Sequence[PaletteEntry]: ...


class _Entries(DropRows["PaletteEntry"]):
    def text(self, row: PaletteEntry) -> str:
        return row.text

    def words(self, row: PaletteEntry) -> str:
        return ", ".join(filter(None, (row.text, row.second, row.keys)))

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.rows[index.row()].is_title:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _EntryDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _HEAD if index.data(ROW_ROLE).is_title else _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # The stub does not know the fields that Qt's class has.
        drawn = cast(Any, option)
        entry: PaletteEntry = index.data(ROW_ROLE)
        inside: QRect = drawn.rect.adjusted(SPACE_3, 0, -SPACE_3, 0)
        painter.save()
        painter.setLayoutDirection(drawn.direction)
        if entry.is_title:
            small = theme().font(Size.SECONDARY, WEIGHT_MEDIUM)
            elided(painter, inside, entry.text, small, theme().colors.text_muted)
        else:
            if drawn.state & QStyle.StateFlag.State_Selected:
                chosen(painter, drawn.rect)
            self._entry(painter, entry, inside)
        painter.restore()

    def _entry(self, painter: QPainter, entry: PaletteEntry, inside: QRect) -> None:
        colors, small = theme().colors, theme().font(Size.SECONDARY)
        if entry.icon:
            inside = icon_first(painter, inside, entry.icon, "text_muted", ICON, _ICON_GAP)
        else:
            inside = beside(painter.layoutDirection(), False, ICON + _ICON_GAP, inside)
        if entry.keys:
            inside = at_end(painter, inside, entry.keys, small, colors.text_muted)
        rest = elided(painter, inside, entry.text, theme().font(), colors.text)
        if entry.second and rest.width() > 40:
            elided(painter, rest, entry.second, small, colors.text_muted)


class CommandPalette(QFrame):
    """Over the window; Enter runs, Esc closes, the arrows choose while one types on."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName("commandPalette")
        self.setProperty("kind", "popup")
        self._window = window
        self._scope = ""
        self._before: QWidget | None = None
        self._providers = window.context.palette_providers
        self._found: list[PaletteEntry] = []
        self.field = SearchField(self.tr("Type a name, a phone number or a command"), name="paletteField")
        self.field.setProperty("kind", "plain")
        self.field.searched.connect(self._search)
        self.field.installEventFilter(self)
        self._model = _Entries(self)
        self.list = DropList(self._model, name="paletteList", reads=self.tr("Commands and search results"))
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.clicked.connect(self._run)
        self._nothing = Text(self.tr("Nothing is called that."), "muted", name="paletteNothing")
        self._nothing.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        head.addWidget(self.field)
        column.addLayout(head)
        column.addWidget(Rule())
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing)
        column.addSpacing(4)
        window.installEventFilter(self)
        self.hide()

    def open(self, scope: str) -> None:
        """Shows all commands of the window and of the screen `scope`."""
        self._before = QApplication.focusWidget()
        self._scope = scope
        self._found = []
        self.field.clear()
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Hides it and gives the focus back."""
        self.hide()
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus()

    def entries(self) -> tuple[PaletteEntry, ...]:
        """What is listed now, titles left out."""
        return tuple(entry for entry in self._model.rows if not entry.is_title)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the field that belong to the list; follows the window, and closes without focus."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(Qt.Key(event.key()))
        return False

    def _key(self, key: Qt.Key) -> bool:
        match key:
            # Tab would leave the field, and the palette would be gone with what was typed.
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self._step(1)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self._step(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._run(self.list.currentIndex())
            case Qt.Key.Key_Escape:
                self.close_palette()
            case _:
                return False
        return True

    def _step(self, way: int) -> None:
        rows = self._model.rowCount()
        at = self.list.currentIndex().row()
        for _ in range(rows):
            at = (at + way) % rows
            if not self._model.rows[at].is_title:
                self._choose(at)
                return

    def _choose(self, at: int) -> None:
        index = self._model.index(at, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _run(self, index: Index) -> None:
        if not index.isValid():
            return
        run = self._model.rows[index.row()].run
        if run is not None:
            self.close_palette()
            run()

    def _search(self, text: str) -> None:
        if not text.strip():
            self._found = []
        elif self._providers:
            self._window.context.tasks.start(self._ask_providers(text), latest="palette")
        self._show(text)

    async def _ask_providers(self, text: str) -> None:
        found: list[PaletteEntry] = []
        for title, provider in self._providers:
            some = await provider.search(text)
            if some:
                found += [PaletteEntry(title), *some]
        if self.field.text() == text:
            self._found = found
            self._show(text)

    def _show(self, text: str) -> None:
        commands = self._commands(text)
        entries = list(self._found) if text.strip() else []
        if commands:
            if entries:
                entries.append(PaletteEntry(self.tr("Commands")))
            entries += commands
        self._model.show(entries)
        self._nothing.setVisible(not entries)
        self.list.setVisible(bool(entries))
        first = next((at for at, entry in enumerate(entries) if not entry.is_title), -1)
        if first >= 0:
            self._choose(first)

    def _commands(self, text: str) -> list[PaletteEntry]:
        words = fold(text).split()
        ranked: list[tuple[int, int, PaletteEntry]] = []
        for order, command in enumerate(self._window.context.actions.usable(self._scope)):
            rank = _rank(words, fold(command.text), fold(str(command.action.data() or "")))
            if rank is not None and command.id != "find.anything":
                icon_name = command.icon
                entry = PaletteEntry(
                    command.text, command.action.trigger, icon=icon_name, keys=command.shortcut
                )
                ranked.append((rank, order, entry))
        return [entry for _, _, entry in sorted(ranked, key=lambda one: one[:2])]

    def _place(self) -> None:
        width = min(600, self._window.width() - 48)
        height = min(440, self._window.height() - 120)
        self.setGeometry(QRect(QPoint((self._window.width() - width) // 2, 64), QSize(width, height)))


def fold(text: str) -> str:
    """Lower case without accents, so that what is typed plainly is found."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _rank(words: list[str], text: str, keywords: str) -> int | None:
    """How well a command fits; None if a word is nowhere in it. Less is better."""
    rank = 0
    for word in words:
        if text.startswith(word):
            continue
        if f" {word}" in text:
            rank += 1
        elif f" {word}" in f" {keywords}":
            rank += 2
        elif len(word) > 1 and word in text:
            rank += 3
        else:
            return None
    return rank


def palette_of(window: MainWindow) -> CommandPalette:
    """The palette of a window, made at the first call."""
    found = window.findChild(CommandPalette)
    return found if found is not None else CommandPalette(window)
