"""Walks over every screen and dialog of the demo studio in a process of its own, and writes down faults.

``python -m tests.journeys.walker HOME FAULTS CHECK …`` opens the demo studio at HOME and writes what the
checks of `CHECKS` find to FAULTS, as JSON: check → scene → faults. A process of its own, since language and
scale are chosen when Qt starts.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget

from frontdesk.app import open_window
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.ui.i18n import set_right_to_left
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.theme import theme
from tests.journeys import keyboard_walk, text_walk
from tests.journeys.program import Person
from tests.ui.walk import accessibility_faults
from tools.shots import MEMBERS, Scene, Stage, _cast, scenes
from tools.stripe_rows import IDS

#: LOOK's least window, in logical pixels.
LEAST = (1024, 640)


@dataclass(slots=True)
class WalkedStage(Stage):
    """A stage that waits no longer than it must."""

    async def rest(self) -> None:
        """Until nothing is running and everything has been laid out."""
        for _ in range(3):
            await self.context.tasks.settled()
            await asyncio.sleep(0.004)


@dataclass(slots=True)
class Walk:
    """What a check looks at."""

    stage: Stage
    person: Person
    #: Words that are data, and need no translation.
    known_words: frozenset[str]
    #: Brings the scene about once more.
    show: Callable[[], Awaitable[QWidget]]
    shown: QWidget


Check = Callable[[Walk], Awaitable[list[str]]]


async def _accessible(walk: Walk) -> list[str]:
    return accessibility_faults(walk.shown)


async def _fits(walk: Walk) -> list[str]:
    return text_walk.cut_off(walk.stage.window, walk.shown)


async def _fits_mirrored(walk: Walk) -> list[str]:
    set_right_to_left(True)
    try:
        await walk.stage.rest()
        return text_walk.cut_off(walk.stage.window, walk.shown) + text_walk.not_mirrored(walk.shown)
    finally:
        set_right_to_left(False)
        await walk.stage.rest()


async def _translated(walk: Walk) -> list[str]:
    return text_walk.untranslated(walk.shown, walk.known_words)


async def _tab(walk: Walk) -> list[str]:
    return await keyboard_walk.tab_faults(walk.person, walk.shown)


async def _commands(walk: Walk) -> list[str]:
    return await keyboard_walk.command_faults(walk.stage.window, walk.shown)


async def _escape(walk: Walk) -> list[str]:
    return await keyboard_walk.escape_faults(walk.person, walk.stage.window, walk.shown, walk.show)


CHECKS: dict[str, Check] = {
    "accessible": _accessible,
    "fits": _fits,
    "fits large": _fits,
    "fits mirrored": _fits_mirrored,
    "translated": _translated,
    "tab": _tab,
    "commands": _commands,
    "escape": _escape,
}


@contextmanager
def _as_wanted(check: str) -> Iterator[None]:
    """For "large", one and a half times the text, as Settings offers it: changed once the screens are there,
    but not at each scene, since Qt then lays out all of them anew.
    """
    theme().set_scale(1.5 if check.endswith("large") else 1.0)
    try:
        yield
    finally:
        theme().set_scale(1.0)


def walk_over(places: Places, wanted: list[str], only: list[str]) -> dict[str, dict[str, list[str]]]:
    """What the wanted checks find: check → scene → faults."""
    found: dict[str, dict[str, list[str]]] = {check: {} for check in wanted}
    office = open_office(places)
    cast = office.read(_cast)
    # Encodings have names of their own.
    shown = f"{places.home} {IDS} {MEMBERS} UTF"
    words = office.read(text_walk.words_of_the_books) | text_walk.words_of(shown)
    office.database.close()

    def ready(window: MainWindow) -> None:
        person = Person()
        person._ready(window)
        stage = WalkedStage(window, cast)
        window.context.tasks.start(_walk_all(stage, person, words, found, only))

    code = open_window(places, demo=True, ready=ready)
    assert code == 0, f"the program ended with {code}"
    return found


async def _walk_all(
    stage: Stage,
    person: Person,
    words: frozenset[str],
    found: dict[str, dict[str, list[str]]],
    only: list[str],
) -> None:
    try:
        stage.window.resize(*LEAST)
        for check, faults in found.items():
            with _as_wanted(check):
                for scene in scenes():
                    if not only or scene.name in only:
                        faults[scene.name] = await _walk_scene(stage, person, words, check, scene)
    finally:
        stage.window.close()


async def _walk_scene(
    stage: Stage, person: Person, words: frozenset[str], check: str, scene: Scene
) -> list[str]:
    async def show() -> QWidget:
        shown = await scene.show(stage)
        return shown if shown is not None else stage.window

    shown = await show()
    faults = await CHECKS[check](Walk(stage, person, words, show, shown))
    await _put_away(stage, shown)
    return faults


async def _put_away(stage: Stage, shown: QWidget) -> None:
    for dialog in stage.window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.reject()
    if shown is not stage.window and not isinstance(shown, QDialog):
        shown.hide()
        if shown.isWindow():
            shown.deleteLater()
    stage.context.drafts.clear()
    await stage.rest()


def main(home: str, target: str, *wanted: str) -> None:
    """The command line; ``=scene,scene`` among the checks leaves the other scenes out."""
    checks = [one for one in wanted if not one.startswith("=")]
    only = [name for one in wanted if one.startswith("=") for name in one[1:].split(",")]
    found = walk_over(Places(Path(home)), checks, only)
    Path(target).write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
