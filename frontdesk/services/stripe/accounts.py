"""The studio's Stripe account: proving a key, connecting, disconnecting, and what Stripe says of it (Y7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import sqlalchemy as sa

from frontdesk.errors import InvalidDraft, Problem, Refused
from frontdesk.models.base import from_micros
from frontdesk.models.sync import (
    checkout,
    online_product,
    outbox,
    quarantine,
    stripe_account,
    stripe_event,
    stripe_object,
    stripe_transaction,
    sync_state,
)
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.stripe_key import StripeKeyDraft
from frontdesk.services.settings_lock import lock_settings
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.stripe.amounts import taken_online
from frontdesk.services.stripe.apply import apply_account
from frontdesk.services.stripe.catalogue import follow_all
from frontdesk.services.stripe.keys import mode_of, probe
from frontdesk.services.stripe.wire import Body, NotAllowed, NotReached, StripeCall, Unclear
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.stripe_account import AccountView, Probed, Use

if TYPE_CHECKING:
    from frontdesk.services.stripe.line import StripeLine

_ROW = sa.select(stripe_account).where(stripe_account.c.id == 1)
_CHANGE = sa.update(stripe_account).where(stripe_account.c.id == 1)
#: What refers to an account by ids of its objects, so that the books belong to it from then on.
_BINDS: Final = (stripe_transaction, online_product, checkout, outbox)
_IS_BOUND = sa.select(sa.or_(*(sa.exists().select_from(table) for table in _BINDS)))
#: What is only known of an account, and means nothing to another.
_KNOWN: Final = (stripe_object, stripe_event, quarantine, sync_state)
_WAITING = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.finished_at.is_(None))


@dataclass(frozen=True, slots=True)
class Connected:
    """Which account these books are connected with, and what keyrings call its key."""

    account_id: str
    livemode: bool
    secret_name: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That a key is good for these books: the account as Stripe describes it, in JSON, and its key's name."""

    account: str
    livemode: bool
    secret_name: str


#: No answer was had to a question that changes nothing.
_NO_ANSWER: Final = ("stripe.not_reached", "stripe.no_answer", "stripe.server_error")

# Proving a key: it waits for the network, so never in a transaction


def prove_key(line: StripeLine, draft: StripeKeyDraft) -> Proof:
    """Ask Stripe whose key it is, and whether these books may be connected with it. Nothing is written.

    Raises:
        InvalidDraft: what the draft's problems say; stripe.key_refused.
        Refused: stripe.test_key_in_studio, stripe.live_key_in_copy, stripe.another_account,
            stripe.other_mode, stripe.currency_unsure.
        StripeTrouble: Stripe was not reached, or does not take the key.
    """
    if draft.livemode is not None:
        # Before anybody is asked to mean a key that these books do not take.
        line.office.read(refuse_mode, draft.livemode)
    refuse(draft.problems())
    livemode = mode_of(draft.secret)
    try:
        body = line.raw(draft.secret, livemode=livemode).call(StripeCall("get", "/v1/account")).body
    except NotAllowed as no:
        if no.code != "stripe.key_revoked":
            raise
        # Nobody says that it ever worked.
        raise InvalidDraft([Problem("pasted", "stripe.key_refused", no.params)]) from no
    except Unclear as trouble:
        if trouble.code not in _NO_ANSWER:
            raise
        # Nothing was to be done yet, so there is nothing that waits or that is unknown.
        raise NotReached("stripe.key_not_proved") from trouble
    secret_name = line.office.read(name_for, str(body["id"]), livemode)
    return Proof(json.dumps(body), livemode, secret_name)


def probe_key(
    line: StripeLine,
    secret: str,
    use: Use,
    told: Callable[[Probed], None] = lambda _one: None,
) -> tuple[Probed, ...]:
    """Ask for each permission of a key, one after the other; ``told`` hears of each at once.

    Raises:
        StripeTrouble: as ``probe`` of keys.
    """
    found = []
    for one in probe(line.raw(secret, livemode=mode_of(secret)), use):
        told(one)
        found.append(one)
    return tuple(found)


def kept_key(line: StripeLine) -> str:
    """The key that this computer has for the connected account.

    Raises:
        Refused: stripe.not_connected, stripe.no_key, keyring.….
    """
    account = line.office.read(connected_account)
    if account is None:
        raise Refused("stripe.not_connected")
    secret = line.secrets.get(account.secret_name)
    if secret is None:
        raise Refused("stripe.no_key")
    return secret


def refresh_account(line: StripeLine) -> str:
    """Ask Stripe for the account anew; what ``note_facts`` writes down.

    Raises:
        as ``StripeLine.gateway`` and its calls.
    """
    return json.dumps(line.gateway().call(StripeCall("get", "/v1/account")).body)


# Use cases and queries


