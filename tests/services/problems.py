"""What a refused draft says, in a form that tests can compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from frontdesk.errors import InvalidDraft, Problem, Refused


def told(problems: Iterable[Problem]) -> set[tuple[str, str]]:
    """The (field, code) pairs of problems."""
    return {(one.field, one.code) for one in problems}


def invalid(run: Callable[..., Any], *args: Any) -> set[tuple[str, str]]:
    """Runs something that must find a draft invalid; the (field, code) pairs it told."""
    with pytest.raises(InvalidDraft) as caught:
        run(*args)
    return told(caught.value.problems)


def refused(run: Callable[..., Any], *args: Any) -> str:
    """Runs something that must be refused by a rule; the code it told."""
    with pytest.raises(Refused) as caught:
        run(*args)
    return caught.value.code
