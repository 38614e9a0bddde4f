"""Imports as Python does them, without the look into every source file that PySide6 puts before them."""

from __future__ import annotations

import builtins

# Puts its own import function in place of Python's.
import PySide6.QtCore  # noqa: F401


def import_plainly() -> None:
    """Gives Python its own import function back; call once, before anything large is imported.

    PySide6 reads the source of each imported module to see whether it asks for `snake_case` or
    `true_property`, which nothing here does. That costs about 60 µs a module: some hundred come before the
    first frame, and several hundred while the books are opened.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
