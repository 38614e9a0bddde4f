"""Every screen and dialog of the demo studio, walked over as people, screen readers and translators do.

The walks run in processes of their own, all at once, since language and scale are chosen when Qt starts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.demo import fill_demo
from tools.shots import scenes

ROOT = Path(__file__).parents[2]
SECONDS = 380
Faults = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Way:
    """How a walk starts the program, and what it looks at."""

    checks: tuple[str, ...]
    language: str = "en"
    environment: dict[str, str] = field(default_factory=dict)


#: The longest first.
WAYS = {
    "large and mirrored": Way(("fits mirrored", "fits large")),
    "keyboard": Way(("tab", "escape", "commands")),
    # In a zone that is none of the studio's: the first start shows the computer's.
    "pseudo-language": Way(
        ("fits", "fits mirrored", "translated"), language="pseudo", environment={"TZ": "UTC"}
    ),
    "as it is": Way(("accessible", "fits")),
    "scale 3": Way(("fits",), environment={"QT_SCALE_FACTOR": "3"}),
    "scale 1.5": Way(("fits",), environment={"QT_SCALE_FACTOR": "1.5"}),
}


class Walks:
    """The walks under way; `found` waits for one."""

    def __init__(self, demo: Path, folder: Path) -> None:
        self._folder = folder
        self._running = {name: self._begin(name, way, demo) for name, way in WAYS.items()}

    def found(self, name: str) -> Faults:
        """What a walk has found, check → scene → faults."""
        self._running[name].wait(timeout=SECONDS)
        told = self._folder / name / "faults.json"
        output = self._folder / name / "output.txt"
        assert told.exists(), f"the walk did not come to its end:\n{output.read_text(encoding='utf-8')}"
        read: Faults = json.loads(told.read_text(encoding="utf-8"))
        return read

    def end(self) -> None:
        """Ends what is still running."""
        for process in self._running.values():
            process.kill()
            process.wait()

    def _begin(self, name: str, way: Way, demo: Path) -> subprocess.Popen[bytes]:
        home = shutil.copytree(demo, self._folder / name)
        preferences = QSettings(str(Places(home).preferences), QSettings.Format.IniFormat)
        preferences.setValue("look/language", way.language)
        preferences.sync()
        command = [sys.executable, "-m", "tests.journeys.walker", str(home), str(home / "faults.json")]
        with (home / "output.txt").open("wb") as output:
            return subprocess.Popen(
                [*command, *way.checks],
                cwd=ROOT,
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **way.environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walks]:
    """All walks over copies of one demo studio."""
    folder = tmp_path_factory.mktemp("walks")
    places = Places(folder / "demo").make()
    office = open_office(places)
    fill_demo(office, zone="Europe/Berlin")
    office.database.close()
    begun = Walks(places.home, folder)
    yield begun
    begun.end()


@pytest.mark.timeout(SECONDS + 20)
@pytest.mark.parametrize("way", list(reversed(WAYS)))
def test_the_walk_finds_nothing_to_mend(walks: Walks, way: str) -> None:
    """U2, U3, U7: names, roles, targets, room, both directions, translation, Tab, Esc, Ctrl+K, shortcuts."""
    found = walks.found(way)
    assert set(found) == set(WAYS[way].checks)
    every = {scene.name for scene in scenes()}
    for check, by_scene in found.items():
        assert set(by_scene) == every, f"{check} left scenes out"
    told = [
        f"{check} · {scene}: {fault}"
        for check, by_scene in found.items()
        for scene, faults in by_scene.items()
        for fault in faults
    ]
    assert not told, "\n".join(told)
