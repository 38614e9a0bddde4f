"""Sync in the background against a double of Stripe over real HTTP: outbox, open sales, news, no network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from frontdesk.models.sale import sale
from frontdesk.models.sync import outbox, stripe_object
from frontdesk.services.changes import Change, Topic
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.office import Office
from frontdesk.services.stripe import rhythm
from frontdesk.services.stripe import worker as worker_module
from frontdesk.services.stripe.checkouts import open_checkout
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.status import sync_facts
from frontdesk.services.stripe.worker import FLOOR, SyncWorker
from frontdesk.services.unit_of_work import Actor, Reading
from frontdesk.services.views.sync_status import SyncFacts, SyncStatus
from tests.builders import SetClock
from tests.services.stripe.online_till import OnlineTill, online_till
from tests.services.stripe.studio import SECRET_NAME
from tests.support.logs import ExpectedLogs
from tests.support.secrets import KeptSecrets

SECONDS = 20.0


class Watched:
    """A worker at a till, and what it told."""

    def __init__(self, till: OnlineTill) -> None:
        self.till = till
        self.secrets = KeptSecrets()
        self.secrets.kept[SECRET_NAME] = till.key
        self.opened: list[StripeGateway] = []
        self.statuses: list[SyncStatus] = []
        self.changes: list[Change] = []
        self.line = StripeLine(till.office, self.secrets, self._open, till.clock.now)
        self.worker = SyncWorker(
            self.line,
            till.office,
            "desk-1/window/",
            changed=self._changed,
            status=self.statuses.append,
        )

    def _open(self, secret: str) -> StripeGateway:
        self.opened.append(StripeGateway(secret, self.till.stripe.url, timeout=(2.0, 2.0)))
        return self.opened[-1]

    def _changed(self, changes: tuple[Change, ...]) -> None:
        self.changes.extend(changes)
        # As the window does at each change.
        self.worker.wake()

    @property
    def status(self) -> SyncStatus:
        return self.worker.status

    def until(self, true: Callable[[], object], seconds: float = SECONDS) -> None:
        """Waits for something that both threads bring about."""
        ends_at = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < ends_at, f"it did not come about; {self.status}"
            time.sleep(0.02)

    def synced(self) -> None:
        """Waits until the first sync is through."""
        self.until(lambda: self.status.online and self.status.synced_at and self.status.progress is None)

    def quiet(self) -> None:
        """Waits until both threads have had nothing to do for a while."""
        seen: object = None
        since = time.monotonic()

        def unchanged() -> bool:
            nonlocal seen, since
            now = self.till.stripe.requests.total, len(self.statuses), len(self.changes)
            if now != seen:
                seen, since = now, time.monotonic()
            return time.monotonic() - since > 0.5

        self.until(unchanged)

    def sync_now(self) -> None:
        """Asks for news, whenever that was last."""
        self.worker._asked_at = -FLOOR
        assert self.worker.sync_now() == 0

    def count(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        with self.till.office.database.reading() as connection:
            counted = sa.select(sa.func.count()).select_from(table).where(*conditions)
            return int(connection.execute(counted).scalar_one())

    def open_ops(self) -> int:
        return self.count(outbox, outbox.c.finished_at.is_(None))

    def sales(self) -> int:
        return self.count(sale)


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[OnlineTill]:
    with online_till(office, actor, clock) as made:
        yield made


@pytest.fixture
def watched(till: OnlineTill) -> Iterator[Watched]:
    made = Watched(till)
    yield made
    made.worker.stop()
    for gateway in made.opened:
        gateway.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that people would not notice, so that a test need not wait."""
    monkeypatch.setattr(worker_module, "_BACKOFF", (0.1, 0.2))
    monkeypatch.setattr(rhythm, "QUIET", 0.3)
    monkeypatch.setattr(rhythm, "BUSY", 0.3)


def open_one(watched: Watched) -> int:
    """A sale that waits for Stripe; only stored."""
    till = watched.till
    id: int = till.do(open_checkout, till.by_stripe()).checkout_id
    return id


# --- What it does --------------------------------------------------------------------------------------


def test_what_is_put_into_the_outbox_is_sent_at_once(watched: Watched) -> None:
    """Y4."""
    watched.worker.start()
    watched.synced()
    checkout_id = open_one(watched)
    watched.worker.wake()
    watched.until(lambda: watched.till.standing(checkout_id) == "ready")
    # What is told follows what is written.
    watched.until(lambda: watched.status.waiting == 0)
    assert watched.status.mode == "test"
    topics = {change.topic for change in watched.changes}
    assert {Topic.SYNC, Topic.CHECKOUTS} <= topics


