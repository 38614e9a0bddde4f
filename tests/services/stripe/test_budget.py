"""How fast and how often Stripe is asked: never faster than it allows, and every read is counted."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from frontdesk.models.studio import command
from frontdesk.models.sync import stripe_reads
from frontdesk.services.office import Office
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.stripe.budget import (
    LEAST_READS,
    NOTE_AFTER,
    NOTE_SECONDS,
    Bucket,
    Pacer,
    ReadCounter,
    add_reads,
    endpoint,
    reads_view,
)
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from tests.builders import SetClock
from tests.stripe_double.errors import StripeError
from tests.stripe_double.limits import Limits
from tests.support.desk import Desk


class Time:
    """A clock that moves by sleeping on it."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.at += seconds


def call(path: str = "/v1/events", method: str = "get") -> StripeCall:
    return StripeCall(method, path)


def sent(pacer: Pacer, time: Time, count: int, *calls: StripeCall) -> float:
    """Seconds that so many calls take."""
    began = time.at
    for number in range(count):
        pacer.wait_for(calls[number % len(calls)])
    return time.at - began


# --- By the second -----------------------------------------------------------------------------------


@pytest.mark.parametrize("livemode", [False, True])
def test_stripe_never_has_to_refuse_a_call_and_little_of_its_limit_is_wasted(livemode: bool) -> None:
    """Y5: against buckets like Stripe's, with answers that arrive bunched."""
    time, limits = Time(), Limits()
    limits.clock = time.now
    rate = 100 if livemode else 25
    limits.set(overall=rate, per_endpoint=25)
    pacer = Pacer(livemode=livemode, clock=time.now, sleep=time.sleep)
    calls = [call(f"/v1/{name}") for name in ("events", "refunds", "charges", "payouts", "products")]
    began, wanted = time.at, rate * 20
    for number in range(wanted):
        one = calls[number % len(calls)]
        pacer.wait_for(one)
        limits.check(endpoint(one))
    assert wanted / (time.at - began) >= 0.95 * rate


@pytest.mark.parametrize("livemode", [False, True])
def test_a_desk_that_lists_everything_leaves_room_for_the_calls_of_others(livemode: bool) -> None:
    """Y5: two desks watch a sale each and send a refund now and then, while one sweeps."""
    time, limits = Time(), Limits()
    limits.clock = time.now
    limits.set(overall=100 if livemode else 25, per_endpoint=25)
    sweeping, *others = (
        Pacer(livemode=livemode, shared=True, clock=time.now, sleep=time.sleep) for _ in range(3)
    )
    lists = [call(f"/v1/{name}") for name in ("charges", "refunds", "disputes", "payouts")]
    asked = [call("/v1/checkout/sessions/cs_test_1"), call("/v1/refunds", "post")]
    began, due = time.at, time.at
    for number in range(1_000):
        sweeping.wait_for(lists[number % 4])
        limits.check(endpoint(lists[number % 4]))
        if time.at >= due:
            due += 2.0
            for other in others:
                for one in asked:
                    other.wait_for(one)
                    limits.check(endpoint(one))
    assert 1_000 / (time.at - began) >= 0.7 * (100 if livemode else 25)


def test_one_endpoint_is_asked_more_slowly_than_all_together() -> None:
    time = Time()
    pacer = Pacer(livemode=True, clock=time.now, sleep=time.sleep)
    assert sent(pacer, time, 250, call()) == pytest.approx(10, rel=0.05)
    others = [call(f"/v1/{name}") for name in ("refunds", "charges", "payouts", "disputes")]
    assert sent(pacer, time, 1000, *others) == pytest.approx(10, rel=0.05)


def test_without_the_pacer_the_limits_would_refuse() -> None:
    """The check above can fail."""
    limits = Limits()
    limits.set(overall=25)
    with pytest.raises(StripeError):
        for _number in range(30):
            limits.check("get /v1/events")


def test_when_reads_run_low_they_slow_down_and_writes_do_not() -> None:
    """Y3."""
    time = Time()
    pacer = Pacer(livemode=True, clock=time.now, sleep=time.sleep)
    pacer.is_slow = True
    assert sent(pacer, time, 11, call()) == pytest.approx(10, rel=0.05)
    assert sent(pacer, time, 20, call("/v1/refunds", "post")) < 2


