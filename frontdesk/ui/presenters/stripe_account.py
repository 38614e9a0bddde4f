"""What Settings asks of the services about the Stripe account: connect, check, disconnect, try in a copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from frontdesk.errors import Refused
from frontdesk.services.drafts.stripe_key import StripeKeyDraft
from frontdesk.services.stripe.accounts import (
    account_view,
    connect_account,
    disconnect_account,
    kept_key,
    note_facts,
    probe_key,
    prove_key,
    refresh_account,
)
from frontdesk.services.stripe.keys import prefill_link, to_tick
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.readers import reader_rows
from frontdesk.services.stripe.trial import FOLDER, make_trial, trial_made_at
from frontdesk.services.views.checkouts import ReaderRow
from frontdesk.services.views.stripe_account import Access, AccountView, LineState, Probed, Use

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

Told = Callable[[Probed], None]


class StripeAccountPresenter:
    """The asynchronous code of the section Payments of Settings. The line is served as "stripe_line"."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks
        self._services = context.services
        self._folder = context.preferences.folder / FOLDER

    async def view(self) -> AccountView:
        """The account as it was described last."""
        # Never in place of an older read: that may be part of connecting.
        return await self._tasks.read(account_view)

    async def readers(self) -> tuple[ReaderRow, ...]:
        """The account's card readers as they were last seen."""
        return await self._tasks.read(reader_rows)

    def state(self) -> LineState:
        """What became of the last call to Stripe; asks nothing."""
        return self._line().state if "stripe_line" in self._services else LineState("unasked")

    def link(self, *, livemode: bool, use: Use) -> str:
        """Stripe's page for a new key, with the boxes ticked that it needs."""
        return prefill_link(livemode=livemode, use=use)

    def to_tick(self, use: Use) -> tuple[tuple[str, Access], ...]:
        """What has to be ticked there, by its name on the page."""
        return to_tick(use)

    async def connect(self, draft: StripeKeyDraft) -> None:
        """Proves a key, keeps it in the keyring and connects the books (Y7).

        Raises InvalidDraft, Refused and StripeTrouble as ``prove_key``; keyring.….
        """
        line = self._line()
        proof = await self._tasks.outside(prove_key, line, draft)
        await self._tasks.outside(line.secrets.put, proof.secret_name, draft.secret)
        # Before the books tell of it: what the key before could not do is said of this one no more.
        line.renew()
        await self._tasks.write(connect_account, proof.account, proof.livemode, proof.secret_name)
        line.renew()

    async def probe(self, use: Use, told: Told) -> tuple[Probed, ...]:
        """Asks for each permission of the key that is kept here; `told` is called in another thread."""
        return await self._tasks.outside(_probe_kept, self._line(), use, told)

    async def check(self) -> None:
        """Looks at Stripe again: whether the key works, and what Stripe says of the account (Y6)."""
        line = self._line()
        line.renew()
        account = await self._tasks.outside(refresh_account, line)
        await self._tasks.write(note_facts, account)

    async def disconnect(self) -> None:
        """Stops what needs Stripe and takes the key out of this computer's keyring."""
        line = self._line()
        secret_name = await self._tasks.write(disconnect_account)
        line.renew()
        await self._tasks.outside(line.secrets.forget, secret_name)

    async def trial_made_at(self) -> datetime | None:
        """When the copy for trying was used last; None where there is none."""
        return await self._tasks.chore(trial_made_at, self._folder)

    async def make_trial(self) -> Path:
        """Copies the studio for trying, in place of a copy that is there; its folder."""
        return (await self._tasks.read(make_trial, self._folder)).parent

    @property
    def trial_folder(self) -> Path:
        """Where the copy is, or will be."""
        return self._folder

    def _line(self) -> StripeLine:
        if "stripe_line" not in self._services:
            raise Refused("stripe.not_ready")
        line: StripeLine = self._services["stripe_line"]()
        return line


def _probe_kept(line: StripeLine, use: Use, told: Told) -> tuple[Probed, ...]:
    return probe_key(line, kept_key(line), use, told)
