"""How far a long command is, told to whoever waits for it; what it tells is not part of the books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

#: How many of how many things are done.
Told = Callable[[int, int], None]

_watchers: dict[UUID, Told] = {}


@contextmanager
def watching(command_id: UUID, told: Told) -> Iterator[None]:
    """While the block runs, ``told`` hears of this command, in the thread that carries it out."""
    _watchers[command_id] = told
    try:
        yield
    finally:
        del _watchers[command_id]


def tell(command_id: UUID, done: int, total: int) -> None:
    """Say how far a command is; nobody may be listening."""
    told = _watchers.get(command_id)
    if told is not None:
        told(done, total)
