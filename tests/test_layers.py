"""The contracts of .importlinter hold, and each of them can fail."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# For each contract a module that breaks it, and what it imports.
VIOLATIONS = {
    "layers": ("frontdesk/models/probe_layers.py", "import frontdesk.services"),
    "no-other-sqlite": ("frontdesk/ui/probe_sqlite.py", "import sqlite3"),
    "qt-stays-in-the-ui": ("frontdesk/services/probe_qt.py", "def late():\n    from PySide6 import QtCore"),
    "plain-data": ("frontdesk/services/views/probe_plain.py", "import frontdesk.services.unit_of_work"),
    "ui-knows-no-tables": ("frontdesk/ui/presenters/probe_tables.py", "import frontdesk.models.ledger"),
    "first-window": ("frontdesk/ui/widgets/probe_window.py", "import frontdesk.services.unit_of_work"),
    "commands-without-a-window": ("frontdesk/commands/probe_window.py", "import frontdesk.ui"),
    "vendors-behind-gateways": ("frontdesk/services/probe_vendor.py", "import keyring"),
    "gateways-wired-by-app": (
        "frontdesk/services/probe_wiring.py",
        "import frontdesk.services.gateways.probe",
    ),
    "gateways-know-ports-alone": ("frontdesk/services/gateways/probe_gateway.py", "import sqlalchemy"),
}

# What the first window may need of the services (ARCHITECTURE.md, "Starting fast").
PLAIN = ("changes", "drafts", "first_rows", "ports", "views")


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the program that breaks every contract once."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copy(ROOT / ".importlinter", folder)
    shutil.copytree(ROOT / "frontdesk", folder / "frontdesk", ignore=shutil.ignore_patterns("__pycache__"))
    gateways = folder / "frontdesk/services/gateways"
    gateways.mkdir(exist_ok=True)
    for name in ("__init__.py", "probe.py"):
        (gateways / name).touch()
    for path, source in VIOLATIONS.values():
        (folder / path).write_text(f"{source}\n")
    return lint(folder).stdout


def test_program_keeps_every_contract() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_contract_notices_a_module_that_breaks_it(contract: str, broken_report: str) -> None:
    name = contracts()[f"importlinter:contract:{contract}"]["name"]
    path, _ = VIOLATIONS[contract]
    section = re.search(
        rf"^{re.escape(name)}\n-+\n(.*?)(^\S[^\n]*\n---|\Z)", unwrapped(broken_report), re.M | re.S
    )
    assert section, broken_report
    assert path.removesuffix(".py").replace("/", ".") in section.group(1)


def unwrapped(report: str) -> str:
    """The report with names of contracts on one line again."""
    names = [contracts()[section]["name"] for section in contracts().sections()[1:]]
    for name in names:
        report = re.sub(r"\s+".join(map(re.escape, name.split())), name, report)
    return report


def test_every_contract_has_a_module_that_breaks_it() -> None:
    sections = contracts().sections()[1:]
    assert {section.rpartition(":")[2] for section in sections} == set(VIOLATIONS)


def test_everything_the_first_window_may_need_is_under_the_contract() -> None:
    plain = contracts()["importlinter:contract:plain-data"]["source_modules"].split()
    services = ROOT / "frontdesk/services"
    there = [name for name in PLAIN if list(services.glob(f"{name}*"))]
    assert [name for name in there if f"frontdesk.services.{name}" not in plain] == []
