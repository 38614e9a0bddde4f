"""What a request to an endpoint is, and which function answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stripe_double.account import Account
from tests.stripe_double.errors import StripeError, invalid, no_such
from tests.stripe_double.store import Collection
from tests.stripe_double.types import Obj


@dataclass
class Page:
    """A page of a list, by ids."""

    url: str
    collection: Collection
    ids: list[str]
    has_more: bool


@dataclass
class Items:
    """A page of line items, which have no collection of their own."""

    url: str
    data: list[Obj]
    has_more: bool


Answer = Obj | Page | Items


@dataclass
class Call:
    """One request that passed the gates, with its parameters in the types of the schema."""

    account: Account
    twin: Account
    path: str
    names: dict[str, str]
    params: Obj

    @property
    def subject(self) -> str:
        """The id in the path."""
        return next(iter(self.names.values()))

    def find(
        self, collection: Collection, object_id: str, param: str = "id", status: int = 404, kind: str = ""
    ) -> Obj:
        """An object by its id. Raises `resource_missing`, which tells when the other mode has it."""
        if object_id in collection:
            return collection.get(object_id)
        raise self.missing(collection, object_id, param, status, kind)

    def missing(
        self, collection: Collection, object_id: str, param: str, status: int, kind: str = ""
    ) -> StripeError:
        """The error for an id that is not there."""
        twins = next(c for c in self.twin.collections.values() if c.kind == collection.kind)
        other = ("live" if self.twin.livemode else "test") if object_id in twins else None
        return no_such(kind or collection.kind.replace(".", " "), object_id, param, status, other)

    def metadata(self, old: Obj | None = None) -> Obj:
        """Metadata after this request: "" deletes a key, and all keys when it stands for the whole."""
        given: Any = self.params.get("metadata")
        if given is None:
            return dict(old or {})
        return merged_metadata(old or {}, given)

    def pick(self, *names: str) -> Obj:
        """Those parameters that were given; an empty string is null."""
        found = {name: self.params[name] for name in names if name in self.params}
        return {name: None if value == "" else value for name, value in found.items()}


def merged_metadata(old: Obj, given: Any) -> Obj:
    """Stripe's way of changing metadata. Raises a 400 for more than 50 keys or too long ones."""
    if given == "":
        return {}
    made = {**old, **given}
    made = {key: value for key, value in made.items() if value != ""}
    if len(made) > 50:
        raise invalid("Metadata can have at most 50 keys.", "metadata", "parameter_invalid")
    for key, value in made.items():
        if len(key) > 40 or len(value) > 500:
            raise invalid(
                f"Metadata values can have up to 500 characters, keys up to 40: {key}",
                f"metadata[{key}]",
                "parameter_invalid",
            )
    return made


Handler = Callable[[Call], Answer]

HANDLERS: dict[tuple[str, str], Handler] = {}


def endpoint(method: str, template: str) -> Callable[[Handler], Handler]:
    """Makes a function the answer to an endpoint."""

    def taken(handler: Handler) -> Handler:
        HANDLERS[method, template] = handler
        return handler

    return taken
