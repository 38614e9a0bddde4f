"""F5: the pull from Stripe: how much of Stripe's limits it uses, and how fast the books take it in."""

from __future__ import annotations

import gc
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from benchmarks import beside
from benchmarks.measuring import Effort, Figure
from benchmarks.studios import Studio
from frontdesk.models.database import Database
from frontdesk.models.migrate import migrate
from frontdesk.models.sale import sale
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.office import Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.budget import Pacer
from frontdesk.services.stripe.line import PacedGateway
from frontdesk.services.stripe.mirror import store
from frontdesk.services.stripe.online_sales import apply_sessions
from frontdesk.services.stripe.pull import Puller
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.unit_of_work import UnitOfWork
from tests.builders import SetClock, build_studio
from tests.services.stripe.studio import ConnectedStudio, connect
from tests.stripe_double import StripeDouble

GROUP = "F5 the pull"
_SALES = 40_000
_QUICK_SALES = 150
#: Pages of each list that are taken in without a server, and seconds of a sync with one. In a sandbox it has
#: twice as many, in which the first second, with its few pages under way, weighs less.
_PAGES = 100
_SECONDS = 15.0
_SANDBOX_SECONDS = 30.0
#: Stripe's limits of a sandbox and of a live account, requests a second.
_SANDBOX, _LIVE, _ENDPOINT = 25, 100, 25
_LATENCY = (0.1, 0.3)
_PAGE = 100


def measure(studio: Studio) -> Iterator[Figure]:
    """An account of its own with years of sales, behind a server in a process of its own."""
    sales = _QUICK_SALES if Effort.quick else _SALES
    with _served(sales) as server:
        sessions, movements = (
            _read(server, "/v1/checkout/sessions"),
            _read(server, "/v1/balance_transactions"),
        )
        yield from _mirror(server, sessions, movements)
        yield from _books(server, sessions)
        yield from _first_sync(server)
        yield from _at_the_desk(server)
        yield from _within_limits(server, live=False)
        yield from _within_limits(server, live=True)


# --- Without limits ----------------------------------------------------------------------------------


def _mirror(server: _Server, sessions: Sequence[_Page], movements: Sequence[_Page]) -> Iterator[Figure]:
    texts = [page.text for page in (*sessions, *movements)]
    count = sum(len(page.bodies) for page in (*sessions, *movements))
    parsing = _rate(count, lambda: [json.loads(text) for text in texts])
    yield Figure(GROUP, "raw JSON of whole pages, parsed", parsing, "objects/s", more_is_better=True)
    inserting = _rate(count, lambda: _bare_inserts((*sessions, *movements)))
    yield Figure(GROUP, "bare inserts of their texts", inserting, "objects/s", more_is_better=True)

    def keep() -> None:
        with _connected(server) as books:
            for page in (*sessions, *movements):
                books.office.write(_Kept(page).apply, books.online)

    rate = _rate(count, keep)
    yield Figure(
        GROUP, "into the mirror", rate, "objects/s", 7_000, inserting, "bare inserts", more_is_better=True
    )


def _books(server: _Server, sessions: Sequence[_Page]) -> Iterator[Figure]:
    count = sum(len(page.bodies) for page in sessions)
    best = 0.0
    for _ in range(Effort.runs()):
        with _connected(server) as books:
            began = time.perf_counter()
            for page in sessions:
                books.office.write(_Sold(page).apply, books.online)
            best = max(best, count / (time.perf_counter() - began))
    yield Figure(
        GROUP,
        "purchases into the books, clients and credits too",
        best,
        "sales/s",
        2_000,
        more_is_better=True,
    )


def _first_sync(server: _Server) -> Iterator[Figure]:
    with _connected(server) as books, closing(StripeGateway(server.key, server.url)) as gateway:
        seconds, made, objects = _synced(books, gateway)
    yield Figure(
        GROUP,
        "a first sync, the server's work included",
        made / seconds,
        "sales/s",
        more_is_better=True,
        note=f"with {objects / seconds:,.0f} objects a second; the server has the other processor",
    )


def _at_the_desk(server: _Server) -> Iterator[Figure]:
    with _connected(server) as books, closing(StripeGateway(server.key, server.url)) as gateway:
        yield from beside.measure(books, gateway)


def _synced(
    books: ConnectedStudio, gateway: PaymentGateway, seconds: float = _SECONDS
) -> tuple[float, int, int]:
    """Seconds of a first sync, with the sales and objects that came in by then."""
    began = time.monotonic()
    ends_at = began + (seconds / 10 if Effort.quick else seconds)
    # As in the program, whose collector runs on Qt's thread alone.
    collects = gc.isenabled()
    gc.disable()
    try:
        pulled = Puller(books.office, books.online, "bench").poll(gateway, lambda: time.monotonic() < ends_at)
    finally:
        if collects:
            gc.enable()
    return time.monotonic() - began, len(books.rows(sale)), pulled.objects


# --- Within limits -----------------------------------------------------------------------------------


