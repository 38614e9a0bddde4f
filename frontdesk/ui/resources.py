"""Where the shipped files (icons, fonts, theme marks, translations) are, from source and in the bundle."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import frontdesk


@cache
def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. `resource("icons", "plus.svg")`."""
    return _root().joinpath(*parts)


@cache
def _root() -> Path:
    bundled = getattr(sys, "_MEIPASS", None)
    root = Path(bundled) if bundled else Path(frontdesk.__file__).resolve().parent.parent
    return root / "resources"
