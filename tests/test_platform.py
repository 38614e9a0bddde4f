"""What Frontdesk relies on in Python, Qt and SQLite is so in this very environment."""

import os
import subprocess
import sys

from sqlcipher3 import dbapi2

# A Qt call that takes a reference too many from None kills an older Python after some thousand calls.
SLOT_CALLS = """
import sys
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QLabel

class Counter(QObject):
    happened = Signal(int)
    count = 0

    @Slot(int)
    def take(self, number):
        self.count += 1

application = QApplication([])
counter, label = Counter(), QLabel()
counter.happened.connect(counter.take)
before = [sys.getrefcount(each) for each in (None, True)]
for number in range(20_000):
    counter.happened.emit(number)
    label.setText(str(number))
after = [sys.getrefcount(each) for each in (None, True)]
print(counter.count, *(now - then for now, then in zip(after, before)))
"""


def test_qt_calls_leave_the_references_of_none_and_true_alone() -> None:
    answer = subprocess.run([sys.executable, "-c", SLOT_CALLS], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    calls, none, true = map(int, answer.stdout.split())
    assert calls == 20_000
    assert abs(none) < 100
    assert abs(true) < 100


def test_sqlite_is_the_one_of_the_driver() -> None:
    """The SQLite that the books need has FTS5 with trigrams and RETURNING, whatever the system has."""
    assert dbapi2.sqlite_version_info >= (3, 45, 0)
    connection = dbapi2.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram')")
        connection.execute("INSERT INTO names VALUES ('Ángela')")
        assert connection.execute("SELECT name FROM names('nge')").fetchall() == [("Ángela",)]
    finally:
        connection.close()


def test_tests_run_without_a_screen_and_away_from_home() -> None:
    assert os.environ["QT_QPA_PLATFORM"]
    assert "frontdesk-tests-" in os.environ["HOME"]
