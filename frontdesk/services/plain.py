"""Plain data to JSON and back by its type hints: how a command's request is hashed and its answer stored."""

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from frontdesk.models.base import canonical_json


def to_plain(value: Any) -> Any:
    """JSON-ready form of a frozen dataclass, tuple, mapping, enum, date, instant, UUID or scalar.

    Raises:
        TypeError: anything else, such as a database row or a float, which must not cross layers.
    """
    kind: Any = type(value)
    if kind in _SCALARS:
        return value
    names = _field_names(kind)
    if names is not None:
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    if isinstance(value, frozenset | set):
        return sorted(to_plain(one) for one in value)
    raise TypeError(f"{type(value).__name__} is not plain data")


#: Most values by far, so they are told first: an import's draft has hundreds of thousands.
_SCALARS = frozenset((str, int, bool, type(None)))


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass, None for any other type."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def from_plain(kind: Any, value: Any) -> Any:
    """The inverse of to_plain for a type hint."""
    if value is None or kind is Any:
        return value
    origin = get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return from_plain(next(one for one in get_args(kind) if one is not types.NoneType), value)
    if origin is tuple:
        return _tuple_from_plain(get_args(kind), value)
    if not isinstance(kind, type):
        return value
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: from_plain(hints[name], one) for name, one in value.items()})
    if issubclass(kind, datetime | date):
        return kind.fromisoformat(value)
    if issubclass(kind, UUID | Enum):
        return kind(value)
    return value


def _tuple_from_plain(kinds: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(from_plain(kinds[0], one) for one in value)
    return tuple(from_plain(kind, one) for kind, one in zip(kinds, value, strict=True))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def request_hash(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """SHA-256 over a use case's name and arguments, in hex."""
    text = canonical_json([name, to_plain(args), to_plain(kwargs)])
    # Half a character, as a broken paste has it, is told by the draft's own check.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def stored(value: Any) -> str:
    """The answer of a use case as it is stored with its command."""
    return canonical_json(to_plain(value))


def restored(kind: Any, text: str) -> Any:
    """The stored answer in its type again."""
    return from_plain(kind, json.loads(text))
