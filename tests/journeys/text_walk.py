"""Whether every text of a window has room, mirrors, and went through the translation (U3, U7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import sqlalchemy as sa
from PySide6.QtCore import QLocale, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QWidget,
)

from frontdesk.models.base import metadata
from frontdesk.models.money import currencies
from frontdesk.services.stripe.keys import PERMISSIONS
from frontdesk.services.unit_of_work import Reading
from frontdesk.ui.places_of_the_world import guessed_zone
from frontdesk.ui.widgets.basics import ElidedText
from tests.ui.walk import described

#: A filter in a short row, whose list shows the whole of it.
_GIVES_WAY = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_STYLES = (QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat)
#: What Stripe's page calls the boxes that are to be ticked there.
_STRIPES_NAMES = frozenset(one.label for one in PERMISSIONS)
_WORD = re.compile(r"[^\W\d_]{2,}")
_DATA = re.compile(r"<[^>]+>|https?://\S+|\b[A-Z][A-Z0-9]*(-R)?-\d{6}\b|\b[a-z]{2,5}_\d\w+")


def cut_off(window: QWidget, shown: QWidget) -> list[str]:
    """What has less room than it needs; `shown` is the window itself or a dialog in front of it."""
    faults: list[str] = []
    if shown.isWindow() and (shown.width() > window.width() or shown.height() > window.height()):
        size = f"{shown.width()} × {shown.height()}"
        faults.append(f"{shown.objectName()} is {size} in a window of {window.width()} × {window.height()}")
    for widget in _visible(shown):
        faults += _short_of_room(widget)
    return faults


def not_mirrored(shown: QWidget) -> list[str]:
    """What still runs from left to right where everything should be turned around."""
    if shown.layoutDirection() is not Qt.LayoutDirection.RightToLeft:
        return [f"{described(shown)} runs from left to right"]
    return []


def untranslated(shown: QWidget, known: frozenset[str]) -> list[str]:
    """Words on screen that are neither in brackets, as the pseudo-language puts them, nor data."""
    faults = []
    for widget in [shown, *_visible(shown)]:
        for kind, text in _texts(widget):
            if set(text.split(", ")) <= _STRIPES_NAMES:
                continue
            # Tags are no words; addresses, receipts' numbers and Stripe's ids are data.
            rest = _without_brackets(_DATA.sub(" ", text))
            odd = [word for word in _WORD.findall(rest) if word.casefold() not in known]
            if odd:
                faults.append(f"{kind} of {described(widget)}: {' '.join(odd)} in {text!r}")
    return faults


def words_of_the_books(reading: Reading) -> frozenset[str]:
    """Every word that is data, what the locale says of months, days and keys, and the computer's zone."""
    words = set(words_of(guessed_zone()))
    for table in metadata.sorted_tables:
        columns = [one for one in table.columns if isinstance(one.type, sa.Text | sa.String)]
        for column in columns:
            for text in reading.connection.execute(sa.select(column).distinct()).scalars():
                words |= words_of(str(text))
    # The program has not chosen its language yet, which it does where the system names none.
    for locale, style in product((QLocale(), QLocale("en_GB")), _STYLES):
        names = [locale.monthName(one, style) for one in range(1, 13)]
        names += [locale.dayName(one, style) for one in range(1, 8)]
        words |= words_of(" ".join(names))
    for other in QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    ):
        money = other.currencySymbol(QLocale.CurrencySymbolFormat.CurrencyDisplayName)
        words |= words_of(f"{money} {other.nativeLanguageName()}")
    for one in currencies():
        words |= words_of(f"{one.code} {one.name}")
    return frozenset(words | {"ctrl", "alt", "shift", "enter", "return", "esc", "frontdesk", "am", "pm"})


def words_of(text: str) -> frozenset[str]:
    """The words of a text that is data."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


def _visible(shown: QWidget) -> Iterator[QWidget]:
    """Everything that is shown in it, but not in another window of its own."""
    for widget in shown.findChildren(QWidget):
        if widget.isVisibleTo(shown) and widget.window() is shown.window():
            yield widget


def _short_of_room(widget: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if isinstance(widget, QLabel) and widget.text() and not isinstance(widget, ElidedText):
        wrapped = widget.wordWrap()
        wanted = widget.heightForWidth(widget.width()) if wrapped else widget.minimumSizeHint().height()
        if widget.height() + 1 < wanted:
            yield f"{described(widget)} is {widget.height()} of {wanted} px high"
        if not wrapped and widget.width() < widget.minimumSizeHint().width():
            yield f"{described(widget)} has {widget.width()} of {widget.minimumSizeHint().width()} px"
    if isinstance(widget, QPushButton) and widget.text():
        wanted_size = widget.minimumSizeHint()
        if widget.width() < wanted_size.width() or widget.height() + 1 < wanted_size.height():
            yield f"{described(widget)} has {widget.size().toTuple()} of {wanted_size.toTuple()} px"
    if isinstance(widget, QComboBox) and widget.sizeAdjustPolicy() is not _GIVES_WAY:
        yield from _combo_short_of_room(widget)
    if isinstance(widget, QScrollArea):
        yield from _scrolls_sideways(widget)
    elif parent is not None and not isinstance(parent, QAbstractScrollArea) and not _scrolls(parent):
        inside = parent.rect().adjusted(-1, -1, 1, 1)
        if not inside.contains(widget.geometry()) and not widget.isWindow() and widget.width() > 2:
            yield f"{described(widget)} at {widget.geometry().getRect()} sticks out of {described(parent)}"


def _combo_short_of_room(box: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    room = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    needs = box.fontMetrics().horizontalAdvance(box.currentText())
    if needs > room.width():
        yield f"{described(box)} {box.currentText()!r} has {room.width()} of {needs} px"


def _scrolls_sideways(area: QScrollArea) -> Iterator[str]:
    inside = area.widget()
    if inside is not None and inside.width() > area.viewport().width() + 1:
        yield f"{described(area)} shows {area.viewport().width()} of {inside.width()} px"


def _scrolls(parent: QWidget) -> bool:
    above = parent.parentWidget()
    return isinstance(above, QAbstractScrollArea)


def _texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QLineEdit) and widget.isReadOnly():
        yield "text", widget.text()
    if isinstance(widget, QComboBox):
        yield "choice", "\n".join(widget.itemText(at) for at in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield "tab", "\n".join(widget.tabText(at) for at in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
        yield from _cells(widget)
    yield "accessible name", widget.accessibleName()
    yield "accessible description", widget.accessibleDescription()
    yield "tooltip", widget.toolTip()
    if widget.isWindow():
        yield "title", widget.windowTitle()


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model = view.model()
    root = QModelIndex()
    # A list's model keeps its one column to itself.
    columns = model.columnCount(root) if isinstance(view, QTableView) else 1
    for column in range(columns):
        head = model.headerData(column, Qt.Orientation.Horizontal)
        if isinstance(head, str):
            yield f"column {column}", head
        for row in range(min(model.rowCount(root), 40)):
            text = model.index(row, column).data()
            if isinstance(text, str):
                yield f"cell {row}, {column}", text


def _without_brackets(text: str) -> str:
    """What stands outside of balanced brackets."""
    depth, rest = 0, []
    for letter in text:
        depth += letter == "["
        if depth <= 0:
            rest.append(letter)
        depth -= letter == "]"
    return "".join(rest)
