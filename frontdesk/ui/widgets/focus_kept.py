"""Keeps the keyboard where it is while what it is on is made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


@contextmanager
def focus_kept(around: QWidget) -> Iterator[None]:
    """While widgets inside `around` are replaced: the one of the same objectName gets the keyboard.

    If there is none any more, the first that can have it, so that it does not land in the sidebar, where
    an Enter pressed twice would leave the screen. Elsewhere the focus is left alone.
    """
    focused = around.window().focusWidget()
    # isAncestorOf(None) is False.
    if not around.isAncestorOf(focused):
        yield
        return
    name = focused.objectName()
    before = set(around.findChildren(QWidget))
    yield
    kept = [one for one in around.findChildren(QWidget) if _takes_keys(one, around)]
    named = [one for one in kept if name and one.objectName() == name]
    fresh = [one for one in kept if one not in before]
    for one in (*named, *fresh, *kept)[:1]:
        one.setFocus(Qt.FocusReason.OtherFocusReason)


def _takes_keys(widget: QWidget, around: QWidget) -> bool:
    """Whether Tab would come to it. What was only just made is shown later by its layout."""
    if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or not widget.isEnabled():
        return False
    shown: QWidget | None = widget
    while shown is not None and shown is not around:
        if shown.isHidden() and shown.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
            return False
        shown = shown.parentWidget()
    return True
