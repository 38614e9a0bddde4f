"""What a start does before and behind its first frame."""

import logging
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
