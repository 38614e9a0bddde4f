"""What a start does before and behind its first frame."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.logs import KEPT_FILES, MAX_BYTES, start_logging

SOURCES_READ = """
import linecache
from frontdesk.ui.plain_imports import import_plainly
import_plainly()
linecache.clearcache()
import frontdesk.app
print(len(linecache.cache))
"""


DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """Python's root logger, with the handlers and the level that it had before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)


def test_no_source_is_read_for_what_is_imported_after_qt() -> None:
    answer = subprocess.run([sys.executable, "-c", SOURCES_READ], capture_output=True, text=True, check=False)
    assert answer.stdout == "0\n", answer.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":4077"}, "nothing can be shown at DISPLAY=:4077"),
        ({"DISPLAY": "localhost:4077.0"}, "nothing can be shown at DISPLAY=localhost:4077.0"),
        ({"DISPLAY": ":4077", "WAYLAND_DISPLAY": "wayland-4077"}, "WAYLAND_DISPLAY=wayland-4077"),
        ({"QT_QPA_PLATFORM": "easel"}, "Could not find the Qt platform plugin"),
    ],
)
def test_without_a_display_to_open_a_start_says_so_and_names_the_way_to_pictures(
    tmp_path: Path, named: dict[str, str], told: str
) -> None:
    """U6: instead of aborting, as Qt would, in words about its own installation."""
    environment = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    answer = subprocess.run(
        [sys.executable, "-m", "frontdesk", "--home", str(tmp_path)],
        env=environment | named,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 3, answer.stderr
    assert told in answer.stderr and "dev.py shots DIR" in answer.stderr
    assert ("xcb-cursor" in answer.stderr) is False
    assert not answer.stdout


def test_what_qt_says_while_it_finds_its_display_is_still_told(tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.qpa.*=true"}
    answer = subprocess.run(
        [sys.executable, "-c", "from frontdesk.ui.display import make_application; make_application()"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0 and "theme" in answer.stderr, answer.stderr


def test_the_log_is_written_from_its_first_record_on(tmp_path: Path, root_logger: logging.Logger) -> None:
    start_logging(tmp_path / "logs")
    assert not (tmp_path / "logs" / "frontdesk.log").exists()
    logging.getLogger("frontdesk.test").info("the first")
    logging.getLogger("frontdesk.test").info("the second")
    lines = (tmp_path / "logs" / "frontdesk.log").read_text(encoding="utf-8").splitlines()
    assert [line.partition(" INFO ")[2] for line in lines] == [
        "frontdesk.test: the first",
        "frontdesk.test: the second",
    ]


def test_the_log_stays_small(tmp_path: Path, root_logger: logging.Logger) -> None:
    start_logging(tmp_path)
    for _ in range(KEPT_FILES + 2):
        for _ in range(11):
            logging.getLogger("frontdesk.test").info("x" * (MAX_BYTES // 10))
    kept = sorted(file.name for file in tmp_path.iterdir())
    assert kept == ["frontdesk.log", *(f"frontdesk.log.{number}" for number in range(1, KEPT_FILES + 1))]
    assert all(file.stat().st_size <= MAX_BYTES for file in tmp_path.iterdir())


def test_a_log_that_cannot_be_kept_stops_nothing(
    tmp_path: Path, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    start_logging(tmp_path / "logs")
    logging.getLogger("frontdesk.test").info("nowhere")
    assert "no log can be kept" in capsys.readouterr().err
