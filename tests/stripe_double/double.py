"""The double of Stripe: real HTTP on loopback, with a state, a clock and faults."""

from types import TracebackType
from typing import Self

from tests.stripe_double.account import Account
from tests.stripe_double.actions import Actions
from tests.stripe_double.clock import Clock
from tests.stripe_double.contract import Problem
from tests.stripe_double.faults import Faults
from tests.stripe_double.gateway import Gateway, Requests
from tests.stripe_double.ids import Ids
from tests.stripe_double.keys import Key
from tests.stripe_double.limits import Limits
from tests.stripe_double.server import Door

API_VERSION = "2026-10-28.endive"
ACCOUNT = "acct_1DoubleStudio"


class StripeDouble(Actions):
    """`with StripeDouble() as stripe:` serves at `stripe.url`; `stripe.key` is a key that may do everything.

    At the end of the block, requests or answers that left the published shapes raise an AssertionError,
    unless `validate` is off.
    """

    def __init__(
        self,
        *,
        livemode: bool = False,
        validate: bool = True,
        seed: int = 0,
        clock: Clock | None = None,
        currency: str = "usd",
        api_version: str = API_VERSION,
        prefix: str = "",
    ) -> None:
        self.clock = clock or Clock()
        self._ids = Ids(seed)
        self._gateway = Gateway(self._ids, validate, seed)
        self._currency, self._api_version = currency, api_version
        self._played: dict[tuple[str, bool], Actions] = {}
        self.faults = Faults()
        self._door = Door(self._gateway, self.faults, self.clock, prefix)
        self._prefix = prefix
        super().__init__(self._state(ACCOUNT, livemode), self._gateway.lock)
        self._played[ACCOUNT, livemode] = self
        mode = "live" if livemode else "test"
        self.key = f"sk_{mode}_51DoubleStudioMayDoEverything"
        self.add_key(self.key, livemode)
        self.clock.listeners.append(self._time_passed)

    # --- Life ------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base address, for `base_addresses={"api": stripe.url}`."""
        return f"http://127.0.0.1:{self._door.port}{self._prefix}"

    def start(self) -> Self:
        """Opens the port."""
        self._door.open()
        return self

    def stop(self) -> None:
        """Closes the port and ends every connection."""
        self._gateway.closing.set()
        self.faults.clear()
        self._door.close(for_good=True)
        self.clock.listeners.remove(self._time_passed)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None and self.violations:
            told = "\n".join(str(problem) for problem in self.violations[:10])
            raise AssertionError(
                f"{len(self.violations)} times outside of Stripe's published shapes:\n{told}"
            )

    def go_offline(self) -> None:
        """Refuses connections and ends those that are open."""
        self._door.close()

    def go_online(self) -> None:
        """Takes connections again, at the same port."""
        self._door.open()

    # --- Accounts and keys -----------------------------------------------------------------------

    def _state(self, account_id: str, livemode: bool) -> Account:
        """Both modes of an account exist as soon as one is named."""
        for mode in (True, False):
            if (account_id, mode) not in self._gateway.accounts:
                self._gateway.accounts[account_id, mode] = Account(
                    account_id, mode, self.clock, self._ids, self._currency, self._api_version
                )
        return self._gateway.accounts[account_id, livemode]

    def on(self, account_id: str = ACCOUNT, livemode: bool = False) -> Actions:
        """The same actions in another account or mode."""
        found = self._played.get((account_id, livemode))
        if found is None:
            found = Actions(self._state(account_id, livemode), self._gateway.lock)
            self._played[account_id, livemode] = found
        return found

    def add_key(
        self,
        secret: str,
        livemode: bool | None = None,
        permissions: set[str] | None = None,
        revoked: bool = False,
        account: str = ACCOUNT,
    ) -> str:
        """Makes a key known; its mode is in its name unless given. Adding it again changes it."""
        mode = "_live_" in secret if livemode is None else livemode
        self.on(account, mode)
        allowed = None if permissions is None else frozenset(permissions)
        self._gateway.keys.add(Key(secret, account, mode, allowed, revoked))
        return secret

    def revoke_key(self, secret: str) -> None:
        """From now on the key is answered by a 401."""
        self._gateway.keys.get(secret).revoked = True

    # --- Ways to look and to set -----------------------------------------------------------------

    @property
    def limits(self) -> Limits:
        """Rate limits: `stripe.limits.set(overall=25, per_endpoint=25)`; off at first."""
        return self._gateway.limits

    @property
    def requests(self) -> Requests:
        """Counters and the log of requests."""
        return self._gateway.requests

    @property
    def violations(self) -> list[Problem]:
        """Where requests or answers left the published shapes; a test that means it clears the list."""
        return self._gateway.violations

    @property
    def latency(self) -> tuple[float, float] | None:
        """Seconds that an answer takes, from … to; None is as fast as it goes."""
        return self._gateway.latency

    @latency.setter
    def latency(self, seconds: tuple[float, float] | None) -> None:
        self._gateway.latency = seconds

    def prune_idempotency_keys(self) -> None:
        """Forgets all keys, as Stripe may after 24 hours."""
        self._gateway.idempotency.prune()

    def _time_passed(self) -> None:
        for played in list(self._played.values()):
            played.time_passed()
