"""The one family of errors: a code and its parameters; the ui and the command line put them into words.

Wording lives in `frontdesk.messages` by code. Parameters are plain data (int, str, bool, date, instant,
Money, tuples of these), so that each reader can format them in its own language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class FrontdeskError(Exception):
    """Something that a person can be told: `code` names the message, `params` fill it."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Any] = MappingProxyType(params)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({told})" if told else self.code


class Refused(FrontdeskError):
    """A rule says no; nothing was changed. The message names the rule's cause and the next step."""


class NotFound(Refused):
    """The thing asked for does not exist, or not any more."""


class CommandReused(FrontdeskError):
    """A command id came again with another request; neither was carried out by this call."""

    def __init__(self, code: str = "command.reused", /, **params: Any) -> None:
        super().__init__(code, **params)


class StorageFailed(FrontdeskError):
    """The database could not do its work (disk full, read-only, locked, damaged); nothing was changed."""


class Cancelled(FrontdeskError):
    """A query was interrupted because nobody waits for its answer any more. Never shown to anyone."""

    def __init__(self, code: str = "query.cancelled", /, **params: Any) -> None:
        super().__init__(code, **params)


class Problem(NamedTuple):
    """What is wrong with one field of a draft (P6). `field` is the draft's attribute, "" for the whole."""

    field: str
    code: str
    params: Mapping[str, Any] = MappingProxyType({})


class InvalidDraft(FrontdeskError):
    """A draft that its own `problems()` object to; carries all of them, for the form to show."""

    def __init__(self, problems: Iterable[Problem], /) -> None:
        self.problems = tuple(problems)
        super().__init__("draft.invalid", count=len(self.problems))

    def __str__(self) -> str:
        return "draft.invalid: " + ", ".join(f"{one.field or '(whole)'}: {one.code}" for one in self.problems)
