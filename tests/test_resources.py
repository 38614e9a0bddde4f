"""Icons, marks, kinds of the style sheet and tokens: there is none that the program does not use."""

import re
from functools import cache
from pathlib import Path

import frontdesk
from frontdesk.ui import tokens
from frontdesk.ui.resources import resource

_UI = Path(frontdesk.__file__).parent / "ui"


@cache
def _sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(_UI.rglob("*.py")))


def _times(name: str, text: str) -> int:
    return len(re.findall(rf"\b{name}\b", text))


def _named(name: str) -> bool:
    return f'"{name}"' in _sources()


def _style() -> str:
    return resource("theme", "style.qss").read_text(encoding="utf-8")


def test_every_icon_is_shown_somewhere() -> None:
    icons = [path.stem for path in resource("icons").glob("*.svg")]
    assert len(icons) > 30
    assert [name for name in icons if not _named(name)] == []


def test_every_mark_is_in_the_style_sheet() -> None:
    marks = {path.stem.split("-")[0] for path in resource("theme").glob("*.svg")}
    assert marks == set(re.findall(r"\$mark_([a-z]+)", _style()))


def test_every_kind_of_the_style_sheet_is_set_by_a_widget() -> None:
    kinds = set(re.findall(r'\[kind="([a-z]+)"\]', _style()))
    assert len(kinds) > 20
    assert sorted(kind for kind in kinds if not _named(kind)) == []


def test_every_token_is_used() -> None:
    """Distances, sizes and weights by name; colours also by the style sheet, or as the quiet of a tone."""
    constants = [name for name in vars(tokens) if re.fullmatch(r"[A-Z][A-Z_0-9]+", name)]
    assert [name for name in constants if _times(name, _sources()) == 1] == []
    tones = {tone.value for tone in tokens.Tone}
    colors = list(tokens.Colors.__annotations__)
    ours = [name for name in colors if name.removesuffix("_quiet") not in tones]
    # Each is named three times where it is defined: as a field, in light and in dark.
    assert [name for name in ours if _times(name, _sources() + _style()) == 3] == []
