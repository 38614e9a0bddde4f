"""Tab goes as one reads, whatever was added, hidden or shown since.

Qt's own chain follows the order in which widgets were made, and enters a compound field through its focus
proxy from wherever the container happens to stand in the chain: a field that changes its parts then leads
Tab round in a circle. The layouts always say what one reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def tab_on(around: QWidget, forward: bool, last: Sequence[QWidget] = ()) -> bool:
    """Gives the focus to what is read next in `around`, or before, and round at the ends.

    What is in `last` comes after everything else. Says whether anything takes the focus.
    """
    order = [stop for stop in reading_order(around) if stop not in last] + list(last)
    way = order if forward else order[::-1]
    here = _stop_of(around.focusWidget(), way)
    # Qt asks also when what has the focus is hidden: it goes on from where that stood.
    start = 0 if here is None else way.index(here) + 1
    for stop in (*way[start:], *way[:start]):
        if stop is not here and stop.isVisible() and stop.isEnabled():
            stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
            return True
    return False


def reading_order(widget: QWidget) -> Iterator[QWidget]:
    """What itself takes the keyboard by Tab in `widget`, in the order of its layouts."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    layout = widget.layout()
    if layout is not None:
        yield from _of_layout(layout)
    elif isinstance(widget, QScrollArea) and (inside := widget.widget()) is not None:
        yield from reading_order(inside)


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget, inner = (None, None) if item is None else (item.widget(), item.layout())
        if widget is not None:
            yield from reading_order(widget)
        elif inner is not None:
            yield from _of_layout(inner)


def _stop_of(widget: QWidget | None, stops: Sequence[QWidget]) -> QWidget | None:
    """The stop that has the focus: the widget itself, or what is around it, as for the line of a spin box."""
    while widget is not None and widget not in stops:
        widget = widget.parentWidget()
    return widget
