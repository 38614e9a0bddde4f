"""Wires sync together, for the window and for the command line: the keyring, Stripe, and who works with them.

Their libraries are imported when the first key is asked for, never before the first frame.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from frontdesk.errors import Refused
from frontdesk.services.changes import Change
from frontdesk.services.gateways.keyring_store import KeyringStore
from frontdesk.services.gateways.stripe_gateway import open_gateway
from frontdesk.services.office import Office
from frontdesk.services.ports import Clock, SecretStore, SystemClock
from frontdesk.services.stripe.actor import online_actor
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.payouts import load_payouts
from frontdesk.services.stripe.pull import Puller
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.status import sync_view
from frontdesk.services.stripe.worker import SyncWorker, release_own
from frontdesk.services.views.sync import Pulled
from frontdesk.services.views.sync_status import SyncStatus, SyncView

#: Makes the place where secrets are kept; tests give one of their own.
Secrets = Callable[[], SecretStore]


@dataclass(frozen=True, slots=True)
class Passed:
    """What one pass on the command line did, and what the books know of sync afterwards."""

    ended: int
    pulled: Pulled
    payouts: int
    view: SyncView


def make_line(office: Office, secrets: Secrets | None = None, clock: Clock | None = None) -> StripeLine:
    """The line to the studio's Stripe account. Asks nothing yet."""
    return StripeLine(office, (secrets or KeyringStore)(), open_gateway, (clock or SystemClock()).now)


def make_worker(
    line: StripeLine,
    desk_id: int,
    *,
    changed: Callable[[tuple[Change, ...]], None],
    status: Callable[[SyncStatus], None],
) -> SyncWorker:
    """Who syncs while the window is open."""
    return SyncWorker(line, line.office, lease_of(desk_id, "window"), changed=changed, status=status)


def lease_of(desk_id: int, what: str) -> str:
    """Under what name a program of this computer takes work from the outbox, also after a restart."""
    return f"{socket.gethostname()}/{desk_id}/{what}/"


def sync_once(line: StripeLine, *, full: bool = False) -> Passed:
    """Send what waits and ask Stripe what happened, or compare its lists; then end.

    Raises:
        Refused: stripe.not_connected, stripe.no_key, keyring.… and the like.
        StripeTrouble: what Stripe or the network said against it; what was done before stays.
    """
    office, lease = line.office, lease_of(0, "command")
    gateway = line.gateway()
    actor = office.read(online_actor)
    if actor is None:
        raise Refused("stripe.not_connected")
    office.write(release_own, actor, None, lease)
    puller = Puller(office, actor, f"{lease}pull")
    try:
        ended = Pusher(office, actor, f"{lease}push").push(gateway)
        pulled = puller.poll(gateway, on_demand=True, sweep=full)
        payouts = load_payouts(office, actor, gateway)
    finally:
        puller.give_up_turn()
        line.note_reads()
    return Passed(ended, pulled, payouts, office.read(sync_view))
