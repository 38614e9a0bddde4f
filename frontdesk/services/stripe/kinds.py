"""Every kind of operation that the outbox can hold, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from frontdesk.services.stripe.outbox import OpKind

#: Each of these has a tuple KINDS. By name, since what follows from one may put others into the outbox.
_MODULES: tuple[str, ...] = ("catalogue", "checkout_steps", "reader_steps", "refunding")


@cache
def kinds() -> Mapping[str, OpKind]:
    """The kinds by name."""
    found: dict[str, OpKind] = {}
    for name in _MODULES:
        for kind in import_module(f"frontdesk.services.stripe.{name}").KINDS:
            found[kind.name] = kind
    return found
