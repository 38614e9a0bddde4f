"""Choosing one of many by typing any part of its name: currencies, time zones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit, QStyledItemDelegate, QWidget

from frontdesk.errors import FrontdeskError
from frontdesk.services.views.text import fold
from frontdesk.ui.icons import icon
from frontdesk.ui.theme import theme
from frontdesk.ui.widgets.fields import TextField

_SEARCHED = int(Qt.ItemDataRole.UserRole) + 1
_SHOWN = 9


class _Completer(QCompleter):
    """Looks for the folded text anywhere in the folded words, and puts in what is shown."""

    def splitPath(self, path: str) -> list[str]:
        return [fold(path)]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        shown: str = index.data(Qt.ItemDataRole.DisplayRole)
        return shown


class SearchSelect(TextField):
    """A text field over a list: Down opens all of it, typing narrows it, Enter takes the marked one.

    With none marked, Enter takes the first of what was found, and leaving the field takes the only one.

    Each choice has a text, a value, and further words that find it.
    """

    def __init__(
        self, choices: Iterable[tuple[str, str, str]] = (), value: str = "", *, name: str = ""
    ) -> None:
        """`choices` are (shown text, value, further words)."""
        super().__init__(name=name)
        self._values: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._list = QStandardItemModel(self)
        self._search = _Completer(self._list, self)
        self._search.setCompletionRole(_SEARCHED)
        self._search.setFilterMode(Qt.MatchFlag.MatchContains)
        self._search.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._search.setMaxVisibleItems(_SHOWN)
        popup = cast(QWidget, self._search.popup())
        cast(QAbstractItemView, popup).setItemDelegate(QStyledItemDelegate(popup))
        popup.setProperty("kind", "choices")
        popup.setAccessibleName(self.tr("Choices"))
        self.setCompleter(self._search)
        self._search.activated.connect(lambda _text: self.edited.emit())
        self._arrow = self.addAction(icon("chevron-down"), QLineEdit.ActionPosition.TrailingPosition)
        self._arrow.setText(self.tr("Show all choices"))
        self._arrow.triggered.connect(self.open_all)
        theme().changed.connect(self._recolour)
        self.set_choices(choices)
        self.set_value(value)

    def set_choices(self, choices: Iterable[tuple[str, str, str]]) -> None:
        """Offers these instead."""
        self._list.clear()
        self._values.clear()
        self._texts.clear()
        for text, value, words in choices:
            item = QStandardItem(text)
            item.setEditable(False)
            item.setData(fold(f"{text} {value} {words}"), _SEARCHED)
            self._list.appendRow(item)
            self._texts[value] = text
            for known in (text, value):
                self._values.setdefault(fold(known), value)

    def value(self) -> str:
        """The chosen value, "" when empty. Raises FrontdeskError `field.not_a_choice`."""
        typed = self.text().strip()
        if not typed:
            return ""
        found = self._values.get(fold(typed))
        if found is None:
            raise FrontdeskError("field.not_a_choice", text=typed)
        return found

    def set_value(self, value: str | None) -> None:
        """Shows a choice; a value that is not offered is shown as it is."""
        super().set_value(self._texts.get(value or "", value or ""))

    def open_all(self) -> None:
        """Shows the whole list."""
        if self.isReadOnly():
            return
        self.setFocus()
        self._search.setCompletionPrefix("")
        self._search.complete()

    def set_locked(self, locked: bool) -> None:
        """A locked choice can be read and copied, but not changed."""
        self.setReadOnly(locked)
        self._arrow.setVisible(not locked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Up open the list; Enter in an open list takes a choice and nothing else."""
        popup = cast(QWidget, self._search.popup())
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not popup.isVisible():
            self.open_all()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._takes_first(popup):
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the choice."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows what was understood: "eur" becomes the currency."""
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        try:
            self.set_value(self.value())
        except FrontdeskError:
            if len(found := self._found()) == 1:
                self.set_value(found[0])
                self.edited.emit()

    def _takes_first(self, popup: QWidget) -> bool:
        """Whether what was typed stood for the first choice of the open list, of which none was marked."""
        found = self._found()
        marked = cast(QAbstractItemView, popup).currentIndex().isValid()
        if not popup.isVisible() or marked or not found or fold(self.text()) in self._values:
            return False
        popup.hide()
        self.set_value(found[0])
        self.edited.emit()
        return True

    def _found(self) -> list[str]:
        """The values of all choices that hold what was typed, in the list's order."""
        typed = fold(self.text())
        rows = (self._list.item(row) for row in range(self._list.rowCount())) if typed else ()
        return [self._values[fold(row.text())] for row in rows if typed in row.data(_SEARCHED)]

    def _recolour(self) -> None:
        self._arrow.setIcon(icon("chevron-down"))
