"""Keys of Stripe: what one looks like, what it has to be allowed, and what it is allowed in fact (A4, Y7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode
from uuid import uuid4

from frontdesk.errors import Problem, Refused
from frontdesk.models.text import looks_like_card_number
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.wire import Declined, NotAllowed, StripeCall
from frontdesk.services.views.stripe_account import Access, Probed, Use

Kind = Literal["restricted", "unrestricted"]

_KEY: Final = re.compile(r"(sk|rk|pk)_(test|live)_[A-Za-z0-9]{4,240}")
_BEGINS: Final = re.compile(r"(?:sk|rk|pk)_(?:test|live)_")
#: What comes along with a copy: spaces and line breaks, and what no screen shows.
_STRAY: Final = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
#: Ids of nothing: a change of them shows whether the key may write, and changes nothing.
_NOTHING: Final = "FrontdeskAsksWhetherItMay"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that reads as one. It is never shown, so neither does ``repr`` show it."""

    kind: Kind
    livemode: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """A row of Stripe's list of permissions: ``row`` is its name in slugs, ``label`` that on the page.

    ``desk`` is what a key of the desk needs of it, ``owner`` one that publishes packages too.
    """

    row: str
    label: str
    desk: Access
    owner: Access
    probe: StripeCall

    def access(self, use: Use) -> Access:
        """What a key needs that is used for this."""
        return self.desk if use == "desk" else self.owner

    def slug(self, use: Use) -> str:
        """Stripe's name of it, e.g. ``rak_product_write``."""
        return f"rak_{self.row}_{self.access(use)}"


def _read(path: str, **params: object) -> StripeCall:
    return StripeCall("get", path, params)


def _write(path: str) -> StripeCall:
    return StripeCall("post", path.format(nothing=_NOTHING))


_LIST: Final = {"limit": 1}
#: In the order of Stripe's page. Writing includes reading. To read an event takes the right to read what it
#: is about, so the desk needs to read the catalogue too.
PERMISSIONS: Final[tuple[Permission, ...]] = (
    Permission("connected_account", "Accounts", "read", "read", _read("/v1/account")),
    Permission(
        "balance_transaction_source", "Balance transaction sources", "read", "read", _read("/v1/balance")
    ),
    Permission("charge", "Charges and Refunds", "write", "write", _write("/v1/charges/ch_{nothing}")),
    Permission("customer", "Customers", "read", "read", _read("/v1/customers", **_LIST)),
    Permission("dispute", "Disputes", "read", "read", _read("/v1/disputes", **_LIST)),
    Permission("event", "Events", "read", "read", _read("/v1/events", **_LIST)),
    Permission(
        "payment_intent", "PaymentIntents", "write", "write", _write("/v1/payment_intents/pi_{nothing}")
    ),
    Permission("payout", "Payouts", "read", "read", _read("/v1/payouts", **_LIST)),
    Permission("product", "Products", "read", "write", _write("/v1/products/prod_{nothing}")),
    Permission(
        "checkout_session",
        "Checkout Sessions",
        "write",
        "write",
        _write("/v1/checkout/sessions/cs_{nothing}"),
    ),
    Permission("plan", "Prices", "read", "write", _write("/v1/prices/price_{nothing}")),
    Permission(
        "payment_links", "Payment Links", "read", "write", _write("/v1/payment_links/plink_{nothing}")
    ),
    Permission(
        "terminal_location",
        "Locations",
        "write",
        "write",
        _write("/v1/terminal/locations/tml_{nothing}"),
    ),
    Permission("terminal_reader", "Readers", "write", "write", _write("/v1/terminal/readers/tmr_{nothing}")),
)
#: Where one has to write, but a key of the desk only reads, this is asked instead.
_READ_INSTEAD: Final = {
    "product": _read("/v1/products", **_LIST),
    "plan": _read("/v1/prices", **_LIST),
    "payment_links": _read("/v1/payment_links", **_LIST),
}


def tidy_key(text: str) -> str:
    """The key in what was pasted, without the spaces and line breaks that came along."""
    return _STRAY.sub("", text)


def key_problems(field: str, text: str) -> Iterator[Problem]:
    """Why this is no key for Frontdesk: nothing, a card, several keys, a public key, or no key at all."""
    tidied = tidy_key(text)
    if not tidied:
        yield Problem(field, "field.required")
    elif looks_like_card_number(text):
        yield Problem(field, "field.card_number")
    elif len(_BEGINS.findall(tidied)) > 1:
        yield Problem(field, "stripe.key_several")
    elif tidied.startswith("pk_"):
        yield Problem(field, "stripe.key_publishable")
    elif not _KEY.fullmatch(tidied):
        yield Problem(field, "stripe.key_unreadable")


def read_key(secret: str) -> Key:
    """What kind of key a tidied one without problems is."""
    match = _KEY.fullmatch(secret)
    if match is None or match[1] == "pk":
        raise ValueError("no key for Frontdesk")
    return Key("restricted" if match[1] == "rk" else "unrestricted", match[2] == "live")


def mode_of(secret: str) -> bool:
    """Whether a key moves real money.

    Raises:
        Refused: stripe.key_unusable, which is no key.
    """
    if not _KEY.fullmatch(secret):
        raise Refused("stripe.key_unusable")
    return read_key(secret).livemode


def to_tick(use: Use) -> tuple[tuple[str, Access], ...]:
    """What a key needs, in the order and by the names of Stripe's page (A4)."""
    return tuple((one.label, one.access(use)) for one in PERMISSIONS)


def prefill_link(*, livemode: bool, use: Use) -> str:
    """Stripe's page for a new key, with the boxes ticked that it needs.

    Stripe does not document this address; whatever it ticks, ``probe`` tells what the key may do.
    """
    asked = [("name", f"Frontdesk ({use})"), *(("permissions[]", one.slug(use)) for one in PERMISSIONS)]
    mode = "" if livemode else "test/"
    return f"https://dashboard.stripe.com/{mode}apikeys/create?{urlencode(asked)}"


def probe(gateway: PaymentGateway, use: Use) -> Iterator[Probed]:
    """Ask for each permission by one harmless call, and tell each as soon as it is known.

    Reading is asked by a list of one; writing by a change of an id that does not exist, which Stripe refuses
    either for the permission or for the id.

    Raises:
        NotAllowed: stripe.key_revoked, the key itself is no good.
        NotReached, Unclear, Busy: nothing is known of this and the following ones.
    """
    for one in PERMISSIONS:
        yield _probed(gateway, one, use)


def _probed(gateway: PaymentGateway, one: Permission, use: Use) -> Probed:
    access = one.access(use)
    call = _READ_INSTEAD[one.row] if access == "read" and one.row in _READ_INSTEAD else one.probe
    if call.method == "post":
        call = StripeCall("post", call.path, call.params, f"frontdesk-probe-{uuid4().hex}")
    try:
        gateway.call(call)
    except Declined as declined:
        # Refused for the id that is not there, so not for the permission.
        gone = declined.params["stripe_code"] == "resource_missing"
        return Probed(one.row, one.label, access, "granted" if gone else "unknown")
    except NotAllowed as refused:
        if refused.code != "stripe.permission_missing":
            raise
        return Probed(one.row, one.label, access, "missing", refused.params["permission"])
    return Probed(one.row, one.label, access, "granted")
