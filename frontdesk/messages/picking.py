"""Wording for choosing a client."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "picking.not_chosen": "No client is chosen yet for “{text}”. Choose one from the list, or make a new client.",
}
