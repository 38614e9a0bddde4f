"""Lists: pages by cursor, newest first, with Stripe's filters."""

from collections.abc import Callable
from typing import Any

from tests.stripe_double.errors import invalid
from tests.stripe_double.routing import Call, Items, Page
from tests.stripe_double.store import Collection
from tests.stripe_double.types import Obj


def page(
    call: Call,
    collection: Collection,
    fields: tuple[str, ...] = (),
    accepts: Callable[[str], bool] | None = None,
    among: list[str] | None = None,
) -> Page:
    """The page that a request asks for. `fields` are the parameters that have to equal the object's field."""
    params = call.params
    limit = _limit(params)
    after, before = _cursors(call, collection)
    since, until = _window(params.get("created"))
    wanted = {name: params[name] for name in fields if name in params}
    indexed = next((name for name in wanted if collection.is_indexed(name)), None)
    if among is None and indexed is not None:
        among = collection.with_value(indexed, wanted[indexed])

    def is_wanted(object_id: str) -> bool:
        seen = collection.peek(object_id) if wanted else {}
        if any(seen.get(name) != value for name, value in wanted.items()):
            return False
        return accepts is None or accepts(object_id)

    chooses = is_wanted if wanted or accepts else None
    ids, has_more = collection.page(limit, after, before, since, until, among, chooses)
    return Page(call.path, collection, ids, has_more)


def _limit(params: Obj) -> int:
    limit: int = params.get("limit", 10)
    if limit > 100:
        raise invalid(
            f"This value must be less than or equal to 100 (it currently is '{limit}').",
            "limit",
            "parameter_invalid_integer",
        )
    if limit < 1:
        raise invalid("This value must be greater than or equal to 1.", "limit", "parameter_invalid_integer")
    return limit


def _cursors(call: Call, collection: Collection) -> tuple[str | None, str | None]:
    if "starting_after" in call.params and "ending_before" in call.params:
        raise invalid("Cannot specify both ending_before and starting_after.", "ending_before")
    for param in ("starting_after", "ending_before"):
        cursor = call.params.get(param)
        if cursor is not None and not _is_known(call, collection, cursor):
            raise call.missing(collection, cursor, param, 400)
    return call.params.get("starting_after"), call.params.get("ending_before")


def _is_known(call: Call, collection: Collection, cursor: str) -> bool:
    """An event that is no longer listed is not known as a cursor either."""
    return cursor in collection and (collection.kind != "event" or call.account.is_listed(cursor))


def _window(created: Any) -> tuple[int | None, int | None]:
    if created is None:
        return None, None
    if isinstance(created, int):
        return created, created
    lows = [created[k] + add for k, add in (("gte", 0), ("gt", 1)) if k in created]
    highs = [created[k] - add for k, add in (("lte", 0), ("lt", 1)) if k in created]
    return max(lows, default=None), min(highs, default=None)


def items_page(call: Call, items: list[Obj]) -> Items:
    """A page of line items, in their order."""
    limit = _limit(call.params)
    first = 0
    after = call.params.get("starting_after")
    if after is not None:
        names = [item["id"] for item in items]
        if after not in names:
            raise invalid(f"No such line_item: '{after}'", "starting_after", "resource_missing")
        first = names.index(after) + 1
    return Items(call.path, items[first : first + limit], len(items) > first + limit)
