"""The documents tell the truth: rules that are named are there, links, paths and commands lead somewhere."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import dev
from frontdesk.command_line import parser

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
RULE = re.compile(r"\b([PCSDALRUY]\d{1,2})\b")
#: Numbers of speed are told from keys by how they are named: (F3), or F3 at the beginning.
SPEED = re.compile(r"(?:\(|^)(F\d{1,2})(?:[,:.)]|$)")


def _documented(source: str) -> Iterator[str]:
    """Docstrings and comments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def _named(folder: str) -> dict[str, str]:
    """Rules by a place that names them."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for text in _documented(path.read_text(encoding="utf-8")):
            for rule in (*RULE.findall(text), *SPEED.findall(text)):
                found.setdefault(rule, str(path.relative_to(ROOT)))
    return found


def _defined() -> list[str]:
    rules = (ROOT / "docs" / "RULES.md").read_text(encoding="utf-8")
    numbers = (ROOT / "docs" / "QUALITY.md").read_text(encoding="utf-8")
    heads = [line for line in rules.splitlines() if line.startswith("- **")]
    return [
        *(rule for head in heads for rule in re.findall(r"\*\*([A-Z]\d+)\*\*", head)),
        *re.findall(r"^\| ([A-Z]\d+) \|", numbers, re.MULTILINE),
    ]


@pytest.mark.parametrize("folder", ["frontdesk", "tests", "tools", "benchmarks"])
def test_every_rule_that_is_named_is_defined(folder: str) -> None:
    named = _named(folder)
    assert named
    assert {rule: place for rule, place in named.items() if rule not in _defined()} == {}


def test_every_rule_is_defined_once_and_has_a_test_or_code_that_names_it() -> None:
    defined = _defined()
    assert len(defined) == len(set(defined)) > 40
    named = [*_named("frontdesk"), *_named("tests"), *_named("benchmarks")]
    assert set(defined) - set(named) == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_paths_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:frontdesk|tests|tools|docs|requirements|resources|benchmarks)/[\w./-]*)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_tree_of_the_architecture_is_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    tree = next(block for block in text.split("```") if "\nresources/" in block)
    missing, folder = [], ROOT
    for line in re.findall(r"^ {0,2}\S.*", tree, re.MULTILINE):
        name = line.split()[0]
        if not line.startswith(" "):
            folder = ROOT / name if name.endswith("/") else ROOT
        inside = folder if line.startswith(" ") else ROOT
        missing += [name] if not (inside / name).exists() else []
    assert missing == []
    packages = {path.parent.name for path in (ROOT / "frontdesk").glob("*/__init__.py")}
    assert {name for name in packages if f"  {name}/" not in tree} == set()


def test_the_chores_that_are_told_of_are_those_there_are() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    told = {command for row in rows for command in re.findall(r"`([a-z]+)(?: [^`]*)?`", row)}
    assert set(dev.COMMANDS) <= told


def test_the_commands_that_are_told_of_are_those_there_are() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(?:frontdesk )?([a-z-]+)", text, re.MULTILINE)) - {"frontdesk"}
    there = next(action for action in parser()._actions if action.choices and action.dest == "==SUPPRESS==")
    assert told == set(there.choices or ())
