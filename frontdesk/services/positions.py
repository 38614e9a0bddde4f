"""Sorting by hand: which places the moved things of a list take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from frontdesk.errors import NotFound


def in_new_order(
    positions: Mapping[int, int], wanted: Sequence[int], unknown: str
) -> Iterator[tuple[int, int]]:
    """The (id, position) pairs to store so that the ids stand in the wanted order.

    They share out the places that they hold already, so a list that is shown in part can be sorted too.

    Raises:
        NotFound: the code ``unknown``, for an id that the list does not have (any more).
    """
    wanted = tuple(dict.fromkeys(wanted))
    if any(one not in positions for one in wanted):
        raise NotFound(unknown)
    places = sorted(positions[one] for one in wanted)
    yield from zip(wanted, places, strict=True)