def test_of_two_threads_the_one_that_looked_last_has_the_last_word(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Y5: what one thread saw before the other wrote is never told after what the other saw."""
    looked, go_on = threading.Event(), threading.Event()

    def slowly(reading: Reading) -> SyncFacts:
        facts = sync_facts(reading)
        if threading.current_thread().name == "slow":
            looked.set()
            assert go_on.wait(SECONDS)
        return facts

    monkeypatch.setattr(worker_module, "sync_facts", slowly)
    look = watched.worker._look_at_the_books
    slow, quick = threading.Thread(target=look, name="slow"), threading.Thread(target=look)
    slow.start()
    assert looked.wait(SECONDS)
    open_one(watched)
    quick.start()
    quick.join(0.3)
    go_on.set()
    for thread in (slow, quick):
        thread.join(SECONDS)
    assert watched.status.waiting == 1


def test_an_open_sale_is_watched_and_booked_soon_after_it_was_paid(watched: Watched) -> None:
    """S4, Y3: long before the next poll."""
    watched.worker.start()
    watched.synced()
    checkout_id = open_one(watched)
    watched.worker.wake()
    watched.until(lambda: watched.till.standing(checkout_id) == "ready")
    watched.till.pay(checkout_id)
    watched.until(lambda: watched.till.standing(checkout_id) == "paid", seconds=8)
    assert watched.sales() == 1


def test_readers_that_are_registered_in_the_dashboard_are_known_here(watched: Watched) -> None:
    """S4: without a word at the desk."""
    reader_id = watched.till.reader()
    with watched.till.office.database.writing() as connection:
        connection.execute(sa.delete(stripe_object).where(stripe_object.c.id == reader_id))
    watched.worker.start()
    watched.synced()
    watched.until(lambda: watched.count(stripe_object, stripe_object.c.id == reader_id))


def test_what_happens_at_stripe_is_taken_over_on_demand_and_not_more_often(watched: Watched) -> None:
    """Y5."""
    till, stripe = watched.till, watched.till.stripe
    watched.worker.start()
    watched.synced()
    checkout_id = open_one(watched)
    watched.worker.wake()
    watched.until(lambda: till.standing(checkout_id) == "ready")
    till.pay(checkout_id)
    watched.until(lambda: till.standing(checkout_id) == "paid")
    intent = till.row(checkout_id).payment_intent
    stripe.refund_in_dashboard(intent)
    watched.sync_now()
    watched.until(lambda: watched.count(stripe_object, stripe_object.c.kind == "refund") == 1)
    assert 1 <= watched.worker.sync_now() <= FLOOR


def test_where_nothing_happens_next_to_nothing_is_read_or_written(watched: Watched) -> None:
    """Y3."""
    watched.worker.start()
    watched.synced()
    watched.quiet()
    reads, told = watched.till.stripe.requests.total, len(watched.statuses)
    changes = len(watched.changes)
    for _ in range(20):
        watched.worker.wake()
        time.sleep(0.02)
    assert watched.till.stripe.requests.total == reads
    assert (len(watched.statuses), len(watched.changes)) == (told, changes)


def test_who_comes_back_to_a_hidden_window_soon_has_news(watched: Watched, hasty: None) -> None:
    """Y3: also right after a poll, which had put the next one off for long."""
    rhythm, requests = watched.worker._rhythm, watched.till.stripe.requests
    watched.worker.start()
    watched.synced()
    watched.worker.attend(shown=False, touched=False)
    polled = rhythm._polled_at
    watched.sync_now()
    watched.until(lambda: rhythm._polled_at != polled)
    reads = requests.reads
    watched.worker.attend(shown=True, touched=True)
    watched.until(lambda: requests.reads > reads)


# --- What stands in the way ----------------------------------------------------------------------------


def test_a_lost_network_is_told_at_once_and_sync_goes_on_when_it_is_back(
    watched: Watched, hasty: None
) -> None:
    """Y5."""
    till = watched.till
    watched.worker.start()
    watched.synced()
    till.stripe.go_offline()
    watched.sync_now()
    watched.until(lambda: watched.status.trouble is not None, seconds=3)
    assert watched.status.online is False and watched.status.mode == "test"
    checkout_id = open_one(watched)
    watched.worker.wake()
    watched.until(lambda: watched.status.waiting == 1)
    till.stripe.go_online()
    watched.until(lambda: watched.status.online and watched.status.trouble is None)
    watched.until(lambda: watched.open_ops() == 0)
    assert till.standing(checkout_id) == "ready"


def test_a_key_that_stripe_takes_no_more_stops_both_until_there_is_another(
    watched: Watched, hasty: None
) -> None:
    """A4, Y5: nothing is lost, and nobody knocks at a closed door."""
    till = watched.till
    watched.worker.start()
    watched.synced()
    till.stripe.revoke_key(till.key)
    watched.sync_now()
    watched.until(lambda: watched.status.trouble is not None)
    assert watched.status.trouble is not None and watched.status.trouble.code == "stripe.key_revoked"
    checkout_id = open_one(watched)
    watched.worker.wake()
    time.sleep(0.6)
    knocked = till.stripe.requests.total
    time.sleep(0.6)
    assert till.stripe.requests.total == knocked and watched.open_ops() == 1
    watched.secrets.kept[SECRET_NAME] = till.stripe.add_key("rk_test_Another")
    watched.worker.renew()
    watched.until(lambda: watched.open_ops() == 0 and watched.status.trouble is None)
    assert till.standing(checkout_id) == "ready"


def test_a_computer_without_a_key_says_so_and_begins_once_there_is_one(watched: Watched, hasty: None) -> None:
    """A4."""
    key = watched.secrets.kept.pop(SECRET_NAME)
    watched.worker.start()
    watched.until(lambda: watched.status.mode == "no_key")
    assert watched.status.trouble is not None and watched.status.trouble.code == "stripe.no_key"
    watched.secrets.kept[SECRET_NAME] = key
    watched.worker.renew()
    watched.synced()
    assert watched.status.mode == "test"


def test_a_studio_that_is_not_connected_is_left_alone(office: Office, actor: Actor) -> None:
    def never(_secret: str) -> StripeGateway:
        raise AssertionError("nobody may ask Stripe")

    statuses: list[SyncStatus] = []
    line = StripeLine(office, KeptSecrets(), never)
    worker = SyncWorker(line, office, "desk-1/window/", changed=lambda _: None, status=statuses.append)
    worker.start()
    worker.wake()
    time.sleep(0.3)
    worker.stop()
    assert worker.status == SyncStatus() and statuses == []


def test_something_unexpected_is_told_and_does_not_end_sync(
    watched: Watched, hasty: None, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("pull met something unexpected \\([0-9A-Z]{6}\\)")
    watched.worker.start()
    watched.synced()

    def fails(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("frontdesk.services.stripe.worker.load_payouts", fails)
        watched.sync_now()
        watched.until(lambda: watched.status.trouble is not None)
        assert watched.status.trouble is not None and watched.status.trouble.code == "sync.unexpected"
        assert len(watched.status.trouble.params["id"]) == 6, "the mark that stands in the log"
    watched.sync_now()
    watched.until(lambda: watched.status.trouble is None)


# --- Stopping ------------------------------------------------------------------------------------------


def test_a_pull_that_is_stopped_shows_it_at_once_and_goes_on_from_there(
    watched: Watched, hasty: None
) -> None:
    """Y5: at once, and not only once a call has come back."""
    till = watched.till
    till.stripe.latency = (0.8, 0.8)
    watched.worker.start()
    watched.until(lambda: watched.status.progress is not None)
    watched.worker.cancel()
    watched.until(lambda: watched.status.progress is None, seconds=0.5)
    till.stripe.latency = None
    watched.sync_now()
    watched.synced()


def test_the_end_does_not_wait_for_a_call_that_hangs(watched: Watched) -> None:
    """What was on its way stays in the outbox, and the next start sends it again under the same key (Y4)."""
    till = watched.till
    watched.worker.start()
    watched.synced()
    fault = till.stripe.faults.add("hold", "POST", "/v1/checkout/sessions")
    checkout_id = open_one(watched)
    watched.worker.wake()
    watched.until(lambda: watched.count(outbox, outbox.c.state == "sending") == 1)
    began = time.monotonic()
    watched.worker.stop()
    assert time.monotonic() - began < 5
    fault.release()
    watched.until(lambda: not {"stripe-push", "stripe-pull"} & {one.name for one in threading.enumerate()})
    till.pass_time(minutes=2)
    again = Watched(till)
    try:
        again.worker.start()
        again.until(lambda: again.open_ops() == 0)
    finally:
        again.worker.stop()
        for gateway in again.opened:
            gateway.close()
    assert till.standing(checkout_id) == "ready"
