"""Views of a check of the books: what was found, and how much was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the books that breaks a rule. ``code`` names the message, ``params`` fill it.

    Parameters are plain data. ``client_id`` is the client's id, ``op`` the number of an operation within that
    client's chain (1, 2, 3 …), ``expected`` and ``found`` what the books should hold and what they hold.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BooksReport:
    """The outcome of a check: without findings every rule holds. ``counts`` is rows by what they are."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
