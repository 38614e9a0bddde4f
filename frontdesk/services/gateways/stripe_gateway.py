"""Stripe over the network, by its own library: one call, one attempt, and every end of it told apart.

stripe is imported when the first gateway is opened, never before the first window. Nothing of a call is
logged, and the key is in no error: it goes from the keyring into the header and nowhere else (A4).
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from frontdesk.errors import Refused
from frontdesk.services.stripe.wire import (
    Body,
    Busy,
    Declined,
    NotAllowed,
    NotReached,
    StripeAnswer,
    StripeCall,
    StripeTrouble,
    Unclear,
)

if TYPE_CHECKING:
    from stripe import StripeError

#: For tests: another address than Stripe's. Only on this very computer, since it gets the key.
BASE_VARIABLE: Final = "FRONTDESK_STRIPE_API_BASE"
#: Seconds to connect, and between two pieces of an answer; an exit of the program waits that long at most.
TIMEOUT: Final = (5.0, 20.0)
#: Seconds after which an answer that only drips in is given up, less than an outbox lease.
WHOLE_ANSWER: Final = 30.0

_SECRET: Final = re.compile(r"\b([rsp]k_(?:test|live)_)[A-Za-z0-9]+")
_USABLE: Final = re.compile(r"[!-~]+")
_PERMISSION: Final = re.compile(r"'(rak_[a-z_]+)'")
_NOTHING_SENT: Final = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "ConnectTimeout",
    "ProxyError",
)


def open_gateway(secret: str) -> StripeGateway:
    """Stripe with this key. Asks nothing yet.

    Raises:
        Refused: stripe.base_refused, stripe.key_unusable.
    """
    return StripeGateway(secret, api_base())


def api_base() -> str | None:
    """The address that the environment names instead of Stripe's, None for Stripe's own.

    Raises:
        Refused: stripe.base_refused for anything but http on this computer.
    """
    named = os.environ.get(BASE_VARIABLE)
    if not named:
        return None
    if not _is_loopback(named):
        raise Refused("stripe.base_refused", base=named, variable=BASE_VARIABLE)
    return named.rstrip("/")


def library_state() -> str:
    """Stripe's library in a few words, and the address that it would ask where that is not Stripe's own.

    Raises:
        Refused: stripe.base_refused, stripe.no_certificates.
    """
    stripe = _library()
    if not os.path.exists(stripe.ca_bundle_path):
        raise Refused("stripe.no_certificates", path=stripe.ca_bundle_path)
    base = api_base()
    version = f"stripe {stripe.VERSION}"
    return f"{version}, asks {base}" if base else version


def _is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    if parts.scheme != "http" or parts.username or parts.query or parts.fragment:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def without_keys(text: str) -> str:
    """A text with every key of Stripe's cut down to what kind it is."""
    return _SECRET.sub(r"\1…", text)


class StripeGateway:
    """The port ``PaymentGateway`` on Stripe's synchronous client. Safe to use from several threads."""

    def __init__(
        self,
        secret: str,
        base: str | None = None,
        *,
        timeout: tuple[float, float] = TIMEOUT,
        whole_answer: float = WHOLE_ANSWER,
    ) -> None:
        # What is no header would come back as a broken connection, which looks like no network.
        if not _USABLE.fullmatch(secret):
            raise Refused("stripe.key_unusable")
        stripe = _library()
        self._errors: type[StripeError] = stripe.StripeError
        self._session = _session(whole_answer, this_computer=base is not None)
        self._client = stripe.StripeClient(
            secret,
            base_addresses={"api": base} if base else None,
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout, session=self._session),
        )

    def call(self, call: StripeCall) -> StripeAnswer:
        """Send a request once and wait for its answer; the port says what it raises."""
        if call.method == "post" and not call.idempotency_key:
            raise ValueError("a post without an idempotency key could be carried out twice")
        try:
            response = self._client.raw_request(
                call.method,
                call.path,
                **_plain(call.params),
                stripe_version=call.api_version,
                idempotency_key=call.idempotency_key or None,
            )
        except self._errors as error:
            trouble: StripeTrouble = _trouble(error)
        except Exception as error:  # noqa: BLE001  (the library lets others through, after the request went out)
            trouble = Unclear("stripe.no_answer", detail=type(error).__name__)
        else:
            body = _parsed(self._session.taken())
            if isinstance(body, dict) and isinstance(body.get("object"), str):
                return _answer(body, response.headers)
            trouble = Unclear("stripe.odd_answer", status=response.code)
        # Outside of the handler: what the library raises refers to the request, whose header has the key.
        raise trouble

    def close(self) -> None:
        """Give the connections back; a call that is under way goes on."""
        self._session.close()


