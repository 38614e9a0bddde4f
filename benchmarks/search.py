"""F2: client search while it is typed, over all clients."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.measuring import Effort, Figure, all_timed, best_percentile
from benchmarks.studios import Studio
from frontdesk.models.text import fold
from frontdesk.services.office import Office
from frontdesk.services.search import prepare_search, search_clients

GROUP = "F2 client search, services alone"
NAMES, MISTYPED = "keystrokes of a name", "with a typing mistake"
_FLOOR = (
    "SELECT c.id, c.name FROM client_search s JOIN client c ON c.id = s.rowid WHERE client_search MATCH ?"
    " LIMIT 30"
)


def measure(studio: Studio) -> Iterator[Figure]:
    """Every keystroke of names as they are typed, parts of other fields, and mistakes."""
    asked = kinds_of_text(studio, Effort.times(60))
    floor = _floor(studio, [fold(name)[:6] for name in asked[NAMES]])
    asked[NAMES] = [name[:end] for name in asked[NAMES] for end in range(1, min(len(name), 12))]
    with studio.office() as office:
        first = all_timed([lambda: office.read(prepare_search)])[0]
        for what, texts in asked.items():
            value = best_percentile(0.95, lambda texts=texts: all_timed(_searches(office, texts)))  # type: ignore[misc]
            reach = 80 if what == MISTYPED else 30
            yield Figure(GROUP, f"{what}, p95", value, "ms", reach, floor, "FTS5 MATCH + join, p95")
        yield Figure(GROUP, "reading all names into memory, once", first)


def kinds_of_text(studio: Studio, count: int) -> dict[str, list[str]]:
    """What people type, by its kind: each ``count`` times, always the same."""
    rng = random.Random(3)
    people = studio.sample(
        "SELECT name, name_folded, email_folded, phone_digits, member_code FROM client"
        " WHERE phone_digits <> '' AND email_folded <> '' AND member_code IS NOT NULL AND id > 1",
        count,
    )
    return {
        NAMES: [name for name, *_ in people],
        "with accents, words turned round": [" ".join(reversed(name.split())) for name, *_ in people],
        "fragments of a phone number": [digits[3:8] for _, _, _, digits, _ in people],
        "a part of an e-mail address": [email[1:8] for _, _, email, _, _ in people],
        "a member code": [code.lower() for *_, code in people],
        MISTYPED: [_mistyped(rng, folded) for _, folded, *_ in people],
    }


def _searches(office: Office, texts: list[str]) -> list[Callable[[], object]]:
    return [partial(office.read, search_clients, text) for text in texts]


def _floor(studio: Studio, texts: list[str]) -> float:
    def find(text: str) -> object:
        return connection.execute(_FLOOR, (f'"{text}"',)).fetchall()

    with studio.bare() as connection:
        return best_percentile(0.95, lambda: all_timed(partial(find, text) for text in texts))


def _mistyped(rng: random.Random, folded: str) -> str:
    """The name with two letters of its longest word turned round, or one wrong."""
    words = folded.split()
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[longest]
    place = rng.randrange(1, max(2, len(word) - 2))
    if rng.random() < 0.5:
        word = word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]
    else:
        word = word[:place] + rng.choice("aeiourst") + word[place + 1 :]
    words[longest] = word
    return " ".join(words)
