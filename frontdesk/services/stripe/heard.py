"""An office and a gateway that tell what came of each command and each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from frontdesk.errors import FrontdeskError
from frontdesk.services.changes import Change
from frontdesk.services.office import Cancel, Office, Outcome
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.wire import Declined, StripeAnswer, StripeCall, StripeTrouble
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork

P = ParamSpec("P")
T = TypeVar("T")


class HeardGateway:
    """The gateway of one thread; how each call ended is told at once, not only at the end of a round (Y5)."""

    def __init__(
        self,
        gateway: PaymentGateway,
        answered: Callable[[], None],
        hindered: Callable[[FrontdeskError], None],
    ) -> None:
        self._inner, self._answered, self._hindered = gateway, answered, hindered

    def call(self, call: StripeCall) -> StripeAnswer:
        """As the gateway does; a refusal is an answer too."""
        try:
            answer = self._inner.call(call)
        except Declined:
            self._answered()
            raise
        except StripeTrouble as trouble:
            self._hindered(trouble)
            raise
        self._answered()
        return answer


class HeardOffice(Office):
    """The studio's office; what is written through it is told to the screens."""

    def __init__(
        self, office: Office, heard: Callable[[], object], changed: Callable[[tuple[Change, ...]], None]
    ) -> None:
        super().__init__(office.database)
        self._inner, self._heard, self._changed = office, heard, changed

    def read_cancellable(
        self,
        cancel: Cancel,
        query: Callable[Concatenate[Reading, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As the office does."""
        return self._inner.read_cancellable(cancel, query, *args, **kwargs)

    def write(
        self,
        use_case: Callable[Concatenate[UnitOfWork, P], T],
        actor: Actor,
        command_id: UUID | None = None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Outcome[T]:
        """As the office does, and tells what changed."""
        outcome = self._inner.write(use_case, actor, command_id, *args, **kwargs)
        if outcome.changes:
            self._heard()
            self._changed(outcome.changes)
        return outcome