def _within_limits(server: _Server, *, live: bool) -> Iterator[Figure]:
    """A sweep while Stripe counts: the share of what it allows, and that it never had to refuse."""
    overall = _LIVE if live else _SANDBOX
    server.ask("limit", overall, _ENDPOINT, _LATENCY)
    # Payments of somebody else's web shop: what is measured is the reading, and not the making of sales.
    with _connected(server, sells=False) as books, closing(StripeGateway(server.key, server.url)) as gateway:
        before = server.ask("counts")
        paced = PacedGateway(gateway, Pacer(livemode=live))
        took, _, _ = _synced(books, paced, _SECONDS if live else _SANDBOX_SECONDS)
    after = server.ask("counts")
    requests, refused = after[0] - before[0], after[1] - before[1]
    server.ask("limit", None, None, None)
    # Two lists are long, and each is one endpoint.
    allowed = min(overall, 2 * _ENDPOINT)
    account = "live account" if live else "sandbox"
    yield Figure(
        GROUP,
        f"requests of a {account}, of {allowed} a second",
        requests / took,
        "/s",
        0.95 * allowed,
        allowed,
        "Stripe's limit",
        more_is_better=True,
        note=f"{refused} of {requests} refused as too many; 100 to 300 ms an answer",
    )


# --- Pieces ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a list as it came."""

    bodies: list[dict[str, Any]]
    text: str
    at: Any


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page on its way into the mirror."""

    page: _Page

    def apply(self, work: UnitOfWork) -> None:
        """Keep it."""
        store(work, self.page.bodies, self.page.at)


@dataclass(frozen=True, slots=True)
class _Sold:
    """A page of purchases on its way into the books."""

    page: _Page

    def apply(self, work: UnitOfWork) -> int:
        """Make their sales."""
        return apply_sessions(work, self.page.bodies)


def _rate(count: int, action: Any) -> float:
    best = 0.0
    for _ in range(Effort.runs()):
        began = time.perf_counter()
        action()
        best = max(best, count / (time.perf_counter() - began))
    return best


def _bare_inserts(pages: Sequence[_Page]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        connection = dbapi2.connect(str(Path(folder) / "bare.db"), isolation_level=None)
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("CREATE TABLE kept (id TEXT PRIMARY KEY, kind TEXT, created INTEGER, body TEXT)")
        for page in pages:
            rows = [(one["id"], one["object"], one["created"], json.dumps(one)) for one in page.bodies]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO kept VALUES (?, ?, ?, ?)", rows)
            connection.execute("COMMIT")
        connection.close()


def _read(server: _Server, path: str) -> list[_Page]:
    expand = ["data.payment_intent.latest_charge"] if path.endswith("sessions") else []
    gateway, found = StripeGateway(server.key, server.url), list[_Page]()
    params: dict[str, Any] = {"limit": _PAGE, **({"expand": expand} if expand else {})}
    while True:
        answer = gateway.call(StripeCall("get", path, params))
        found.append(_Page(answer.body["data"], json.dumps(answer.body), answer.server_time))
        if not answer.body["has_more"] or len(found) == _PAGES:
            gateway.close()
            return found
        params = {**params, "starting_after": answer.body["data"][-1]["id"]}


@contextmanager
def _connected(server: _Server, *, sells: bool = True) -> Iterator[ConnectedStudio]:
    """Fresh books that are connected to the account; with the package that was sold there, or not."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(Path(folder) / "studio.db")
        try:
            migrate(database)
            office = Office(database)
            owner = build_studio(office)
            books = ConnectedStudio(office, SetClock(), owner, connect(office, owner))
            if sells:
                assert books.online_package().version_id == 1
            yield books
        finally:
            database.close()


class _Server:
    """The double of Stripe in a process of its own, so that it does not share this one's lock."""

    def __init__(self, sales: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, sales), daemon=True)
        self._process.start()
        self.url, self.key = self._pipe.recv()

    def ask(self, what: str, *arguments: Any) -> Any:
        """Tell it something, and wait for its answer."""
        self._pipe.send((what, arguments))
        return self._pipe.recv()

    def end(self) -> None:
        """Stop it."""
        self._pipe.send(("end", ()))
        self._process.join(10)
        self._pipe.close()


@contextmanager
def _served(sales: int) -> Iterator[_Server]:
    server = _Server(sales)
    try:
        yield server
    finally:
        server.end()


def _serve(pipe: Any, sales: int) -> None:
    """Years of sales of one package, until told to end."""
    with StripeDouble(validate=False) as stripe:
        _, price = stripe.sell_in_dashboard("10-class pack", 9000)
        ids = {"package_id": "1", "version_id": "1"}
        gateway = StripeGateway(stripe.key, stripe.url)
        params = {"line_items": [{"price": price["id"], "quantity": 1}], "metadata": ids}
        link = gateway.call(StripeCall("post", "/v1/payment_links", params, "bench-link")).body["id"]
        stripe.bulk_history(sales, years=3, links=[link], payouts=True)
        pipe.send((stripe.url, stripe.key))
        while True:
            what, arguments = pipe.recv()
            if what == "end":
                break
            if what == "limit":
                stripe.limits.set(overall=arguments[0], per_endpoint=arguments[1])
                stripe.latency = arguments[2]
            pipe.send((stripe.requests.total, stripe.requests.statuses[429]))
        gateway.close()
