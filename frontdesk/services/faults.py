"""What is told of an error that nobody expected: its place, and a short mark for people to quote (A7, U6)."""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path
from typing import Final

# Letters and digits that nobody mistakes for one another on the telephone.
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH: Final = 6


def place_of(error: BaseException) -> str:
    """The kind of an error and the line that raised it: "KeyError at disputes.py:20"; never what it says."""
    places = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" at {Path(one.filename).name}:{one.lineno}" for one in places)
    return f"{type(error).__name__}{where}"


def mark_of(error: BaseException) -> str:
    """Six letters that are the same whenever the same line raises the same kind of error."""
    number = int.from_bytes(hashlib.sha256(place_of(error).encode()).digest())
    letters = []
    for _ in range(_LENGTH):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)
