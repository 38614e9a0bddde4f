"""The chores of dev.py: it starts anywhere, says what it lacks, and pins what it installs."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = (ROOT / "dev.py").read_text()


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    """dev.py as a module."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_dev_parses_on_python_3_9_and_imports_the_standard_library_alone() -> None:
    tree = ast.parse(SOURCE, feature_version=(3, 9))
    imported = [
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    assert imported and set(imported) <= sys.stdlib_module_names


def test_dev_without_a_command_lists_all_of_them() -> None:
    answer = call()
    assert answer.returncode == 0
    for command in ("run", "test", "lint", "bench", "shots", "data", "bundle", "long", "lock"):
        assert re.search(rf"^ +{command} +[A-Z]", answer.stdout, re.M), command
    assert "Python 3.11, 3.12 or 3.13" in answer.stdout


def test_dev_refuses_an_unknown_command() -> None:
    assert call("brew").returncode == 2


def test_run_without_a_display_names_the_way_to_pictures(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "LINUX", True)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match=r"no display(.|\n)*dev\.py shots DIR"):
        dev.run(["--demo"], None)


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["--demo"], True),
        (["--home", "verify"], True),
        (["--home=somewhere"], True),
        (["--home", "somewhere", "verify"], False),
        (["verify", "--json"], False),
        (["import", "clients", "file.csv"], False),
        (["--help"], False),
        (["--self-check"], False),
    ],
)
def test_only_the_window_needs_a_display(dev: ModuleType, arguments: list[str], window: bool) -> None:
    assert dev.opens_a_window(arguments) is window


@pytest.mark.parametrize(
    ("arguments", "spread"),
    [
        ([], True),
        (["-q", "-m", "not kill"], True),
        (["tests/test_dev.py"], False),
        (["tests/test_dev.py::test_dev_refuses_an_unknown_command"], False),
        (["-n", "0"], False),
        (["--pdb"], False),
    ],
)
def test_only_a_run_of_everything_is_spread_over_processes(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str], spread: bool
) -> None:
    monkeypatch.chdir(ROOT)
    assert dev.spreads(arguments) is spread


def test_packages_that_may_not_be_installed_are_named_with_the_command(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "privilege", lambda: None)
    with pytest.raises(SystemExit, match=r"sudo apt-get update && sudo apt-get install -y libegl1 libgl1\n"):
        dev.install_packages(["libegl1", "libgl1"])


def test_a_library_that_is_not_there_is_reported_by_its_package(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "QT_LIBRARIES", {"libc.so.6": "libc6", "libnosuch.so.1": "libnosuch1"})
    monkeypatch.setattr(dev, "LINUX", True)
    monkeypatch.setattr(dev, "has_fonts", lambda: True)
    assert dev.missing_qt_packages(with_window=False) == ["libnosuch1"]


@pytest.mark.parametrize("name", ["run", "dev", "lock"])
def test_requirements_are_pinned_by_hash_and_name_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert all("==" in line for line in entries)
    assert text.count("\\\n    --hash=sha256:") >= len(entries)
    assert "://" not in text and "--index-url" not in text


def test_development_uses_the_versions_that_the_program_runs_with() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^\S+==[^\\\n]*", text, re.M))

    assert pins("run") <= pins("dev")
