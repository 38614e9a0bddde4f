"""The command line: what each command answers, on the screen and in JSON, and with which exit code."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.cli import run
from frontdesk.errors import Refused
from frontdesk.models.database import Database
from frontdesk.opening import open_office
from frontdesk.paths import DATABASE_VARIABLE, HOME_VARIABLE, Places, find_places
from frontdesk.services.demo import fill_demo
from frontdesk.services.imports import import_batches
from frontdesk.services.office import Office
from tests.support.databases import FreshDatabases
from tests.support.strangers import without_rights

FOUND_IT = ("--name", "Sunrise", "--currency", "EUR", "--zone", "Europe/Berlin", "--owner", "Ana")
HEADER = "Name,Email,Package,Credits left,Expires"
ADA = "Ada Noe,ada@example.com,10-class pack,4,"


@dataclass
class Shell:
    """Types commands for one studio's folder and reads what comes back."""

    home: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> tuple[int, str]:
        """Exit code, and what stands on the screen."""
        code = run(["--home", str(self.home), *words])
        told = self.capture.readouterr()
        assert not (told.out and told.err), "an answer goes to one place"
        return code, told.out or told.err

    def json(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code, and the answer in JSON."""
        code, told = self(*words, "--json")
        answer: dict[str, Any] = json.loads(told)
        assert answer["ok"] is (code == 0)
        return code, answer

    def file(self, *lines: str, name: str = "export.csv", header: str = HEADER) -> str:
        """A file of clients."""
        path = self.home.parent / name
        path.write_text("\n".join((header, *lines)))
        return str(path)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder without a studio."""
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    return Shell(tmp_path / "home", capsys)


@pytest.fixture
def studio(shell: Shell) -> Shell:
    """A studio that counts in EUR."""
    assert shell("new-studio", *FOUND_IT)[0] == 0
    return shell


# As a process


def test_the_program_sets_a_studio_up_and_proves_its_books(tmp_path: Path) -> None:
    """From nothing, by FRONTDESK_HOME, with the exit code that a script reads."""
    home = tmp_path / "home"
    environment = {**os.environ, HOME_VARIABLE: str(home)}

    def frontdesk(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "frontdesk", *words]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    made = frontdesk("new-studio", *FOUND_IT)
    assert (made.returncode, made.stderr) == (0, "") and str(home / "studio.db") in made.stdout
    assert made.stdout.splitlines()[-1] == "Start it with: frontdesk"
    proved = frontdesk("verify", "--json")
    assert proved.returncode == 0 and json.loads(proved.stdout)["findings"] == []
    again = frontdesk("new-studio", *FOUND_IT)
    assert again.returncode == 3 and again.stdout == "" and again.stderr
    assert frontdesk("vefiry").returncode == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_who_presses_ctrl_c_is_told_and_sees_no_fault(studio: Shell) -> None:
    """U6: in the middle of reading a file, which never ends here."""
    pipe = studio.home.parent / "export.csv"
    os.mkfifo(pipe)
    # As in a terminal: what begins in the background of a script does not hear of Ctrl+C.
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    begin += "from frontdesk.__main__ import main; raise SystemExit(main())"
    command = [sys.executable, "-c", begin, "import", "clients", str(pipe), "--home", str(studio.home)]
    # The pipe opens once the program has begun to read.
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running,
        pipe.open("wb"),
    ):
        running.send_signal(signal.SIGINT)
        told, wrong = running.communicate(timeout=60)
    assert (running.returncode, told) == (130, "")
    assert wrong == "Stopped. What was finished by then is kept; the same command does the rest.\n"
    assert _batches(studio) == ()


# Setting up, and looking


def test_a_studio_elsewhere_is_told_how_to_be_started(shell: Shell) -> None:
    """Without the folder another studio would open, or none."""
    told = shell("new-studio", *FOUND_IT)[1]
    assert told.splitlines()[-1] == f'Start it with: frontdesk --home "{shell.home}"'


def test_a_typing_mistake_leaves_no_folder_behind(shell: Shell) -> None:
    code, told = shell("new-studio", "--name", "Sunrise", "--currency", "XXQ", "--zone", "Europe/Berlin")
    assert code == 3 and "currency:" in told
    assert not shell.home.exists()


