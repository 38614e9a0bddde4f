"""Tab goes as one reads, also through what was added to a dialog after it was built."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


def order_tabs(around: QWidget, before: tuple[QWidget, ...] = ()) -> tuple[QWidget, ...]:
    """Chains what takes the keyboard inside `around` in the order of its layouts; returns that order.

    Nothing is done if the order is that of `before`, the answer of the last time. What comes before and
    after `around` stays there.
    """
    order = tuple(_focusable(around))
    if order != before:
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)
    return order


def _focusable(widget: QWidget) -> Iterator[QWidget]:
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    layout = widget.layout()
    if layout is not None:
        yield from _of_layout(layout)


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget, inner = (None, None) if item is None else (item.widget(), item.layout())
        if widget is not None:
            yield from _focusable(widget)
        elif inner is not None:
            yield from _of_layout(inner)
