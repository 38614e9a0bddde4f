"""Products, prices and payment links."""

from typing import Any

from tests.stripe_double import shapes
from tests.stripe_double.account import Account
from tests.stripe_double.errors import invalid
from tests.stripe_double.listing import page
from tests.stripe_double.routing import Call, Page, endpoint
from tests.stripe_double.types import Obj

# --- Products --------------------------------------------------------------------------------------


@endpoint("GET", "/v1/products")
def list_products(call: Call) -> Page:
    """Filtered by `active` and `ids`."""
    ids = call.params.get("ids")
    accepts = None if ids is None else (lambda name: name in ids)
    return page(call, call.account.products, ("active", "shippable", "url"), accepts)


@endpoint("GET", "/v1/products/{id}")
def get_product(call: Call) -> Obj:
    return call.find(call.account.products, call.subject)


@endpoint("POST", "/v1/products")
def create_product(call: Call) -> Obj:
    """May make its default price along."""
    account, params = call.account, call.params
    wanted = params.get("id")
    if wanted is not None and wanted in account.products:
        raise invalid(f"Product already exists: {wanted}", "id", "resource_already_exists")
    made = shapes.product(account, wanted or account.new_id("prod_", 14), params["name"])
    made.update(call.pick("active", "description", "images", "tax_code", "unit_label", "url", "shippable"))
    made.update(call.pick("statement_descriptor", "marketing_features", "package_dimensions"))
    made["metadata"] = call.metadata()
    account.products.add(made)
    data = params.get("default_price_data")
    if data is not None:
        price = _make_price(account, made["id"], data)
        made["default_price"] = price["id"]
        account.products.update(made["id"])
    account.emit("product.created", made)
    return made


@endpoint("POST", "/v1/products/{id}")
def update_product(call: Call) -> Obj:
    """The default price has to be an active one of this product."""
    product = call.find(call.account.products, call.subject)
    changes = call.pick(
        "active", "name", "description", "images", "tax_code", "unit_label", "url", "shippable"
    )
    changes.update(call.pick("statement_descriptor", "marketing_features", "package_dimensions"))
    if "default_price" in call.params:
        changes["default_price"] = call.params["default_price"] or None
        _check_default(call, product, changes["default_price"])
    if "metadata" in call.params:
        changes["metadata"] = call.metadata(product["metadata"])
    return change_product(call.account, call.subject, changes)


def _check_default(call: Call, product: Obj, price_id: str | None) -> None:
    if price_id is None:
        return
    price = call.find(call.account.prices, price_id, "default_price", 400)
    if price["product"] != product["id"]:
        raise invalid(
            f"The price `{price_id}` does not belong to the product `{product['id']}`.", "default_price"
        )
    if not price["active"]:
        raise invalid("The default price of a product must be active.", "default_price")


def change_product(account: Account, product_id: str, changes: Obj) -> Obj:
    """Changes a product; archiving it deactivates the payment links that sell it."""
    product = account.products.get(product_id)
    changed = {name: value for name, value in changes.items() if product[name] != value}
    if not changed:
        return product
    previous = {name: product[name] for name in changed} | {"updated": product["updated"]}
    account.products.update(product_id, **changed, updated=account.now())
    account.emit("product.updated", product, previous)
    if changed.get("active") is False:
        for link in list(account.payment_links):
            sold = [item["price"]["product"] for item in account.items_of(link["id"])]
            if link["active"] and product_id in sold:
                change_link(account, link["id"], {"active": False})
    return product


@endpoint("DELETE", "/v1/products/{id}")
def delete_product(call: Call) -> Obj:
    """Only a product without prices can be deleted."""
    account, name = call.account, call.subject
    product = call.find(account.products, name)
    if account.prices.with_value("product", name):
        raise invalid("This product cannot be deleted because it has one or more user-created prices.")
    account.products.remove(name, {})
    account.emit("product.deleted", product)
    return {"id": name, "object": "product", "deleted": True}


# --- Prices ----------------------------------------------------------------------------------------


@endpoint("GET", "/v1/prices")
def list_prices(call: Call) -> Page:
    """Filtered by `product`, `active`, `type`, `currency` and `lookup_keys`."""
    prices = call.account.prices
    keys = call.params.get("lookup_keys")
    among = None
    if keys is not None:
        if len(keys) > 10:
            raise invalid("You may specify up to 10 lookup keys.", "lookup_keys", "parameter_invalid")
        among = [name for name in prices.names if prices.get(name)["lookup_key"] in keys]
    return page(call, prices, ("product", "active", "type", "currency"), among=among)


