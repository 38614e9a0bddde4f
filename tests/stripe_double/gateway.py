"""From a request to an answer: limits, keys, shapes, idempotency, and then the endpoint."""

import json
import random
import threading
import time
import traceback
from collections import Counter, deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.stripe_double import catalogue, checkout, endpoints, terminal
from tests.stripe_double.account import Account, Context
from tests.stripe_double.contract import Operation, Problem, contract, refusal
from tests.stripe_double.errors import (
    StripeError,
    api_error,
    key_in_use,
    lock_timeout,
    rate_limited,
)
from tests.stripe_double.expand import rendered, tree_of
from tests.stripe_double.faults import Fault
from tests.stripe_double.forms import decode
from tests.stripe_double.idempotency import IdempotencyKeys
from tests.stripe_double.ids import Ids
from tests.stripe_double.keys import Key, Keys, forbidden, permission_of, permission_of_event
from tests.stripe_double.limits import Limits
from tests.stripe_double.routing import HANDLERS, Answer, Call, Page
from tests.stripe_double.store import dumps
from tests.stripe_double.types import Obj

#: The modules whose functions answer; naming them keeps them imported.
ENDPOINTS = (catalogue, checkout, endpoints, terminal)


@dataclass
class Request:
    """What came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path


@dataclass
class Response:
    """What goes back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    """A request that was answered, as the log keeps it."""

    method: str
    path: str
    pattern: str
    params: Obj
    headers: dict[str, str]
    status: int = 0
    code: str = ""


class Requests:
    """Counts every request."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[int] = Counter()
        self.log: deque[Seen] = deque(maxlen=5000)

    @property
    def reads(self) -> int:
        """GETs, which Stripe's monthly allowance counts."""
        return sum(count for (method, _), count in self.counts.items() if method == "GET")

    @property
    def total(self) -> int:
        """All requests."""
        return self.counts.total()

    def of(self, method: str, pattern: str) -> int:
        """Requests to an endpoint, such as `of("GET", "/v1/refunds/{refund}")`."""
        return self.counts[method, pattern]

    def clear(self) -> None:
        """Counts from nothing."""
        self.counts.clear()
        self.statuses.clear()
        self.log.clear()