@cache
def _library() -> ModuleType:
    """Stripe's library, kept from printing, logging and telling of itself."""
    # It prints whole bodies where this is set.
    os.environ.pop("STRIPE_LOG", None)
    import stripe

    # Else it writes a file into the user's settings and tells of the computer.
    stripe.enable_telemetry = False
    stripe.log = None
    for name in ("stripe", "urllib3", "requests"):
        # Below a warning they write addresses with what was asked for.
        logging.getLogger(name).setLevel(logging.WARNING)
    return stripe


def _session(whole_answer: float, *, this_computer: bool) -> Any:
    from requests import Session

    from frontdesk.services.gateways.whole_answers import WholeAnswers, read_whole

    class OneAnswer(Session):
        """A session that follows no redirect, asks no .netrc, and ends an answer that only drips in.

        What came with a success is kept for whoever asked in this thread: the library would parse it into
        ordered dicts, in twice the time (F5).
        """

        def __init__(self) -> None:
            super().__init__()
            self._kept = threading.local()

        def request(self, *args: Any, **kwargs: Any) -> Any:
            kwargs = {**kwargs, "allow_redirects": False}
            response, text = read_whole(self, whole_answer, *args, **kwargs)
            self._kept.text = text
            # Where the library looks for it, which decodes it for a log and stumbles over what is not text.
            response.raw = io.BytesIO(b"{}" if 200 <= response.status_code < 300 else text.encode())
            return response

        def taken(self) -> str:
            """What was answered last in this thread."""
            text: str = self._kept.text
            del self._kept.text
            return text

    session = OneAnswer()
    # A .netrc would replace the key in the header; whoever sets auth is not overruled.
    session.auth = lambda request: request
    session.trust_env = not this_computer
    for scheme in ("https://", "http://"):
        session.mount(scheme, WholeAnswers(pool_maxsize=16, max_retries=0))
    return session


def _parsed(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


def _answer(body: Body, headers: Mapping[str, str]) -> StripeAnswer:
    return StripeAnswer(
        body,
        server_time=_server_time(headers.get("Date")),
        replayed=headers.get("Idempotent-Replayed") == "true",
        request_id=headers.get("Request-Id", ""),
    )


def _server_time(text: str | None) -> datetime | None:
    try:
        return None if text is None else parsedate_to_datetime(text)
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    """Parameters as the library encodes them: it looks for dicts and lists, and takes no other mapping."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _trouble(error: StripeError) -> StripeTrouble:
    """What is known about a call that did not end in an answer."""
    status = error.http_status
    if status is None:
        return _unanswered(error)
    said = _error_of(error.json_body)
    if said is None:
        return Unclear("stripe.odd_answer", status=status)
    return _refusal(status, said, error.headers or {})


def _error_of(body: object) -> Mapping[str, Any] | None:
    """What Stripe writes into an error, None where it was not Stripe who answered."""
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) and isinstance(error.get("type"), str) else None


def _refusal(status: int, error: Mapping[str, Any], headers: Mapping[str, str]) -> StripeTrouble:
    code = str(error.get("code") or "")
    # Each message goes on after it.
    said = without_keys(str(error.get("message") or "")).rstrip(" .")
    if status >= 500 or status < 400:
        replayed = headers.get("Idempotent-Replayed") == "true"
        request_id = headers.get("Request-Id", "")
        # A stored 500 comes back for ever; only a look at the object tells.
        return Unclear("stripe.server_error", status=status, request_id=request_id, look_up=replayed)
    if status in (409, 429) or code in ("rate_limit", "lock_timeout"):
        reason = headers.get("Stripe-Rate-Limited-Reason") or code
        return Busy("stripe.busy", retry_after=_seconds(headers.get("Retry-After")), reason=reason)
    if status == 401:
        return NotAllowed("stripe.key_revoked", said=said, stripe_code=code)
    if status == 403:
        return _forbidden(said)
    if error["type"] == "idempotency_error":
        # The key is known with other contents, so what it once did is there or not.
        return Unclear("stripe.key_reused", said=said, look_up=True)
    return Declined(
        "stripe.declined",
        stripe_code=code,
        param=str(error.get("param") or ""),
        decline_code=str(error.get("decline_code") or ""),
        said=said,
    )


def _forbidden(said: str) -> NotAllowed:
    found = _PERMISSION.search(said)
    if found is None:
        return NotAllowed("stripe.not_permitted", said=said)
    return NotAllowed("stripe.permission_missing", permission=found[1], said=said)


def _seconds(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch("[0-9]{1,5}", text) else None


def _unanswered(error: StripeError) -> Unclear:
    """No answer at all: it is only certain that nothing happened where nothing was sent."""
    causes = tuple(_causes(error))
    names = [type(one).__name__ for one in causes]
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return NotReached("stripe.intercepted")
    if any(name in _NOTHING_SENT for name in names):
        return NotReached("stripe.not_reached", detail=names[-1])
    return Unclear("stripe.no_answer", detail=names[-1])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error with all that it was made of: requests and urllib3 wrap theirs in arguments and reasons."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inside = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting.extend(reversed([found for found in inside if isinstance(found, BaseException)]))
