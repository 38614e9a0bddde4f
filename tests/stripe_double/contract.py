"""Stripe's published shapes: which requests exist, and whether a request or an answer keeps to them."""

import hashlib
import importlib
import json
import re
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.stripe_double.errors import StripeError, invalid
from tests.stripe_double.forms import convert
from tests.stripe_double.types import Obj

_FILE = Path(__file__).parents[1] / "data" / "stripe" / "openapi_subset.json"
_ROOT = "urn:stripe"
_FORM = "application/x-www-form-urlencoded"

# Neither ships types that a strict check would take, so they come in as Any.
_jsonschema: Any = importlib.import_module("jsonschema")
_referencing: Any = importlib.import_module("referencing")


@dataclass(frozen=True)
class Problem:
    """One way in which a request or an answer leaves the published shape."""

    where: str
    rule: str
    detail: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.detail}"


@dataclass
class Operation:
    """One method of one path."""

    method: str
    template: str
    parameters: Obj
    answer: Obj
    _validators: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`POST /v1/refunds`."""
        return f"{self.method} {self.template}"


class Contract:
    """All operations, with their validators made once."""

    def __init__(self) -> None:
        document = json.loads(_FILE.read_text(encoding="utf-8"))
        self._schemas: Obj = document["components"]["schemas"]
        self._registry = self._closed_registry()
        self._lock = threading.Lock()
        self._validators: dict[str, Any] = {}
        self._good: set[bytes] = set()
        self.operations: dict[tuple[str, str], Operation] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for template, methods in document["paths"].items():
            named = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
            self._patterns.append((re.compile(named), template))
            for method, told in methods.items():
                self._add(method.upper(), template, told)
        # A fixed path goes before one with a name in it.
        self._patterns.sort(key=lambda pair: "{" in pair[1])

    def _closed_registry(self) -> Any:
        schemas = {name: _draft7(schema, closed=True) for name, schema in self._schemas.items()}
        resource = _referencing.Resource.from_contents(
            {"components": {"schemas": schemas}}, _referencing.jsonschema.DRAFT7
        )
        return _referencing.Registry().with_resource(_ROOT, resource)

    def _add(self, method: str, template: str, told: Obj) -> None:
        if method == "GET":
            asked = [p for p in told.get("parameters", []) if p["in"] == "query"]
            parameters = {
                "type": "object",
                "properties": {p["name"]: p["schema"] for p in asked},
                "required": [p["name"] for p in asked if p.get("required")],
                "additionalProperties": False,
            }
        else:
            content = told.get("requestBody", {}).get("content", {})
            parameters = content.get(_FORM, {}).get("schema", {"type": "object"})
        answer = told["responses"]["200"]["content"]["application/json"]["schema"]
        self.operations[method, template] = Operation(method, template, parameters, answer)

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation of a path and the names in it."""
        for pattern, template in self._patterns:
            matched = pattern.fullmatch(path)
            if matched and (method, template) in self.operations:
                return self.operations[method, template], matched.groupdict()
        return None

    def convert(self, operation: Operation, raw: Obj) -> Obj:
        """Form strings as the types of the schema."""
        converted: Obj = convert(operation.parameters, raw)
        return converted

    def check_request(self, operation: Operation, parameters: Obj) -> list[Problem]:
        """What is wrong with converted parameters."""
        validator = self._validator(f"request {operation.name}", operation.parameters, closed=True)
        return [_problem(operation.name, error) for error in validator.iter_errors(parameters)]

    def check_answer(self, operation: Operation, answer: Obj) -> list[Problem]:
        """What is wrong with a body of status 200; items of a list are checked one by one."""
        schema = operation.answer
        if answer.get("object") == "list" and "data" in schema.get("properties", {}):
            items = schema["properties"]["data"]["items"]
            found = self._check(f"answer {operation.name}", schema, {**answer, "data": []})
            for item in answer["data"]:
                found += self._check_object(f"item {operation.name}", items, item)
            return found
        return self._check_object(f"answer {operation.name}", schema, answer)

    def check_error(self, body: Obj) -> list[Problem]:
        """What is wrong with an error's body."""
        return self._check("error", {"$ref": "#/components/schemas/error"}, body)

    def _check_object(self, name: str, schema: Obj, value: Obj) -> list[Problem]:
        digest = hashlib.blake2b(f"{name} {json.dumps(value)}".encode(), digest_size=16).digest()
        if digest in self._good:
            return []
        found = self._check(name, schema, value)
        if value.get("object") == "event":
            shown = value["data"]["object"]
            found += self._check_object("event data", {"$ref": self._reference(shown)}, shown)
        if not found:
            self._good.add(digest)
        return found

    def _reference(self, shown: Obj) -> str:
        kind = shown["object"]
        return f"#/components/schemas/{'deleted_' if shown.get('deleted') else ''}{kind}"

    def _check(self, name: str, schema: Obj, value: Any) -> list[Problem]:
        key = f"{name} {schema['$ref']}" if "$ref" in schema else name
        return [_problem(name, error) for error in self._validator(key, schema).iter_errors(value)]

    def _validator(self, name: str, schema: Obj, closed: bool = False) -> Any:
        with self._lock:
            if name not in self._validators:
                kind = _jsonschema.Draft7Validator
                self._validators[name] = kind(_draft7(schema, closed), registry=self._registry)
            return self._validators[name]


