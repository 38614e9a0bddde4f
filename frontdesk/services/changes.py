"""What a command changed: topics and ids, by which screens and other desks decide what to read again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """An area of the books that a screen can watch."""

    STUDIO = "studio"
    STAFF = "staff"
    DESKS = "desks"
    CLASS_TYPES = "class_types"
    PACKAGES = "packages"
    CLIENTS = "clients"
    CREDITS = "credits"
    SALES = "sales"
    PAYMENTS = "payments"
    DECISIONS = "decisions"
    IMPORTS = "imports"
    #: Ids of the outbox; also the connection to Stripe and how far sync has come.
    SYNC = "sync"
    CHECKOUTS = "checkouts"


@dataclass(frozen=True, slots=True)
class Change:
    """One topic and the ids that changed in it.

    Ids are those of the topic's own thing (clients for CREDITS, since a balance belongs to a client);
    an empty tuple means "many or unknown: read everything again".
    """

    topic: Topic
    ids: tuple[int, ...] = ()

    def touches(self, topic: Topic, *ids: int) -> bool:
        """Whether a screen that shows these ids of that topic (none: all of it) has to read again."""
        return self.topic is topic and (not ids or not self.ids or not set(ids).isdisjoint(self.ids))
