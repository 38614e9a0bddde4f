"""API keys, what they may do, and how Stripe refuses them."""

from dataclasses import dataclass

from tests.stripe_double.errors import StripeError

#: The dashboard's row of each first part of a path.
_ROWS = {
    "account": "connected_account",
    "balance": "balance_transaction_source",
    "balance_transactions": "balance_transaction_source",
    "charges": "charge",
    "checkout": "checkout_session",
    "customers": "customer",
    "disputes": "dispute",
    "events": "event",
    "payment_intents": "payment_intent",
    "payment_links": "payment_links",
    "payouts": "payout",
    "prices": "plan",
    "products": "product",
    "refunds": "charge",
    "terminal/locations": "terminal_location",
    "terminal/readers": "terminal_reader",
    "test_helpers": "terminal_reader",
}
#: The row that an event's object belongs to.
_OBJECT_ROWS = {
    "balance": "balance_transaction_source",
    "charge": "charge",
    "checkout.session": "checkout_session",
    "customer": "customer",
    "dispute": "dispute",
    "payment_intent": "payment_intent",
    "payment_link": "payment_links",
    "payout": "payout",
    "price": "plan",
    "product": "product",
    "refund": "charge",
    "terminal.reader": "terminal_reader",
}


@dataclass
class Key:
    """One API key; `permissions` are slugs such as `charge_write`, None is all of them."""

    secret: str
    account: str
    livemode: bool
    permissions: frozenset[str] | None = None
    revoked: bool = False

    @property
    def shown(self) -> str:
        """The key with its middle hidden."""
        return shown(self.secret)

    def allows(self, slug: str) -> bool:
        """Whether the key has a permission; write implies read."""
        if self.permissions is None or slug in self.permissions:
            return True
        return slug.endswith("_read") and slug.removesuffix("_read") + "_write" in self.permissions


def shown(secret: str) -> str:
    """`rk_test_*****1234`."""
    head = "_".join(secret.split("_")[:2])
    return f"{head}_{'*' * max(4, len(secret) - len(head) - 5)}{secret[-4:]}"


def permission_of(method: str, path: str) -> str:
    """The slug that a request needs."""
    parts = path.removeprefix("/v1/").split("/")
    row = _ROWS.get("/".join(parts[:2])) or _ROWS[parts[0]]
    return f"{row}_{'read' if method == 'GET' else 'write'}"


def permission_of_event(kind: str) -> str:
    """The slug that reading an event about such an object needs besides `event_read`."""
    return f"{_OBJECT_ROWS.get(kind, kind)}_read"


def forbidden(key: Key, slug: str) -> StripeError:
    """A 403 that names what is missing."""
    return StripeError(
        403,
        f"The provided key '{key.shown}' does not have the required permissions for this endpoint on account "
        f"'{key.account}'. Having the 'rak_{slug}' permission would allow this request to continue.",
    )


class Keys:
    """All keys that the double knows."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}

    def add(self, key: Key) -> Key:
        """Takes a key in, or changes it."""
        self._keys[key.secret] = key
        return key

    def get(self, secret: str) -> Key:
        """A key. KeyError when there is none."""
        return self._keys[secret]

    def authenticate(self, header: str) -> Key:
        """The key of an Authorization header. Raises a 401."""
        secret = header.removeprefix("Bearer ").strip()
        if not secret:
            raise StripeError(
                401,
                "You did not provide an API key. You need to provide your API key in the Authorization "
                "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            )
        key = self._keys.get(secret)
        if key is None:
            raise StripeError(401, f"Invalid API Key provided: {shown(secret)}")
        if key.revoked:
            raise StripeError(401, f"Expired API Key provided: {key.shown}", code="api_key_expired")
        return key
