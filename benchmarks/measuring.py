"""How things are timed: the best of three runs, percentiles of many calls, a floor beside each figure."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


class Effort:
    """How much is done for a figure: three runs of many calls, or just enough to see that it works."""

    quick = False

    @classmethod
    def runs(cls) -> int:
        """Runs of which the best counts."""
        return 1 if cls.quick else 3

    @classmethod
    def times(cls, wanted: int) -> int:
        """Calls in a run."""
        return min(wanted, 3) if cls.quick else wanted


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ``value`` in ``unit``, what it should reach, and the floor of the same run.

    ``more_is_better`` turns the comparisons round, for rates.
    """

    group: str
    what: str
    value: float
    unit: str = "ms"
    reach: float | None = None
    floor: float | None = None
    floor_is: str = ""
    more_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        if not self.floor or not self.value:
            return None
        return self.floor / self.value if self.more_is_better else self.value / self.floor

    @property
    def reached(self) -> bool | None:
        """Whether the figure is as good as it should be; None where nothing is asked of it."""
        if self.reach is None:
            return None
        return self.value >= self.reach if self.more_is_better else self.value <= self.reach


def timed(action: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    began = time.perf_counter_ns()
    action()
    return (time.perf_counter_ns() - began) / 1e6


def all_timed(actions: Iterable[Callable[[], object]]) -> list[float]:
    """Milliseconds of each call, with the garbage collector out of the way as in the program."""
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        return [timed(action) for action in actions]
    finally:
        if was_on:
            gc.enable()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def best_percentile(share: float, run: Callable[[], Sequence[float]]) -> float:
    """The lowest percentile of the runs: what disturbed the others was not the program."""
    return min(percentile(run(), share) for _ in range(Effort.runs()))


def best(action: Callable[[], object], times: int = 3) -> float:
    """The shortest of so many calls, in milliseconds."""
    return min(all_timed([action] * Effort.times(times)))