@endpoint("GET", "/v1/prices/{price}")
def get_price(call: Call) -> Obj:
    return call.find(call.account.prices, call.subject, "price")


@endpoint("POST", "/v1/prices")
def create_price(call: Call) -> Obj:
    """For a product that is there, or for one made along."""
    account, params = call.account, call.params
    if ("product" in params) == ("product_data" in params):
        raise invalid("You must specify either `product` or `product_data`.", "product", "parameter_missing")
    if "product" in params:
        product_id = call.find(account.products, params["product"], "product", 400)["id"]
    else:
        product_id = make_product(account, params["product_data"])["id"]
    return _make_price(account, product_id, params)


def make_product(account: Account, data: Obj) -> Obj:
    """A product out of `product_data`."""
    product = shapes.product(account, data.get("id") or account.new_id("prod_", 14), data["name"])
    taken = ("description", "images", "metadata", "unit_label", "tax_code", "active", "statement_descriptor")
    product.update({name: data[name] for name in taken if name in data})
    account.products.add(product)
    account.emit("product.created", product)
    return product


def _make_price(account: Account, product_id: str, data: Obj) -> Obj:
    amount = data.get("unit_amount")
    if amount is None and "unit_amount_decimal" in data:
        amount = int(float(data["unit_amount_decimal"]))
    if amount is None and "custom_unit_amount" not in data:
        raise invalid(
            "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.",
            "unit_amount",
            "parameter_missing",
        )
    if amount is not None and amount < 0:
        raise invalid("Invalid non-negative integer", "unit_amount", "parameter_invalid_integer")
    price = shapes.price(account, account.new_id("price_1"), product_id, amount, data["currency"].lower())
    for name in ("active", "metadata", "nickname", "tax_behavior"):
        if name in data:
            price[name] = data[name]
    if "recurring" in data:
        price["type"] = "recurring"
        price["recurring"] = {
            "interval_count": 1, "meter": None, "trial_period_days": None, "usage_type": "licensed",
            **data["recurring"],
        }  # fmt: skip
    key = data.get("lookup_key")
    if key:
        _take_lookup_key(account, key, bool(data.get("transfer_lookup_key")), price["id"])
        price["lookup_key"] = key
    account.prices.add(price)
    account.emit("price.created", price)
    return price


def _take_lookup_key(account: Account, key: str, transfer: bool, for_price: str) -> None:
    if len(key) > 200:
        raise invalid("Lookup keys can have at most 200 characters.", "lookup_key", "parameter_invalid")
    for holder in account.prices.with_value("lookup_key", key):
        if holder == for_price:
            continue
        if not transfer:
            raise invalid(
                f"A price (`{holder}`) already uses that lookup key. Use `transfer_lookup_key` to move it.",
                "lookup_key",
            )
        price = account.prices.update(holder, lookup_key=None)
        account.emit("price.updated", price, {"lookup_key": key})


@endpoint("POST", "/v1/prices/{price}")
def update_price(call: Call) -> Obj:
    """The default price of a product cannot be archived."""
    account, params = call.account, call.params
    price = call.find(account.prices, call.subject, "price")
    if params.get("active") is False and price["active"]:
        product = account.products.get(price["product"])
        if product["default_price"] == price["id"]:
            raise invalid(
                "This price cannot be archived because it is the default price of its product.", "active"
            )
    changes = call.pick("active", "nickname", "tax_behavior", "lookup_key")
    if changes.get("lookup_key"):
        _take_lookup_key(account, changes["lookup_key"], bool(params.get("transfer_lookup_key")), price["id"])
    if "metadata" in params:
        changes["metadata"] = call.metadata(price["metadata"])
    previous = {name: price[name] for name, value in changes.items() if price[name] != value}
    if previous:
        account.prices.update(price["id"], **changes)
        account.emit("price.updated", price, previous)
    return price


# --- Line items ------------------------------------------------------------------------------------