def _draft7(schema: Any, closed: bool) -> Any:
    """OpenAPI's dialect as JSON Schema: `nullable` becomes a union, objects are closed where asked."""
    if isinstance(schema, list):
        return [_draft7(item, closed) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        made: Obj = {"$ref": _ROOT + schema["$ref"]}
    else:
        made = {key: _keyword(key, value, closed) for key, value in schema.items() if key != "nullable"}
        if closed and "properties" in made:
            made.setdefault("additionalProperties", False)
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") is True else made


def _keyword(key: str, value: Any, closed: bool) -> Any:
    if key == "properties":
        return {name: _draft7(inner, closed) for name, inner in value.items()}
    return value if key in ("enum", "required") else _draft7(value, closed)


def _problem(where: str, error: Any) -> Problem:
    """The deepest reason; of alternatives, that of the one which came furthest."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "enum"))
    path = tuple(str(part) for part in error.absolute_path)
    told = error.message if len(error.message) < 300 else f"{error.message[:150]} … {error.message[-150:]}"
    return Problem(where, error.validator, f"{'.'.join(path) or 'top'}: {told}", path)


def refusal(problem: Problem, operation: Operation, parameters: Obj) -> StripeError:
    """What Stripe answers to such a request."""
    if problem.rule == "additionalProperties":
        names = _unknown(operation.parameters, parameters, problem.path)
        param = _bracketed((*problem.path, names[0]))
        return invalid(f"Received unknown parameter: {param}", param, "parameter_unknown")
    if problem.rule == "required":
        missing = problem.detail.split("'")[1]
        param = _bracketed((*problem.path, missing))
        return invalid(f"Missing required param: {param}.", param, "parameter_missing")
    param = _bracketed(problem.path)
    if "'integer'" in problem.detail:
        return invalid(f"Invalid integer: {param}", param, "parameter_invalid_integer")
    return invalid(f"Invalid {param}: {problem.detail}", param, "parameter_invalid")


def _unknown(schema: Obj, value: Any, path: tuple[str, ...]) -> list[str]:
    for part in path:
        options = schema.get("anyOf", [schema])
        nested = [o for o in options if "properties" in o or "items" in o] or [{}]
        schema = nested[0].get("items") or nested[0].get("properties", {}).get(part, {})
        value = value[int(part)] if isinstance(value, list) else value[part]
    options = [o for o in schema.get("anyOf", [schema]) if "properties" in o] or [{"properties": {}}]
    return [key for key in value if key not in options[0]["properties"]] or ["?"]


def _bracketed(path: tuple[str, ...]) -> str:
    return path[0] + "".join(f"[{part}]" for part in path[1:]) if path else ""


@lru_cache(maxsize=1)
def contract() -> Contract:
    """The one contract of this process; making it takes a fraction of a second."""
    return Contract()
