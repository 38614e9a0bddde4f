"""Every code that is raised has words and is given what they name; no words are left that nothing raises."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import frontdesk
from frontdesk.messages import sentence, templates

_SOURCE = Path(frontdesk.__file__).parent
_CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")
#: What carries a code, by the place of the code among its arguments; errors' own classes are added.
_CARRIERS = {"Problem": 1, "Finding": 0}
#: Kinds whose words are looked up by `credit_words.words(kind, code)`, the code being a word of a view.
_LOOKED_UP = ("hold", "lot_kind", "lot_state", "operation", "reason", "standing", "why", "why_not")


@dataclass(frozen=True)
class Raised:
    """A code where it is raised, with the names of what it is given; None where that cannot be told."""

    where: str
    code: str
    given: frozenset[str] | None


@cache
def _trees() -> Mapping[str, ast.Module]:
    return {
        str(path.relative_to(_SOURCE)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(_SOURCE.rglob("*.py"))
        if path.parent.name != "messages"
    }


def _error_classes() -> set[str]:
    """FrontdeskError and what derives from it, by the sources: importing all modules would take longer."""
    known = {"FrontdeskError"}
    classes = [
        node for tree in _trees().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    while more := {
        one.name
        for one in classes
        if one.name not in known
        and any(isinstance(base, ast.Name) and base.id in known for base in one.bases)
    }:
        known |= more
    return known


def _carriers() -> dict[str, int]:
    return dict.fromkeys(_error_classes() - {"InvalidDraft"}, 0) | _CARRIERS


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _names_given(call: ast.Call, place: int) -> frozenset[str] | None:
    """The names of parameters: keywords of an error, or the dict that follows the code."""
    if place == 0 and len(call.args) == 1:
        names = [keyword.arg for keyword in call.keywords]
        return None if None in names else frozenset(str(name) for name in names)
    if len(call.args) <= place + 1:
        return frozenset() if not call.keywords else None
    found = call.args[place + 1]
    if not isinstance(found, ast.Dict):
        return None
    if not all(isinstance(key, ast.Constant) for key in found.keys):
        return None
    return frozenset(str(key.value) for key in found.keys if isinstance(key, ast.Constant))


def _raised() -> Iterator[Raised]:
    carriers = _carriers()
    for where, tree in _trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or _called(node) not in carriers:
                continue
            place = carriers[_called(node)]
            code = node.args[place] if len(node.args) > place else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield Raised(f"{where}:{node.lineno}", code.value, _names_given(node, place))


@cache
def _written() -> set[str]:
    """All texts in the sources, the wording itself apart."""
    return {
        node.value
        for tree in _trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def _written_in_sql() -> set[str]:
    return {code for text in _written() for code in re.findall(r"'([a-z_]+\.[a-z_]+)'", text)}


@cache
def _put_together() -> tuple[re.Pattern[str], ...]:
    """Codes that are built from words, such as f"visits.only_{why}", as patterns a group for each."""
    found = []
    for tree in _trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "([a-z_]+)"
                    for part in node.values
                ]
                found.append(re.compile("".join(parts)))
    return tuple(one for one in found if re.match(r"[a-z_]+\\\.", one.pattern))


@cache
def _names_of_sentences() -> set[str]:
    """What the ledger's sentences are looked up by: kinds of operations, and names in the module itself."""
    tree = ast.parse((_SOURCE / "messages" / "sentences.py").read_text(encoding="utf-8"))
    named = {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return named | {f"{name}_counted" for name in named} | _written()


def _names_in(text: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name}


RAISED = tuple(_raised())


def test_the_walk_finds_what_is_raised() -> None:
    assert len(RAISED) > 200
    assert {"Refused", "NotFound", "InvalidDraft", "StorageFailed", "ImportFileError"} <= _error_classes()


def test_every_code_that_is_raised_has_words() -> None:
    """U6: an error without a sentence would be told by its code."""
    wordless = [f"{one.where} {one.code}" for one in RAISED if one.code not in templates()]
    assert wordless == []


def test_every_sentence_is_given_what_it_names() -> None:
    """U6: where it can be told from the source."""
    lacking = [
        f"{one.where} {one.code}: {missing}"
        for one in RAISED
        if one.given is not None and (missing := _names_in(templates().get(one.code, "")) - one.given)
    ]
    assert lacking == []
    told = sum(one.given is not None for one in RAISED)
    assert told > len(RAISED) * 0.9, "the walk no longer understands how parameters are given"


def _is_used(code: str) -> bool:
    if code in _written() or code in _written_in_sql():
        return True
    kind, _, word = code.partition(".")
    if kind == "sentence":
        return word in _names_of_sentences()
    if kind in _LOOKED_UP:
        return word in _written()
    fitting = (match for pattern in _put_together() if (match := pattern.fullmatch(code)))
    return any(set(match.groups()) <= _written() for match in fitting)


def test_no_message_shows_a_placeholder() -> None:
    """U6: also where what it names was not kept."""
    shown = [sentence(code, {}) for code in templates()]
    assert [text for text in shown if "{" in text or "(…)" in text] == []


def test_all_words_are_raised_by_something() -> None:
    assert [code for code in templates() if not _is_used(code)] == []