def line_items(call: Call, given: list[Obj]) -> list[Obj]:
    """Lines out of what a request asks for. Raises a 400 for archived prices and mixed currencies."""
    items = []
    for number, line in enumerate(given):
        price = _price_of_line(call, line, f"line_items[{number}]")
        quantity = line.get("quantity", 1)
        description = call.account.products.get(price["product"])["name"]
        items.append(shapes.line_item(call.account.new_id("li_1"), dict(price), quantity, description))
    if len({item["currency"] for item in items}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    return items


def _price_of_line(call: Call, line: Obj, where: str) -> Obj:
    account = call.account
    if "price" in line:
        price = call.find(account.prices, line["price"], f"{where}[price]", 400)
        if not price["active"]:
            raise invalid(
                "The price specified is inactive. This field only accepts active prices.", f"{where}[price]"
            )
        product = account.products.get(price["product"])
        if not product["active"]:
            raise invalid(
                f"The product {product['id']} is marked as inactive, and thus cannot be sold.",
                f"{where}[price]",
            )
        return price
    if "price_data" not in line:
        raise invalid(f"Missing required param: {where}[price].", f"{where}[price]", "parameter_missing")
    data = dict(line["price_data"])
    if "product" in data:
        product_id = call.find(account.products, data["product"], f"{where}[price_data][product]", 400)["id"]
    else:
        product_id = make_product(account, {**data["product_data"], "active": False})["id"]
    return _make_price(account, product_id, {**data, "active": False})


# --- Payment links ---------------------------------------------------------------------------------

_LINK_FIELDS = (
    "allow_promotion_codes", "billing_address_collection", "customer_creation", "inactive_message",
    "payment_method_types", "phone_number_collection", "submit_type", "payment_method_collection",
)  # fmt: skip


@endpoint("GET", "/v1/payment_links")
def list_links(call: Call) -> Page:
    return page(call, call.account.payment_links, ("active",))


@endpoint("GET", "/v1/payment_links/{payment_link}")
def get_link(call: Call) -> Obj:
    return call.find(call.account.payment_links, call.subject, "payment_link")


def _link_fields(call: Call) -> Obj:
    fields = call.pick(*_LINK_FIELDS)
    fields.update(_completion_fields(call.params))
    data = call.params.get("payment_intent_data")
    if data:
        blank: Obj = dict.fromkeys(
            [
                "capture_method",
                "description",
                "setup_future_usage",
                "statement_descriptor",
                "statement_descriptor_suffix",
                "transfer_group",
            ]
        )
        fields["payment_intent_data"] = {**blank, "metadata": {}, **data}
    return fields


def _completion_fields(params: Obj) -> Obj:
    fields: Obj = {}
    completion = params.get("after_completion")
    if completion is not None:
        fields["after_completion"] = dict(completion)
        if completion["type"] == "hosted_confirmation":
            fields["after_completion"]["hosted_confirmation"] = {
                "custom_message": None, **completion.get("hosted_confirmation", {}),
            }  # fmt: skip
    limit: Any = params.get("restrictions")
    if limit == "":
        fields["restrictions"] = None
    elif limit is not None:
        fields["restrictions"] = {"completed_sessions": {"count": 0, **limit["completed_sessions"]}}
    return fields


@endpoint("POST", "/v1/payment_links")
def create_link(call: Call) -> Obj:
    """Only active prices may be sold."""
    account = call.account
    items = line_items(call, call.params["line_items"])
    currency = items[0]["currency"]
    link = shapes.payment_link(account, account.new_id("plink_1"), currency)
    link.update(_link_fields(call))
    link["metadata"] = call.metadata()
    account.line_items[link["id"]] = items
    account.payment_links.add(link, created=account.now())
    account.emit("payment_link.created", link)
    return link


@endpoint("POST", "/v1/payment_links/{payment_link}")
def update_link(call: Call) -> Obj:
    """Line items cannot be swapped; a link whose product is archived cannot be opened again."""
    account = call.account
    link = call.find(account.payment_links, call.subject, "payment_link")
    changes = {**_link_fields(call), **call.pick("active")}
    if changes.get("active"):
        _check_sellable(account, link["id"])
    if changes.get("restrictions") and link["restrictions"]:
        changes["restrictions"]["completed_sessions"]["count"] = link["restrictions"]["completed_sessions"][
            "count"
        ]
    if "metadata" in call.params:
        changes["metadata"] = call.metadata(link["metadata"])
    return change_link(account, link["id"], changes)


def _check_sellable(account: Account, link_id: str) -> None:
    for item in account.items_of(link_id):
        price = account.prices.get(item["price"]["id"])
        if not account.products.get(price["product"])["active"]:
            raise invalid(f"The product {price['product']} of this payment link is not active.", "active")


def change_link(account: Account, link_id: str, changes: Obj) -> Obj:
    """Changes a link and tells what it was."""
    link = account.payment_links.get(link_id)
    previous = {name: link[name] for name, value in changes.items() if link[name] != value}
    if previous:
        account.payment_links.update(link_id, **changes)
        account.emit("payment_link.updated", link, previous)
    return link
