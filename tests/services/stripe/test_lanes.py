"""Lanes: calls side by side, and an end that waits for none of them for long (Y5)."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from frontdesk.services.stripe.lanes import LANES, Lanes
from frontdesk.services.stripe.wire import Unclear

HANGING = """
import threading
from frontdesk.services.stripe.lanes import Lanes
with Lanes() as lanes:
    for name in range(20):
        lanes.send(name, threading.Event().wait)
    lanes.arrived(0.1)
print("left", flush=True)
"""


def test_calls_run_side_by_side_and_bring_their_answers_or_troubles() -> None:
    together = threading.Barrier(LANES)

    def refused() -> int:
        raise Unclear("stripe.unclear")

    with Lanes[int, int]() as lanes:
        for name in range(LANES):
            lanes.send(name, together.wait)
        assert lanes.are_full
        found: dict[int, object] = {}
        while lanes.busy:
            found |= dict(lanes.arrived(5))
        lanes.send(99, refused)
        assert set(found) == set(range(LANES))
        assert isinstance(lanes.arrived(5)[0][1], Unclear)


def test_an_error_of_our_own_is_raised_where_the_answer_is_taken() -> None:
    with Lanes[int, float]() as lanes:
        lanes.send(1, lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lanes.arrived(5)


def test_a_call_that_hangs_does_not_keep_the_program_from_ending() -> None:
    """Y5."""
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "left\n"), ended.stderr
    assert time.monotonic() - began < 30
