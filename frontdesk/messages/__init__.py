"""English wording of every error and problem code, by area; free of Qt, so that the command line has it too.

Each module of this package holds one area: `MESSAGES: dict[str, str]`, code to template. A template names the cause
and the next step and takes its parameters by name: `"The cash given, {given}, is less than the {due} due. Type …"`.
Modules are found by themselves; a code belongs to one area alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any


@cache
def templates() -> Mapping[str, str]:
    """All codes with their English templates. Raises ValueError when two areas claim one code."""
    from pkgutil import iter_modules

    merged: dict[str, str] = {}
    for area in sorted(module.name for module in iter_modules(__path__)):
        messages: dict[str, str] = import_module(f"{__name__}.{area}").MESSAGES
        twice = merged.keys() & messages.keys()
        if twice:
            raise ValueError(
                f"frontdesk.messages.{area} claims codes of another area: {', '.join(sorted(twice))}"
            )
        merged.update(messages)
    return MappingProxyType(merged)


def template(code: str) -> str | None:
    """The English template of a code, None for a code without wording (which is a bug that tests look for)."""
    return templates().get(code)


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The English sentence of a code with its parameters, as the command line prints it."""
    english = template(code)
    shown = {name: _plain(value) for name, value in params.items()}
    if english is None:
        return f"{code} {shown}" if shown else code
    return fill(english, shown)


def fill(english: str, shown: Mapping[str, str]) -> str:
    """A template, or its translation, with its parameters; what was not kept leaves no hole in the sentence."""
    return english.format_map(_Shown(shown)).replace(" (…)", "")


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return ", ".join(map(_plain, value)) if isinstance(value, tuple | list) else str(value)


class _Shown(dict[str, str]):
    """A missing parameter shows as dots, since half a message helps more than none."""

    def __missing__(self, key: str) -> str:
        return "…"
