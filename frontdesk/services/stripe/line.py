"""The line from this computer to the studio's Stripe account: a key, proved once, and calls, paced (Y5, Y7).

The key is read from the keyring, never kept elsewhere (A4). Where it is no good, the line is closed until
somebody gives another; nothing else of the program minds.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from frontdesk.errors import FrontdeskError, Refused
from frontdesk.services.office import Office
from frontdesk.services.ports import PaymentGateway, SecretStore
from frontdesk.services.stripe.accounts import Connected, connected_account, note_facts
from frontdesk.services.stripe.actor import online_actor
from frontdesk.services.stripe.budget import Pacer, ReadCounter
from frontdesk.services.stripe.keys import mode_of
from frontdesk.services.stripe.wire import NotAllowed, StripeAnswer, StripeCall, StripeTrouble, Unclear
from frontdesk.services.views.stripe_account import LineKind, LineState

#: A keyring that was locked is asked again after this: each time a prompt may open on the screen.
ASK_KEYRING_AGAIN: Final = timedelta(minutes=10)

_KINDS: Final[dict[str, LineKind]] = {
    "stripe.not_connected": "off",
    "stripe.no_key": "no_key",
    "stripe.another_account": "wrong_key",
    "stripe.other_mode": "wrong_key",
    "stripe.key_unusable": "wrong_key",
    "stripe.base_refused": "wrong_key",
    "stripe.key_revoked": "revoked",
    "stripe.permission_missing": "limited",
    "stripe.not_permitted": "limited",
}


class StripeLine:
    """Hands out the gateway. Safe to use from several threads, but not on Qt's: it waits for the network."""

    def __init__(
        self,
        office: Office,
        secrets: SecretStore,
        open_gateway: Callable[[str], PaymentGateway],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        keeps_allowance: bool = True,
    ) -> None:
        """``keeps_allowance`` slows reads down once 80 % of the monthly allowance is used."""
        self.office = office
        self.secrets = secrets
        self.open_gateway = open_gateway
        self._now = now
        self._keeps_allowance = keeps_allowance
        self._counter = ReadCounter(office, now)
        # Entered again where the proof itself finds that the key is revoked.
        self._lock = threading.RLock()
        self._open: tuple[Connected, PacedGateway] | None = None
        self._shut: tuple[Connected, FrontdeskError, datetime] | None = None
        self._state = LineState("unasked")

    @property
    def state(self) -> LineState:
        """What became of the last look at Stripe. Asks nothing and never waits."""
        return self._state

    def gateway(self) -> PaymentGateway:
        """The gateway to the connected account, whose key was proved to be that account's.

        Raises:
            Refused: stripe.not_connected, stripe.no_key, stripe.another_account, stripe.other_mode,
                stripe.key_unusable, stripe.base_refused, keyring.….
            StripeTrouble: Stripe could not be asked for the account, or takes the key no more.
        """
        with self._lock:
            try:
                return self._usable()
            except FrontdeskError as error:
                self._note(error)
                raise

    def renew(self) -> None:
        """Look again at the next call: another key was put in, or its permissions were changed at Stripe."""
        with self._lock:
            self._open, self._shut = None, None
            self._state = LineState("unasked")

    def note_reads(self) -> None:
        """Write down the reads that were only counted so far: at the end of the program."""
        self._counter.note()

    def raw(self, secret: str, *, livemode: bool) -> PaymentGateway:
        """A gateway with a key that nobody has proved yet, as slow as Stripe wants it."""
        return PacedGateway(self.open_gateway(secret), self._pacer(livemode))

    # Pieces

    def _pacer(self, livemode: bool) -> Pacer:
        """Books on a server are there for several desks."""
        return Pacer(livemode=livemode, shared=self.office.database.path is None)

    def _usable(self) -> PaymentGateway:
        account = self.office.read(connected_account)
        if account is None:
            self._open, self._shut = None, None
            raise Refused("stripe.not_connected")
        if self._open is not None and self._open[0] == account:
            return self._open[1]
        self._raise_again(account)
        try:
            opened = self._proved(account)
        except FrontdeskError as error:
            if isinstance(error, Refused | NotAllowed):
                self._shut = account, error, self._now()
            raise
        self._open, self._shut = (account, opened), None
        self._state = LineState("ready")
        return opened

    def _raise_again(self, account: Connected) -> None:
        """What stood in the way last time, unless there is reason to look again."""
        if self._shut is None or self._shut[0] != account:
            return
        error, since = self._shut[1], self._shut[2]
        waits_for_a_person = not error.code.startswith("keyring.")
        if waits_for_a_person or self._now() - since < ASK_KEYRING_AGAIN:
            raise type(error)(error.code, **error.params)

    def _proved(self, account: Connected) -> PacedGateway:
        secret = self.secrets.get(account.secret_name)
        if secret is None:
            raise Refused("stripe.no_key")
        if mode_of(secret) != account.livemode:
            raise Refused("stripe.other_mode", livemode=account.livemode)
        gateway = PacedGateway(self.open_gateway(secret), self._pacer(account.livemode), self)
        body = gateway.call(StripeCall("get", "/v1/account")).body
        if body["id"] != account.account_id:
            raise Refused("stripe.another_account", found=body["id"], expected=account.account_id)
        actor = self.office.read(online_actor)
        if actor is not None:
            self.office.write(note_facts, actor, None, json.dumps(body))
        return gateway

    def _note(self, error: FrontdeskError) -> None:
        if isinstance(error, Unclear):
            self._state = LineState("offline", error.code, error.params)
        elif error.code.startswith("keyring."):
            self._state = LineState("keyring", error.code, error.params)
        elif error.code in _KINDS:
            self._state = LineState(_KINDS[error.code], error.code, error.params)

    # What became of calls

    def ended_well(self) -> None:
        """A call was answered."""
        if self._state.kind == "offline":
            self._state = LineState("ready")

    def ended_badly(self, gateway: PacedGateway, trouble: StripeTrouble) -> None:
        """A call was not answered, or refused for the key: one that is revoked closes the line."""
        self._note(trouble)
        if trouble.code != "stripe.key_revoked":
            return
        gateway.close(trouble)
        with self._lock:
            if self._open is not None and self._open[1] is gateway:
                self._shut = self._open[0], trouble, self._now()
                self._open = None

    def take_reads(self, gateway: PacedGateway) -> None:
        """Count a read, and slow down where the allowance runs low (Y3)."""
        reads = self._counter.count()
        if reads is not None:
            gateway.pacer.is_slow = self._keeps_allowance and reads.is_low


class PacedGateway:
    """A gateway whose calls wait for Stripe's limits and are counted."""

    def __init__(self, gateway: PaymentGateway, pacer: Pacer, line: StripeLine | None = None) -> None:
        self._gateway = gateway
        self.pacer = pacer
        self._line = line
        self._closed: StripeTrouble | None = None

    def call(self, call: StripeCall) -> StripeAnswer:
        """Send a request once it may go out; raises as the port says."""
        if self._closed is not None:
            raise type(self._closed)(self._closed.code, **self._closed.params)
        self.pacer.wait_for(call)
        if self._line is None:
            return self._gateway.call(call)
        if call.method == "get":
            self._line.take_reads(self)
        try:
            answer = self._gateway.call(call)
        except StripeTrouble as trouble:
            self._line.ended_badly(self, trouble)
            raise
        self._line.ended_well()
        return answer

    def close(self, trouble: StripeTrouble) -> None:
        """Send nothing any more: the key is no good."""
        self._closed = trouble