def test_many_threads_share_one_pace() -> None:
    time, lock = Time(), threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            time.at += seconds / 4

    pacer = Pacer(livemode=False, clock=time.now, sleep=sleep)

    def work() -> None:
        for _ in range(50):
            pacer.wait_for(call())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.at - 1000 >= (200 - 6) / 25


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/refunds/re_3Abc", "get /v1/refunds/{id}"),
        ("/v1/checkout/sessions/cs_test_a1B2", "get /v1/checkout/sessions/{id}"),
        ("/v1/terminal/readers/tmr_1/cancel_action", "get /v1/terminal/readers/{id}/cancel_action"),
        ("/v1/payment_links/plink_1", "get /v1/payment_links/{id}"),
        ("/v1/payment_intents", "get /v1/payment_intents"),
        ("/v1/balance_transactions", "get /v1/balance_transactions"),
    ],
)
def test_an_endpoint_is_a_path_without_its_ids(path: str, name: str) -> None:
    assert endpoint(call(path)) == name


def test_a_bucket_that_was_idle_gives_no_more_than_its_burst() -> None:
    bucket = Bucket(10, 2, 0.0)
    bucket.due_in(1000.0)
    for _ in range(2):
        assert bucket.due_in(1000.0) == 0
        bucket.take()
    assert bucket.due_in(1000.0) == pytest.approx(0.1)


# --- By the month ------------------------------------------------------------------------------------


@pytest.fixture
def online(office: Office, actor: Actor) -> Actor:
    return office.write(make_online_actor, actor).value


def noted(reading: Reading) -> dict[date, int]:
    rows = reading.connection.execute(sa.select(stripe_reads.c.day, stripe_reads.c.reads))
    return {row.day: row.reads for row in rows}


def test_reads_are_noted_by_the_day_in_batches(office: Office, online: Actor) -> None:
    """Y3."""
    at = datetime(2027, 1, 4, 23, 59, tzinfo=UTC)
    time = Time()
    counter = ReadCounter(office, lambda: at, time.now)
    for _ in range(NOTE_AFTER - 1):
        assert counter.count() is None
    assert office.read(noted) == {}
    seen = counter.count()
    assert seen is not None and seen.used == NOTE_AFTER
    counter.count()
    at += timedelta(minutes=2)
    counter.count()
    time.at += NOTE_SECONDS
    counter.count()
    assert office.read(noted) == {date(2027, 1, 4): NOTE_AFTER + 1, date(2027, 1, 5): 2}


def test_two_desks_add_to_the_same_day(office: Office, online: Actor, clock: SetClock) -> None:
    counters = [ReadCounter(office, clock.now) for _ in range(2)]
    for counter in counters:
        counter.count()
        counter.note()
        counter.note()
    assert list(office.read(noted).values()) == [2]


def test_reads_that_cannot_be_noted_are_kept_for_later(office: Office, actor: Actor, clock: SetClock) -> None:
    counter = ReadCounter(office, clock.now)
    counter.count()
    counter.note()
    assert office.read(noted) == {}
    office.write(make_online_actor, actor)
    assert counter.note() is not None
    assert list(office.read(noted).values()) == [1]


def test_the_allowance_is_of_30_days_and_grows_with_the_payments(
    office: Office, online: Actor, clock: SetClock
) -> None:
    """Y3."""
    today = clock.now().date()
    for days, reads in ((0, 5), (29, 7), (30, 1000), (-1, 0)):
        office.write(add_reads, online, None, today - timedelta(days=days), reads)
    seen = office.read(reads_view)
    assert (seen.used, seen.allowed, seen.is_low) == (12, LEAST_READS, False)
    office.write(add_reads, online, None, today, 8000 - 12)
    assert office.read(reads_view).is_low


def test_the_allowance_grows_with_the_payments_of_these_30_days(
    office: Office, online: Actor, clock: SetClock
) -> None:
    """Y3."""
    desk = Desk(office, clock, Actor(1, 1))
    client, package = desk.client(), desk.package()
    for number in range(22):
        desk.sell(client, package)
        desk.do(by_stripe, number)
        if number == 0:
            clock.pass_time(days=31)
    assert office.read(reads_view).allowed == 21 * 500


def by_stripe(work: UnitOfWork, number: int) -> None:
    """Let the newest payment be one that came in by Stripe."""
    newest = work.connection.exec_driver_sql("SELECT max(id) FROM money_transaction").scalar_one()
    work.connection.exec_driver_sql(f"INSERT INTO stripe_transaction VALUES ({newest}, 'pi_{number}')")


def test_noting_reads_leaves_no_commands(office: Office, online: Actor) -> None:
    """L1: what is noted every minute is nobody's command."""
    before = office.read(_commands)
    counter = ReadCounter(office, lambda: datetime(2026, 6, 1, tzinfo=UTC))
    for _ in range(3):
        counter.count()
        assert counter.note() is not None
    assert office.read(_commands) == before


def _commands(reading: Reading) -> int:
    return int(reading.connection.execute(sa.select(sa.func.count()).select_from(command)).scalar_one())
