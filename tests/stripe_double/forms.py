"""Form-encoded bodies with nested brackets, and what they mean by a schema."""

import re
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from tests.stripe_double.types import Obj

_PART = re.compile(r"\[([^\[\]]*)\]")


def decode(text: str) -> Obj:
    """`a[b][0]=c` as nested dictionaries of strings; `a[]=c` as a list."""
    found: Obj = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, bracket, rest = name.partition("[")
        path = [head, *_PART.findall(bracket + rest)]
        _put(found, path, value)
    return found


def _put(found: Obj, path: list[str], value: str) -> None:
    place: Any = found
    for part, following in pairwise(path):
        if following == "":
            place = place.setdefault(part, [])
            place.append(value)
            return
        nested = place.get(part)
        if not isinstance(nested, dict):
            nested = place[part] = {}
        place = nested
    place[path[-1]] = value


def convert(schema: Obj, raw: Any) -> Any:
    """Turns strings into the types that the schema asks for; what does not fit stays as it is."""
    if "anyOf" in schema:
        for option in schema["anyOf"]:
            value = convert(option, raw)
            if _fits(option, value):
                return value
        return raw
    if isinstance(raw, dict):
        return _convert_dict(schema, raw)
    if isinstance(raw, list):
        return [convert(schema.get("items", {}), item) for item in raw]
    return _convert_text(schema.get("type"), raw)


def _convert_dict(schema: Obj, raw: Obj) -> Any:
    if schema.get("type") == "array":
        if not all(key.isdigit() for key in raw):
            return raw
        return [convert(schema.get("items", {}), raw[key]) for key in sorted(raw, key=int)]
    known = schema.get("properties", {})
    return {key: convert(known.get(key, {}), value) for key, value in raw.items()}


def _convert_text(kind: str | None, raw: str) -> Any:
    if kind == "integer" and re.fullmatch(r"-?\d{1,18}", raw):
        return int(raw)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", raw):
        return float(raw)
    if kind == "boolean" and raw in ("true", "false"):
        return raw == "true"
    if kind == "array" and raw == "":
        return []
    return raw


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def _fits(option: Obj, value: Any) -> bool:
    if "enum" in option:
        return value in option["enum"]
    kind = option.get("type", "object")
    if isinstance(value, bool):
        return bool(kind == "boolean")
    return isinstance(value, _TYPES[kind])