class Gateway:
    """All accounts, and the way to them."""

    def __init__(self, ids: Ids, validate: bool, seed: int) -> None:
        self.ids, self.validate = ids, validate
        self.lock = threading.RLock()
        self.accounts: dict[tuple[str, bool], Account] = {}
        self.keys, self.limits, self.idempotency = Keys(), Limits(), IdempotencyKeys()
        self.requests = Requests()
        self.violations: list[Problem] = []
        #: Seconds that an answer takes, from … to.
        self.latency: tuple[float, float] | None = None
        self.closing = threading.Event()
        self._numbers = random.Random(seed)

    def handle(self, request: Request, fault: Fault | None) -> Response:
        """Answers a request; `fault` is what goes wrong inside Stripe."""
        request_id = self.ids.new("req_", 14)
        seen = Seen(request.method, request.path, request.path, {}, request.headers)
        account_id, livemode = "acct_unknown", False
        try:
            operation, names = self._operation(request)
            seen.pattern = operation.template
            self.limits.check(operation.name)
            _fail_early(fault)
            key = self.keys.authenticate(request.headers.get("authorization", ""))
            account_id, livemode = key.account, key.livemode
            slug = permission_of(request.method, request.path)
            if not key.allows(slug):
                raise forbidden(key, slug)
            seen.params = self._params(operation, request)
            response = self._keyed(request, operation, names, seen.params, key, request_id, fault)
        except StripeError as error:
            seen.code = error.code
            response = self._refused(error, request_id, account_id, livemode)
        except Exception as error:  # noqa: BLE001 - a mistake of the double must not look like a bad network
            told = "".join(traceback.format_exception(error))
            self.violations.append(Problem(f"{request.method} {request.path}", type(error).__name__, told))
            response = self._refused(api_error(), request_id, account_id, livemode)
        self._note(seen, response)
        return self._with_headers(response, request, request_id, account_id, livemode)

    # --- Gates -----------------------------------------------------------------------------------

    def _operation(self, request: Request) -> tuple[Operation, dict[str, str]]:
        found = contract().find(request.method, request.path)
        if found is not None and (request.method, found[0].template) in HANDLERS:
            return found
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        self._record([Problem(f"{request.method} {request.path}", "path", message)])
        raise StripeError(404, message)

    def _params(self, operation: Operation, request: Request) -> Obj:
        raw = decode(urlsplit(request.target).query)
        if request.body:
            raw.update(decode(request.body.decode()))
        params = contract().convert(operation, raw)
        if self.validate:
            problems = contract().check_request(operation, params)
            self._record(problems)
            if problems:
                raise refusal(problems[0], operation, params)
        return params

    def _record(self, problems: list[Problem]) -> None:
        if self.validate:
            self.violations.extend(problems)

    def _keyed(
        self,
        request: Request,
        operation: Operation,
        names: dict[str, str],
        params: Obj,
        key: Key,
        request_id: str,
        fault: Fault | None,
    ) -> Response:
        """The answer that is kept under the idempotency key, or a new one."""
        given = request.headers.get("idempotency-key", "")
        account = self.accounts[key.account, key.livemode]
        if request.method != "POST" or not given:
            return self._carried_out(operation, names, params, key, request, fault, Context(request_id))
        scope = f"{key.account} {key.livemode}"
        fingerprint = f"{request.path} {json.dumps(params, sort_keys=True)}"
        stored = self.idempotency.begin(scope, given, fingerprint, request_id, account.now())
        if stored is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": stored.request_id}
            if stored.status >= 500:
                headers["Stripe-Should-Retry"] = "false"
            return Response(stored.status, stored.body, headers)
        context = Context(request_id, given)
        kept = False
        try:
            response = self._carried_out(operation, names, params, key, request, fault, context)
            self.idempotency.keep(scope, given, response.status, response.body)
            kept = True
            return response
        except StripeError as error:
            if error.is_stored:
                body = self._refused(error, request_id, key.account, key.livemode).body
                self.idempotency.keep(scope, given, error.status, body)
                kept = True
            raise
        finally:
            if not kept:
                self.idempotency.forget(scope, given)

    # --- The endpoint ----------------------------------------------------------------------------

    def _carried_out(
        self,
        operation: Operation,
        names: dict[str, str],
        params: Obj,
        key: Key,
        request: Request,
        fault: Fault | None,
        context: Context,
    ) -> Response:
        if fault is not None and fault.kind == "hold":
            fault.hang(self.closing)
        if self.latency is not None:
            time.sleep(self._numbers.uniform(*self.latency))
        if fault is not None and fault.kind == "500_stored":
            raise api_error()
        with self.lock:
            account = self.accounts[key.account, key.livemode]
            twin = self.accounts[key.account, not key.livemode]
            account.context = context
            tree = tree_of(params.get("expand") or [])
            try:
                call = Call(account, twin, request.path, names, params)
                answer = HANDLERS[operation.method, operation.template](call)
                _check_events(key, answer)
                body = rendered(account, answer, tree)
            finally:
                account.context = Context()
        if self.validate:
            self._record(contract().check_answer(operation, json.loads(body)))
        if fault is not None and fault.kind == "500_after":
            raise api_error()
        return Response(200, body)

    def _refused(self, error: StripeError, request_id: str, account_id: str, livemode: bool) -> Response:
        body = error.body(request_id, account_id, livemode)
        if self.validate:
            self._record(contract().check_error(body))
        return Response(error.status, dumps(body), dict(error.headers))

    def _note(self, seen: Seen, response: Response) -> None:
        seen.status = response.status
        with self.lock:
            self.requests.counts[seen.method, seen.pattern] += 1
            self.requests.statuses[response.status] += 1
            self.requests.log.append(seen)

    def _with_headers(
        self, response: Response, request: Request, request_id: str, account_id: str, livemode: bool
    ) -> Response:
        account = self.accounts.get((account_id, livemode))
        version = request.headers.get("stripe-version") or (account.api_version if account else "")
        headers = {"Request-Id": request_id, "Content-Type": "application/json", **response.headers}
        if version:
            headers["Stripe-Version"] = version
        if request.method == "POST" and "idempotency-key" in request.headers:
            headers["Idempotency-Key"] = request.headers["idempotency-key"]
        response.headers = headers
        return response


def _fail_early(fault: Fault | None) -> None:
    """What happens before Stripe looks at the key or keeps anything."""
    if fault is None:
        return
    errors = {
        "500_before": lambda: api_error(),
        "409": lambda: key_in_use("of another request"),
        "429": lambda: rate_limited(fault.reason, fault.retry_after),
        "lock_timeout": lambda: lock_timeout(fault.retry_after),
    }
    if fault.kind in errors:
        error = errors[fault.kind]()
        if fault.should_retry is not None:
            error.headers["Stripe-Should-Retry"] = str(fault.should_retry).lower()
        raise error


def _check_events(key: Key, answer: Answer) -> None:
    """Reading an event needs the right to read its object, too."""
    if key.permissions is None:
        return
    events = []
    if isinstance(answer, Page) and answer.collection.kind == "event":
        events = [answer.collection.get(name) for name in answer.ids]
    elif isinstance(answer, dict) and answer.get("object") == "event":
        events = [answer]
    for event in events:
        slug = permission_of_event(event["data"]["object"]["object"])
        if not key.allows(slug):
            raise forbidden(key, slug)
