"""The style sheet: resources/theme/style.qss with its names filled in from the tokens."""

from __future__ import annotations

from functools import cache
from string import Template

from frontdesk.ui.resources import resource
from frontdesk.ui.tokens import TYPE_SCALE, Colors

_MARKS = ("check", "dot", "down", "up")


@cache
def _template() -> Template:
    return Template(resource("theme", "style.qss").read_text(encoding="utf-8"))


def stylesheet(colors: Colors, scale: float = 1.0) -> str:
    """QSS for these colours; `scale` multiplies the type scale (the person's text size, 1.0 = as designed).

    Raises KeyError for a name that the tokens do not have.
    """
    names: dict[str, str] = {name: str(value) for name, value in colors._asdict().items() if name != "dark"}
    for step, pixels in TYPE_SCALE.items():
        names[f"size_{step}"] = str(max(9, round(pixels * scale)))
    for mark in _MARKS:
        path = resource("theme", f"{mark}-{'dark' if colors.dark else 'light'}.svg")
        names[f"mark_{mark}"] = f'url("{path.as_posix()}")'
    return _template().substitute(names)