def connect_account(work: UnitOfWork, account: str, livemode: bool, secret_name: str) -> None:
    """Connect the books with the account of a proved key, or note that it is connected again (Y7).

    ``account`` is Stripe's description in JSON. The key itself is in the keyring before.

    Raises:
        Refused: as ``prove_key``, where another desk was faster.
    """
    lock_settings(work)
    body: Body = json.loads(account)
    refuse_mode(work, livemode)
    row = work.connection.execute(_ROW).first()
    _refuse_another(work, row, str(body["id"]), livemode)
    values = {
        "account_id": body["id"],
        "livemode": livemode,
        "name": _name_of(body),
        "country": str(body.get("country") or ""),
        "secret_name": secret_name,
        "connected_at": work.now,
        "connected_by": work.actor.staff_id,
        "disconnected_at": None,
    }
    if row is None:
        work.connection.execute(sa.insert(stripe_account), {"id": 1, "facts": {}, **values})
    else:
        work.connection.execute(_CHANGE, values)
    if row is None or (row.account_id, bool(row.livemode)) != (body["id"], livemode):
        for table in _KNOWN:
            work.connection.execute(sa.delete(table))
        work.connection.execute(sa.insert(sync_state), {"id": 1})
    make_online_actor(work)
    apply_account(work, body)
    follow_all(work)
    _told(work)


def disconnect_account(work: UnitOfWork) -> str:
    """Stop everything that needs Stripe; what keyrings call the key that is to be forgotten.

    What waits for Stripe is kept, and goes on once the same account is connected again.

    Raises:
        Refused: stripe.not_connected.
    """
    lock_settings(work)
    row = work.connection.execute(_ROW).first()
    if row is None or row.disconnected_at is not None:
        raise Refused("stripe.not_connected")
    work.connection.execute(_CHANGE, {"disconnected_at": work.now})
    _told(work)
    return str(row.secret_name)


def note_facts(work: UnitOfWork, account: str) -> None:
    """Note what Stripe says the account may do, and what it still wants (Y6); ``account`` in JSON."""
    apply_account(work, json.loads(account))


def account_view(reading: Reading) -> AccountView:
    """The account as Stripe described it last, connected or not (Y6)."""
    studio = reading.studio
    row = reading.connection.execute(_ROW).first()
    if row is None:
        return AccountView(studio.trial, studio.demo, connected=False)
    facts: Mapping[str, Any] = row.facts
    wants = facts.get("requirements") or {}
    due = [*(wants.get("past_due") or ()), *(wants.get("currently_due") or ())]
    deadline = wants.get("current_deadline")
    return AccountView(
        studio.trial,
        studio.demo,
        connected=row.disconnected_at is None,
        account_id=row.account_id,
        livemode=bool(row.livemode),
        name=row.name,
        country=row.country,
        charges_enabled=bool(facts.get("charges_enabled")),
        payouts_enabled=bool(facts.get("payouts_enabled")),
        wanted=tuple(dict.fromkeys(str(one) for one in due)),
        wanted_by=from_micros(int(deadline) * 1_000_000) if deadline else None,
        checked_at=row.checked_at,
        waiting=int(reading.connection.execute(_WAITING).scalar_one()),
    )


def connected_account(reading: Reading) -> Connected | None:
    """The account that these books are connected with now."""
    row = reading.connection.execute(_ROW).first()
    if row is None or row.disconnected_at is not None:
        return None
    return Connected(row.account_id, bool(row.livemode), row.secret_name)


def refuse_mode(reading: Reading, livemode: bool) -> None:
    """Keep test keys out of the studio, and real money out of its copies and the demo (Y7).

    Raises:
        Refused: stripe.live_key_in_copy, stripe.test_key_in_studio, stripe.currency_unsure.
    """
    studio = reading.studio
    is_copy = studio.trial or studio.demo
    if livemode and is_copy:
        raise Refused("stripe.live_key_in_copy")
    if not livemode and not is_copy:
        raise Refused("stripe.test_key_in_studio")
    if not taken_online(studio.currency):
        raise Refused("stripe.currency_unsure", currency=studio.currency)


def name_for(reading: Reading, account_id: str, livemode: bool) -> str:
    """What keyrings are to call the key of this account: the same at every desk.

    Raises:
        Refused: stripe.another_account, stripe.other_mode.
    """
    row = reading.connection.execute(_ROW).first()
    _refuse_another(reading, row, account_id, livemode)
    if row is not None and (row.account_id, bool(row.livemode)) == (account_id, livemode):
        return str(row.secret_name)
    return f"stripe-{uuid4().hex}"


def _refuse_another(reading: Reading, row: sa.Row[Any] | None, account_id: str, livemode: bool) -> None:
    """Another account, or the other mode, once something in the books refers to the one there is."""
    if row is None or (row.account_id, bool(row.livemode)) == (account_id, livemode):
        return
    if row.account_id == account_id:
        raise Refused("stripe.other_mode", livemode=bool(row.livemode))
    if reading.studio.trial or reading.connection.execute(_IS_BOUND).scalar_one():
        raise Refused("stripe.another_account", found=account_id, expected=row.account_id, name=row.name)


def _name_of(body: Body) -> str:
    """What the owner calls the account at Stripe."""
    profile = body.get("business_profile") or {}
    dashboard = (body.get("settings") or {}).get("dashboard") or {}
    return str(profile.get("name") or dashboard.get("display_name") or body["id"])


def _told(work: UnitOfWork) -> None:
    # The mode is told on every screen, beside the studio's name.
    work.changed(Topic.STUDIO, 1)
    work.changed(Topic.SYNC)
