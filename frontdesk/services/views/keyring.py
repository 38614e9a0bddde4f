"""View of the place where this computer keeps secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class KeyringState:
    """Whether this computer can keep a secret: ``ready``, ``unsafe`` (readable by others) or ``missing``."""

    kind: Literal["ready", "unsafe", "missing"]
    detail: str