@pytest.mark.parametrize(
    "words", [("verify",), ("export", "out"), ("import", "list"), ("import", "undo", "1")]
)
def test_a_folder_without_a_studio_is_named_and_left_alone(shell: Shell, words: tuple[str, ...]) -> None:
    code, answer = shell.json(*words)
    assert (code, answer["error"]) == (3, "home.no_studio") and str(shell.home) in answer["message"]
    assert not shell.home.exists()


def test_a_folder_that_cannot_be_made_is_named(shell: Shell) -> None:
    shell.home.write_text("a file stands in the way")
    code, answer = shell.json("new-studio", *FOUND_IT)
    assert (code, answer["error"]) == (3, "home.cannot_make")


def test_a_file_that_is_no_database_is_named(shell: Shell) -> None:
    shell.home.mkdir()
    (shell.home / "studio.db").write_bytes(b"no database at all " * 500)
    code, answer = shell.json("verify")
    assert code == 4 and answer["error"].startswith("storage.")
    assert "storage." not in answer["message"]


def test_another_programs_database_is_refused_and_left_as_it_was(shell: Shell) -> None:
    shell.home.mkdir()
    _execute(shell, "CREATE TABLE notes (text)")
    before = (shell.home / "studio.db").read_bytes()
    code, answer = shell.json("verify")
    assert code in (3, 4) and answer["error"].startswith("database.")
    assert (shell.home / "studio.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"", None])
def test_an_empty_file_is_no_books_and_stays_empty(shell: Shell, content: bytes | None) -> None:
    """A6: what a failed copy left behind must neither pass for good books nor become new ones."""
    shell.home.mkdir()
    books = shell.home / "studio.db"
    if content is None:
        _execute(shell)  # SQLite's own settings, and no tables
    else:
        books.write_bytes(content)
    before = books.read_bytes()
    for words in (
        ("verify",),
        ("export", str(shell.home / "out")),
        ("import", "list"),
        ("import", "undo", "1"),
    ):
        code, answer = shell.json(*words)
        assert (code, answer["error"]) == (3, "home.books_empty") and str(books) in answer["message"], words
    code, told = shell("doctor")
    assert code == 1 and "✗ database   home.books_empty" in told
    assert books.read_bytes() == before and not (shell.home / "copies").exists()
    assert shell("new-studio", *FOUND_IT)[0] == 0 and shell("verify")[0] == 0


def test_books_that_were_never_begun_prove_nothing(shell: Shell) -> None:
    """A wizard that was not finished leaves tables without a studio."""
    shell.home.mkdir()
    open_office(Places(shell.home)).database.close()
    code, answer = shell.json("verify")
    assert (code, answer["error"]) == (3, "studio.missing")


def test_books_without_their_studio_are_found(studio: Shell) -> None:
    """R7."""
    _execute(studio, "DROP TRIGGER studio_no_delete", "DELETE FROM studio")
    code, answer = studio.json("verify")
    assert code == 1
    assert {one["code"] for one in answer["findings"]} == {
        "verify.safeguard_missing",
        "verify.studio_missing",
    }


@pytest.mark.parametrize("named", ["studio", "sqlite:///studio.db", "mysql://ana@127.0.0.1/studio"])
def test_a_database_setting_that_names_no_server_is_refused(
    studio: Shell, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L3: no file of that name is made in whatever folder this is."""
    monkeypatch.chdir(studio.home.parent)
    code, answer = studio.json("--database", named, "verify")
    assert (code, answer["error"]) == (3, "home.bad_settings") and "--database" in answer["message"]
    monkeypatch.setenv(DATABASE_VARIABLE, named)
    code, answer = studio.json("verify")
    assert (code, answer["error"]) == (3, "home.bad_settings") and DATABASE_VARIABLE in answer["message"]
    monkeypatch.delenv(DATABASE_VARIABLE)
    (studio.home / "frontdesk.toml").write_text(f'database = "{named}"')
    code, answer = studio.json("verify")
    assert (code, answer["error"]) == (3, "home.bad_settings") and "frontdesk.toml" in answer["message"]
    assert list(studio.home.parent.iterdir()) == [studio.home]


def test_a_database_address_that_cannot_be_read_is_refused_without_its_password(shell: Shell) -> None:
    code, answer = shell.json("--database", "postgresql://ana:hunter2@127.0.0.1:abc/y", "verify")
    assert (code, answer["error"]) == (3, "database.bad_address") and "hunter2" not in answer["message"]


@pytest.mark.parametrize("home", ["~nosuchuser/x", "a" * 300])
@pytest.mark.parametrize("words", [("verify",), ("doctor",), ("import", "list"), ("new-studio", *FOUND_IT)])
def test_a_folder_that_cannot_be_is_named(shell: Shell, home: str, words: tuple[str, ...]) -> None:
    shell.home = Path(home)
    code, answer = shell.json(*words)
    assert (code, answer["error"]) == (3, "home.unusable") and home in answer["message"]


def test_a_folder_in_one_that_cannot_be_looked_into_is_named(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o000)
    with without_rights(), pytest.raises(Refused) as refused:
        find_places(locked / "home")
    locked.chmod(0o700)
    assert refused.value.code == "home.unusable" and str(locked) in str(refused.value)


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_folder_whose_name_is_no_text_works_too(shell: Shell) -> None:
    shell.home = Path(os.fsdecode(bytes(shell.home.parent) + b"/\xff"))
    code, answer = shell.json("verify")
    assert (code, answer["error"]) == (3, "home.no_studio")
    assert shell("new-studio", *FOUND_IT)[0] == 0
    assert shell.json("doctor")[0] == 0 and shell("verify")[1].endswith("The books hold.\n")
    # Qt would keep its own files in another folder.
    code, told = shell()
    assert code == 3 and "is no text" in told and len(list(shell.home.parent.iterdir())) == 1


def test_a_newer_database_is_refused(studio: Shell) -> None:
    """A6."""
    _execute(studio, "UPDATE alembic_version SET version_num = '9999'")
    for words in (("verify",), ("import", "list"), ("export", str(studio.home / "out"))):
        code, answer = studio.json(*words)
        assert code == 3 and "newer" in answer["message"].lower(), answer


def test_settings_that_cannot_be_read_are_named(shell: Shell) -> None:
    shell.home.mkdir()
    (shell.home / "frontdesk.toml").write_text("databse = 1")
    code, answer = shell.json("verify")
    assert (code, answer["error"]) == (3, "home.bad_settings") and "databse" in answer["message"]


def test_verify_names_what_is_wrong_also_where_safeguards_are_missing(studio: Shell) -> None:
    _execute(studio, "DROP TRIGGER ledger_op_no_update", "DROP TRIGGER ledger_op_no_delete")
    code, answer = studio.json("verify")
    assert code == 1 and len(answer["findings"]) == 2
    code, told = studio("verify")
    assert code == 1 and "ledger_op_no_update" in told and told.endswith("2 things are wrong.\n")


def test_rebuilding_the_caches_keeps_the_books(studio: Shell) -> None:
    studio("import", "clients", studio.file(ADA))
    _execute(studio, "UPDATE lot_balance SET remaining = 3, used = 1")
    assert studio("verify")[0] == 1
    code, told = studio("verify", "--rebuild")
    assert code == 0 and "1 balances" in told and told.endswith("The books hold.\n")


def test_with_demo_each_command_means_the_demo_studio_and_leaves_the_other_alone(studio: Shell) -> None:
    """Who tries an import in the demo must not find it in the books."""
    for words in (("import", "clients", studio.file(ADA)), ("verify",), ("new-studio", *FOUND_IT)):
        code, answer = studio.json("--demo", *words)
        assert (code, answer["error"]) == (3, "home.no_demo") and "frontdesk --demo" in answer["message"]
    assert studio.json("--demo", "doctor")[0] == 0
    demo = find_places(studio.home, demo=True).make()
    office = open_office(demo)
    fill_demo(office, zone="Europe/Berlin")
    office.database.close()
    before = studio.json("verify", "--demo")[1]["counts"]["client"]
    assert before > 100
    assert studio.json("import", "clients", studio.file(ADA), "--demo")[1]["created"] == 1
    assert studio.json("--demo", "verify")[1]["counts"]["client"] == before + 1
    assert studio.json("verify")[1]["counts"]["client"] == 0
    assert studio.json("--demo", "new-studio", *FOUND_IT)[1]["error"] == "studio.exists"


def test_doctor_answers_also_without_a_studio(shell: Shell) -> None:
    code, answer = shell.json("doctor")
    by_name = {check["name"]: check for check in answer["checks"]}
    assert code == 0 and {"program", "qt", "sqlite", "folder", "database", "keyring"} <= by_name.keys()
    assert by_name["database"]["verdict"] == "note" and "new-studio" in by_name["database"]["advice"]
    assert not shell.home.exists()


def test_doctor_says_when_something_is_wrong(shell: Shell) -> None:
    shell.home.mkdir()
    (shell.home / "studio.db").write_bytes(b"no database at all " * 500)
    code, told = shell("doctor")
    assert code == 1 and "✗ database" in told


def test_export_writes_into_a_new_folder_only(studio: Shell) -> None:
    studio("import", "clients", studio.file(ADA))
    folder = studio.home.parent / "out"
    code, answer = studio.json("export", str(folder))
    assert code == 0 and answer["rows"]["client"] == 1 and "frontdesk.xlsx" in answer["files"]
    code, answer = studio.json("export", str(folder))
    assert (code, answer["error"]) == (3, "export.folder_not_empty")


# Imports


def test_import_brings_clients_in_as_the_owner_at_the_first_desk(studio: Shell) -> None:
    """D3."""
    code, answer = studio.json("import", "clients", studio.file(ADA, "Tom Ito,tom@example.com,,,"))
    assert code == 0
    assert (answer["created"], answer["packs"], answer["credits"], answer["batch"]) == (2, 1, 4, 1)
    assert answer["columns"]["pack_credits"] == "Credits left"
    (batch,) = _batches(studio)
    assert (batch.staff_name, batch.file_name) == ("Ana", "export.csv")
    assert studio("verify")[0] == 0


def test_a_dry_run_writes_nothing_and_left_out_rows_show_in_the_exit_code(studio: Shell) -> None:
    path = studio.file(ADA, "Eve 4111 1111 1111 1111,,,,")
    code, told = studio("import", "clients", path, "--dry-run")
    assert code == 1 and "Row 3: The row contains what looks like a card number" in told
    assert "4111" not in told and "Nothing was written" in told
    assert _batches(studio) == ()
    code, told = studio("import", "clients", path)
    assert code == 1 and "frontdesk import undo 1" in told


def test_the_report_has_every_row_and_no_formula(studio: Shell) -> None:
    report = studio.home.parent / "report.csv"
    path = studio.file(
        '"=HYPERLINK(""http://x"")",eve@example.com,,,', "Tom Ito,broken address,,,", "Total,2,,,"
    )
    assert studio("import", "clients", path, "--dry-run", "--report", str(report))[0] == 1
    with report.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["Row", "Client", "What happens", "Credits", "Remarks"]
    assert [row[:3] for row in rows] == [
        ["2", '\'=HYPERLINK("http://x")', "New client"],
        ["3", "Tom Ito", "New client"],
        ["4", "Total", "Left out"],
    ]
    assert "broken address" in rows[1][4]


def test_the_report_never_overwrites_the_file_itself(studio: Shell) -> None:
    path = studio.file(ADA)
    code, answer = studio.json("import", "clients", path, "--report", path)
    assert (code, answer["error"]) == (3, "imports.report_is_the_file")
    assert "Ada Noe" in Path(path).read_text()


def test_a_report_that_cannot_be_written_stops_the_import(studio: Shell) -> None:
    path = studio.file(ADA)
    code, answer = studio.json("import", "clients", path, "--report", f"{studio.home}/none/report.csv")
    assert (code, answer["error"]) == (3, "imports.report_unwritable")
    assert _batches(studio) == ()


def test_dates_that_read_both_ways_are_asked_about(studio: Shell) -> None:
    path = studio.file("Ada Noe,ada@example.com,Pack,4,04/05/2091")
    code, told = studio("import", "clients", path)
    assert code == 3 and "--date-order day-first" in told
    for order, day in (("month-first", "2091-04-05"), ("day-first", "2091-05-04")):
        assert studio("import", "clients", path, "--dry-run", "--date-order", order)[0] in (0, 1), day


def test_the_same_file_asks_for_again(studio: Shell) -> None:
    path = studio.file(ADA)
    studio("import", "clients", path)
    code, told = studio("import", "clients", path)
    assert code == 3 and "--again" in told
    code, answer = studio.json("import", "clients", path, "--again")
    assert (code, answer["matched"], answer["credits"]) == (0, 1, 4)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "imports.file_empty"),
        (b"PK\x03\x04 a workbook", "imports.file_is_workbook"),
        (b"Colour,Size\nred,3\nblue,4\n", "imports.file_names_nobody"),
        (b"Name,Email\n", "imports.file_without_rows"),
        (None, "imports.file_unreadable"),
    ],
)
def test_a_file_that_is_no_list_of_clients_is_named(studio: Shell, content: bytes | None, error: str) -> None:
    path = studio.home.parent / "export.csv"
    if content is not None:
        path.write_bytes(content)
    code, answer = studio.json("import", "clients", str(path))
    assert (code, answer["error"]) == (3, error)


def test_an_import_is_listed_and_taken_back(studio: Shell) -> None:
    assert studio("import", "list") == (0, "Nothing was imported yet.\n")
    studio("import", "clients", studio.file(ADA))
    code, answer = studio.json("import", "list")
    assert code == 0 and [one["undone_at"] for one in answer["imports"]] == [None]
    code, answer = studio.json("import", "undo", "1")
    assert (code, answer["hidden"], answer["voided"], answer["kept"]) == (0, 1, 4, [])
    assert "taken back" in studio("import", "list")[1]
    assert studio.json("import", "undo", "1")[1]["error"] == "imports.undone_already"
    assert studio.json("import", "undo", "7")[1]["error"] == "imports.unknown"
    code, answer = studio.json("import", "undo", "9" * 23)
    assert (code, answer["error"]) == (3, "books.number_too_large")


def test_undo_names_the_rows_that_stay(studio: Shell) -> None:
    studio("import", "clients", studio.file(ADA, "Tom Ito,tom@example.com,,,"))
    studio("import", "clients", studio.file("Ada Noe,ada@example.com,Card,2,", name="second.csv"))
    code, told = studio("import", "undo", "1")
    assert code == 1 and "Row 2, Ada Noe: Bought, used or changed credits since." in told


def test_a_desk_that_the_studio_lacks_is_named(studio: Shell) -> None:
    (studio.home / "frontdesk.toml").write_text('desk = "Upstairs"')
    code, answer = studio.json("import", "clients", studio.file(ADA))
    assert (code, answer["error"]) == (3, "home.unknown_desk") and "Desk 1" in answer["message"]
    assert _batches(studio) == ()


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("import", "clients"),
        ("import", "undo", "first"),
        ("export",),
        ("new-studio",),
        ("sell",),
    ],
)
def test_words_that_are_not_understood_say_how(shell: Shell, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["--home", str(shell.home), *words])
    assert ended.value.code == 2 and "usage: frontdesk" in shell.capture.readouterr().err


def test_commands_work_on_a_shared_database(databases: FreshDatabases, shell: Shell) -> None:
    """L3: --database names a server's."""
    url = databases.new_empty()
    if databases.dialect == "sqlite":
        assert shell.json("--database", url, "verify")[1]["error"] == "home.bad_settings"
        return
    code, answer = shell.json("--database", url, "verify")
    assert (code, answer["error"]) == (3, "studio.missing")
    assert "no studio yet" in shell("--database", url, "doctor")[1]
    code, told = shell("--database", url, "new-studio", *FOUND_IT)
    assert code == 0 and told.splitlines()[-1] == (
        f'Start it with: frontdesk --home "{shell.home}" and the same --database,'
        f" or name the database in {shell.home / 'frontdesk.toml'}"
    )
    code, answer = shell.json("--database", url, "import", "clients", shell.file(ADA))
    assert (code, answer["created"]) == (0, 1)
    assert shell("--database", url, "verify")[0] == 0


# Pieces


def _execute(shell: Shell, *statements: str) -> None:
    database = Database.open(shell.home / "studio.db")
    try:
        with database.writing() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        database.close()


def _batches(shell: Shell) -> tuple[Any, ...]:
    database = Database.open(shell.home / "studio.db")
    try:
        return Office(database).read(import_batches)
    finally:
        database.close()
