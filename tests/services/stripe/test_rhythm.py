"""How often Stripe is asked for news: soon where something happens, seldom where nobody looks (Y3)."""

from __future__ import annotations

import pytest

from frontdesk.services.stripe.budget import LEAST_READS
from frontdesk.services.stripe.rhythm import BUSY, QUIET, RESTING, SPARING, Rhythm
from tests.builders import Seconds

MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def watch() -> Seconds:
    return Seconds()


@pytest.fixture
def rhythm(watch: Seconds) -> Rhythm:
    return Rhythm(watch)


def pause(rhythm: Rhythm, *, is_low: bool = False) -> float:
    return rhythm.until_next(is_low=is_low)


def test_after_news_it_is_soon_and_after_ten_polls_without_any_less_so(rhythm: Rhythm) -> None:
    assert pause(rhythm) == QUIET
    rhythm.polled(news=True)
    for _ in range(10):
        assert pause(rhythm) == BUSY
        rhythm.polled(news=False)
    assert pause(rhythm) == QUIET


def test_low_reads_are_spared(rhythm: Rhythm) -> None:
    rhythm.polled(news=True)
    assert pause(rhythm, is_low=True) == SPARING


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [(0, QUIET), (29, QUIET), (30, SPARING), (119, SPARING), (120, RESTING), (5000, RESTING)],
)
def test_the_longer_nobody_touched_this_desk_the_more_seldom(
    rhythm: Rhythm, watch: Seconds, minutes: int, seconds: float
) -> None:
    watch.at += minutes * MINUTE
    assert pause(rhythm) == seconds
    assert pause(rhythm, is_low=True) == max(seconds, SPARING)


def test_a_hidden_window_rests_also_with_news(rhythm: Rhythm) -> None:
    rhythm.polled(news=True)
    rhythm.attend(shown=False, touched=False)
    assert pause(rhythm) == RESTING
    rhythm.attend(shown=True, touched=True)
    assert pause(rhythm) == BUSY


def test_who_comes_back_waits_for_news_no_longer_than_anybody(rhythm: Rhythm, watch: Seconds) -> None:
    assert rhythm.left(is_low=False) == 0, "nothing was ever asked"
    rhythm.polled(news=False)
    assert not rhythm.attend(shown=True, touched=True), "nobody was away"
    rhythm.attend(shown=False, touched=False)
    watch.at += MINUTE
    assert rhythm.left(is_low=False) == RESTING - MINUTE
    assert rhythm.attend(shown=True, touched=True)
    assert rhythm.left(is_low=False) == QUIET - MINUTE
    watch.at += HOUR
    assert rhythm.attend(shown=True, touched=True) and rhythm.left(is_low=False) == 0
    rhythm.polled(news=False)
    assert not rhythm.attend(shown=True, touched=True)


def test_a_window_that_is_only_looked_at_is_not_touched(rhythm: Rhythm, watch: Seconds) -> None:
    for _ in range(30):
        watch.at += 5 * MINUTE
        rhythm.attend(shown=True, touched=False)
    assert pause(rhythm) == RESTING


@pytest.mark.parametrize("sales", [0, 20])
def test_a_day_at_the_desk_and_its_night_stay_within_the_reads_of_an_account_without_sales(
    rhythm: Rhythm, watch: Seconds, sales: int
) -> None:
    """Y3: 10,000 a month are 333 a day, and a poll that finds nothing is one of them."""
    began, polls = watch.at, 0
    while (passed := watch.at - began) < 24 * HOUR:
        is_open = 8 * HOUR <= passed < 18 * HOUR
        rhythm.attend(shown=True, touched=is_open)
        polls += 1
        rhythm.polled(news=is_open and sales > 0 and polls % 40 == 0)
        watch.at += pause(rhythm)
    assert 100 < polls < (LEAST_READS / 30 if not sales else 2 * LEAST_READS / 30)
