"""Texts in CSV files that a spreadsheet will open: none of them may turn into a formula there."""

from __future__ import annotations

import re
from typing import Any

# A sign before digits is a phone number or a change of credits; before anything else it begins a formula.
_BEGINS_A_FORMULA = re.compile(r"[=@\t\r]|[+\-](?![\d\s()/.\-]*\Z)")


def harmless(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would execute.

    Spreadsheets take the apostrophe for "this is text", and so does our own import.
    """
    if isinstance(value, str) and _BEGINS_A_FORMULA.match(value):
        return f"'{value}"
    return value
