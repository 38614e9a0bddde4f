"""The words of all clients' names in memory, for finding those that were typed with mistakes (D2).

200,000 names have some 40,000 words: to compare with each takes two milliseconds, with each name twelve.
Words that a name has lost since are not taken out: who is found is compared again as the database has them.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from frontdesk.models.client import client, client_event
from frontdesk.services.unit_of_work import Reading

#: Shorter words than this are left to the check of the names that the other words find.
SHORTEST: Final = 3
#: From this length on a word may be unfinished as well as mistyped.
SHORTEST_UNFINISHED: Final = 5
#: From this length on an unfinished word may have as many mistakes as a finished one.
LONG_UNFINISHED: Final = 7
#: On PostgreSQL another desk's rows may become visible out of the order of their ids.
_OVERLAP: Final = {"sqlite": 0, "postgresql": 200}

_LAST_EVENT = sa.select(sa.func.coalesce(sa.func.max(client_event.c.id), 0))
_ADDED = (
    sa.select(client.c.id, client.c.name_folded)
    .where(client.c.hidden_at.is_(None), client.c.id > sa.bindparam("last_client"))
    .order_by(client.c.id)
)
_EDITED = sa.select(client.c.id, client.c.name_folded).where(
    client.c.id.in_(sa.select(client_event.c.client_id).where(client_event.c.id > sa.bindparam("last_event")))
)
_SEPARATORS = str.maketrans('-,/()"', "      ")


def words_of(folded: str) -> list[str]:
    """The words of a folded name; a hyphen parts words too."""
    return folded.translate(_SEPARATORS).split()


def mistakes_allowed(word: str) -> int:
    """How many letters may be wrong, missing, too many or turned in a word of this length."""
    return 1 if len(word) < 6 else 2


def mistakes_allowed_unfinished(word: str) -> int:
    """The same for a word that may go on; none in a short one, since too much would begin like it."""
    if len(word) < SHORTEST_UNFINISHED:
        return 0
    return mistakes_allowed(word) if len(word) >= LONG_UNFINISHED else 1


class NameWords:
    """Which clients have which word in their name. Built at the first question, kept up at the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: dict[str, array[int]] = {}
        self._words: list[str] = []
        self._last_client = 0
        self._last_event = 0

    def refresh(self, reading: Reading) -> None:
        """Take in the names that came or changed since the last time.

        The next letter typed may cancel it between any two names. What was taken in stays and is whole up to
        ``_last_client``, so the next time goes on from there.
        """
        overlap = _OVERLAP[reading.connection.dialect.name]
        with self._lock:
            last_event = reading.connection.execute(_LAST_EVENT).scalar_one()
            if not self._last_client:
                # Before the first name is read: what changes from here on is an edit.
                self._last_event = last_event
            since = {"last_client": self._last_client - overlap}
            for client_id, name in reading.connection.execute(_ADDED, since):
                self._take(client_id, name)
                self._last_client = max(self._last_client, client_id)
            if last_event != self._last_event:
                since = {"last_event": self._last_event - overlap}
                for client_id, name in reading.connection.execute(_EDITED, since):
                    self._take(client_id, name)
                self._last_event = last_event

    def near(self, asked: Iterable[str], most: int) -> list[int]:
        """Ids of clients whose name has a word like each of these, the nearest first."""
        with self._lock:
            scores = [self._scores(word) for word in asked if len(word) >= SHORTEST]
        if not scores:
            return []
        scores.sort(key=len)
        fewest, others = scores[0], scores[1:]
        sums = {
            one: score + sum(other[one] for other in others)
            for one, score in fewest.items()
            if all(one in other for other in others)
        }
        return sorted(sums, key=lambda one: (sums[one], one))[:most]

    def _take(self, client_id: int, name: str) -> None:
        for word in words_of(name):
            have = self._clients.get(word)
            if have is None:
                self._clients[word] = array("q", (client_id,))
                self._words.append(word)
            elif have[-1] < client_id:
                have.append(client_id)
            elif have[place := bisect_left(have, client_id)] != client_id:
                # In the order of the ids, so that nobody has to be looked for among all who share a word.
                have.insert(place, client_id)

    def _scores(self, asked: str) -> dict[int, int]:
        """How far the clients who have a word like this one are from it."""
        # Here, since only a search with a mistake in it needs it: 40 ms at the start of the program.
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        distances = {word: 0 for word in self._words if word.startswith(asked)}
        whole = extract(
            asked, self._words, scorer=OSA.distance, score_cutoff=mistakes_allowed(asked), limit=None
        )
        for word, distance, _ in whole:
            distances.setdefault(word, 2 * int(distance))
        most = mistakes_allowed_unfinished(asked)
        if most:
            begun = [word[: len(asked)] for word in self._words]
            for _, distance, place in extract(
                asked, begun, scorer=OSA.distance, score_cutoff=most, limit=None
            ):
                distances.setdefault(self._words[place], 2 * int(distance) + 1)
        scores: dict[int, int] = {}
        for word, distance in sorted(distances.items(), key=lambda found: -found[1]):
            scores.update(dict.fromkeys(self._clients[word], distance))
        return scores


def distance_from(asked: Iterable[str], name: Sequence[str]) -> int | None:
    """How far a name's words are from those asked for; None if one of them has no like among them."""
    total = 0
    for word in asked:
        nearest = min(
            (one for one in (_distance(word, other) for other in name) if one is not None), default=None
        )
        if nearest is None:
            return None
        total += nearest
    return total


def _distance(asked: str, word: str) -> int | None:
    """0 where the word begins so, else twice the mistakes, and 1 more if it is unfinished; None: too far."""
    from rapidfuzz.distance import OSA

    if word.startswith(asked):
        return 0
    if len(asked) < SHORTEST:
        return None
    most, fewer = mistakes_allowed(asked), mistakes_allowed_unfinished(asked)
    mistakes = OSA.distance(asked, word, score_cutoff=most)
    if mistakes <= most:
        return 2 * mistakes
    mistakes = OSA.distance(asked, word[: len(asked)], score_cutoff=fewer)
    return 2 * mistakes + 1 if mistakes <= fewer else None


_kept: WeakKeyDictionary[sa.Engine, NameWords] = WeakKeyDictionary()
_keeping = threading.Lock()


def name_words(reading: Reading) -> NameWords:
    """The words of the names in this database, up to date."""
    with _keeping:
        words = _kept.setdefault(reading.connection.engine, NameWords())
    words.refresh(reading)
    return words
