"""`expand`: ids become objects, and what is hidden by default is shown."""

from typing import Any

from tests.stripe_double.account import Account
from tests.stripe_double.errors import invalid
from tests.stripe_double.routing import Answer, Items, Page
from tests.stripe_double.store import Collection, dumps
from tests.stripe_double.types import Obj

#: Names to be expanded, and the names below each.
Tree = dict[str, Any]


def tree_of(paths: list[str]) -> Tree:
    """`["a.b", "a.c"]` as `{"a": {"b": {}, "c": {}}}`. Raises a 400 for more than four levels."""
    tree: Tree = {}
    for path in paths:
        parts = path.split(".")
        if len(parts) > 4 + (parts[0] == "data"):
            raise invalid(
                f"You cannot expand more than 4 levels of a property ({path}).", "expand", "parameter_invalid"
            )
        place = tree
        for part in parts:
            place = place.setdefault(part, {})
    return tree


def rendered(account: Account, answer: Answer, tree: Tree) -> bytes:
    """The body of an answer."""
    if isinstance(answer, dict):
        return dumps(expanded(account, answer, tree) if tree else answer)
    for name in tree:
        if name != "data":
            raise _cannot(name)
    below: Tree = tree.get("data", {})
    if isinstance(answer, Items):
        texts = [dumps(expanded(account, item, below)) for item in answer.data]
    else:
        texts = _page_texts(account, answer, below)
    more = b"true" if answer.has_more else b"false"
    head = b'{"object":"list","url":"%s","has_more":%s,"data":[' % (answer.url.encode(), more)
    return head + b",".join(texts) + b"]}"


def _page_texts(account: Account, page: Page, tree: Tree) -> list[bytes]:
    if not tree:
        return [page.collection.text(name) for name in page.ids]
    return [_text(account, page.collection, name, tree) for name in page.ids]


def _text(account: Account, collection: Collection, name: str, tree: Tree) -> bytes:
    """The JSON of an object. For the bulk history it is put together of texts, which is many times faster."""
    if not tree:
        return collection.text(name)
    if not collection.is_bulk(name):
        return dumps(expanded(account, collection.get(name), tree))
    seen = collection.peek(name)
    text = collection.text(name)
    for field, below in tree.items():
        if field == "line_items" and collection.kind == "checkout.session" and not below:
            items = _hidden(account, {"object": collection.kind, "id": name}, field)
            text = text[:-1] + b',"line_items":' + dumps(items) + b"}"
            continue
        inner = seen.get(field)
        holder = account.holder(field, inner) if isinstance(inner, str) else None
        if holder is None or inner is None:
            return dumps(expanded(account, collection.get(name), tree))
        old = b'"%s":"%s"' % (field.encode(), inner.encode())
        text = text.replace(old, b'"%s":%s' % (field.encode(), _text(account, holder, inner, below)), 1)
    return text


def expanded(account: Account, obj: Obj, tree: Tree) -> Obj:
    """A copy of an object with the names of the tree expanded. Raises a 400 for what cannot be."""
    made = dict(obj)
    for name, below in tree.items():
        hidden = _hidden(account, obj, name)
        if hidden is None and name not in obj:
            raise _cannot(name)
        made[name] = _value(account, name, obj[name] if hidden is None else hidden, below)
    return made


def _value(account: Account, name: str, value: Any, below: Tree) -> Any:
    if isinstance(value, str):
        holder = account.collection_of(value)
        if holder is None:
            raise _cannot(name)
        return expanded(account, holder.get(value), below)
    if isinstance(value, list):
        return [_value(account, name, item, below) for item in value]
    if isinstance(value, dict):
        return expanded(account, value, below)
    if value is not None:
        raise _cannot(name)
    return None


def _hidden(account: Account, obj: Obj, name: str) -> Any:
    """What Stripe leaves out unless asked."""
    kind = obj.get("object")
    if name == "line_items" and kind in ("checkout.session", "payment_link"):
        path = "checkout/sessions" if kind == "checkout.session" else "payment_links"
        items = account.items_of(obj["id"])
        return _listed(f"/v1/{path}/{obj['id']}/line_items", items, 10)
    if name == "refunds" and kind == "charge":
        refunds = [account.refunds.get(r) for r in account.refunds.with_value("charge", obj["id"])]
        return _listed(f"/v1/charges/{obj['id']}/refunds", refunds[::-1], 10)
    if name == "breakdown" and "amount_discount" in obj:
        return {"discounts": [], "taxes": []}
    if name == "currency_options" and kind == "price":
        option = {"custom_unit_amount": None, "tax_behavior": obj["tax_behavior"]}
        amounts = {"unit_amount": obj["unit_amount"], "unit_amount_decimal": obj["unit_amount_decimal"]}
        return {obj["currency"]: {**option, **amounts}}
    return None


def _listed(url: str, data: list[Obj], most: int) -> Obj:
    return {"object": "list", "data": data[:most], "has_more": len(data) > most, "url": url}


def _cannot(name: str) -> Exception:
    return invalid(f"This property cannot be expanded ({name}).", "expand", "parameter_invalid")
