"""Sends what is in the outbox, one call at a time, and writes down what became of it (Y4)."""

from __future__ import annotations

import json
import logging
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from frontdesk.errors import Cancelled, FrontdeskError, StorageFailed
from frontdesk.services.faults import mark_of
from frontdesk.services.office import Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import outbox
from frontdesk.services.stripe.kinds import kinds
from frontdesk.services.stripe.outbox import Op
from frontdesk.services.stripe.wire import (
    Body,
    Busy,
    Declined,
    NotAllowed,
    NotReached,
    StripeTrouble,
    Unclear,
)
from frontdesk.services.unit_of_work import Actor, UnitOfWork

log = logging.getLogger("frontdesk.sync")

_ADDRESS: Final = re.compile(r"[^\s\"\\@]+@[^\s\"\\]+")
#: Seconds before the next attempt after the first, second … failure; full jitter up to twice that.
_BACKOFF: Final = (1, 2, 5, 10, 20, 40, 60)
#: However long Stripe asks for, it is asked again after so many seconds.
_LONGEST: Final = 3600


class Pusher:
    """Empties the outbox of a studio as far as Stripe answers. Use it from one thread."""

    def __init__(self, office: Office, actor: Actor, lease: str) -> None:
        self._office = office
        self._actor = actor
        self._lease = lease

    def push(self, gateway: PaymentGateway, goes_on: Callable[[], bool] = lambda: True) -> int:
        """Send everything that is due; returns how many operations were ended.

        Raises:
            NotAllowed: the key is revoked; what waits for a good one keeps its idempotency key. A permission
                that it lacks holds up only what needs it.
            NotReached: there is no network; nothing else needs to be tried now.
        """
        ended = 0
        tried: tuple[int, ...] = ()
        while goes_on():
            op = self._office.write(outbox.take_next, self._actor, None, self._lease, tried).value
            if op is None:
                return ended
            tried = (*tried, op.id)
            ended += self._one(gateway, op)
        return ended

    def _one(self, gateway: PaymentGateway, op: Op) -> int:
        try:
            body, at = self._answer(gateway, op)
        except Declined as declined:
            self._write(end_failed, op, "failed", json.dumps(dict(declined.params), default=str))
            return 1
        except StripeTrouble as trouble:
            self._put_off(op, trouble, _state(trouble, op))
            if isinstance(trouble, NotReached) or trouble.code == "stripe.key_revoked":
                raise
            return 0
        if body is None:
            self._write(renew_op, op, f"renew-{op.attempts}")
            return 0
        try:
            self._write(end_done, op, "done", json.dumps(body), at)
        except (StorageFailed, Cancelled):
            raise
        except FrontdeskError as odd:
            self._put_off(op, odd, "unknown")
            return 0
        except Exception as odd:
            # What nobody expected of one answer must not hold up all others.
            mark = mark_of(odd)
            log.exception("the answer to %s %s cannot be used (%s)", op.kind, op.op_id, mark)
            self._put_off(op, FrontdeskError("sync.unexpected", id=mark), "unknown")
            return 0
        return 1

    def _put_off(self, op: Op, trouble: FrontdeskError, state: str) -> None:
        told = json.dumps({"code": trouble.code, "params": dict(trouble.params)}, default=str)
        self._write(end_for_now, op, f"put-off-{op.attempts}", told, state, _wait(trouble, op))

    def _answer(self, gateway: PaymentGateway, op: Op) -> tuple[Body | None, datetime | None]:
        """The object and Stripe's time of it; None where Stripe was asked and has no such thing."""
        kind = kinds()[op.kind]
        if op.look_up_first:
            found = kind.find(gateway, op)
            if found is not None or op.key_is_old:
                return found, None
        try:
            answer = gateway.call(op.call)
            if kind.expects and answer.body.get("object") != kind.expects:
                raise Unclear("stripe.odd_answer", status=200, look_up=True)
            # What Stripe repeats from memory is of before whatever was seen since.
            return answer.body, None if answer.replayed else answer.server_time
        except Unclear as unclear:
            # Stripe would say the same for ever: it remembers a failure, or other contents, for this key.
            if not unclear.params.get("look_up"):
                raise
        return kind.find(gateway, op), None

    def _write(self, use_case: Callable[..., None], op: Op, step: str, *args: Any) -> None:
        # Under an id of its own, so that an unclear commit is answered and not repeated.
        command_id = uuid5(UUID(op.op_id), step)
        self._office.write(use_case, self._actor, command_id, op.id, *args)


def end_done(work: UnitOfWork, outbox_id: int, body: str, answered_at: datetime | None = None) -> None:
    """Stripe has done it: store what it answered, and let everything follow in one transaction."""
    op = replace(_found(work, outbox_id), answered_at=answered_at)
    answer: Body = json.loads(body)
    if outbox.finish(work, op, "done", result_id=str(answer.get("id", ""))):
        kinds()[op.kind].done(work, op, answer)


def end_failed(work: UnitOfWork, outbox_id: int, params: str) -> None:
    """Stripe refused it for good."""
    op = _found(work, outbox_id)
    # Stripe's words may quote an address that somebody mistyped (A7).
    trouble: Mapping[str, Any] = json.loads(_ADDRESS.sub("…", params))
    if outbox.finish(work, op, "failed", trouble={"code": "stripe.declined", "params": dict(trouble)}):
        kinds()[op.kind].failed(work, op, trouble)


def end_for_now(work: UnitOfWork, outbox_id: int, trouble: str, state: str, wait: int) -> None:
    """It is not known, or not possible now: the same again later. ``trouble`` is its code and parameters."""
    op = _found(work, outbox_id)
    until = work.now + timedelta(seconds=wait)
    if outbox.put_off(work, op, state, until, json.loads(trouble)) and state == "new":
        outbox.note_not_sent(work, op)


def renew_op(work: UnitOfWork, outbox_id: int) -> None:
    """It is not there, and its key may be forgotten: send it under a new one."""
    outbox.renew(work, _found(work, outbox_id))


def _found(work: UnitOfWork, outbox_id: int) -> Op:
    return outbox.one_op(work, outbox_id)


def _state(trouble: StripeTrouble, op: Op) -> str:
    if isinstance(trouble, NotReached) and op.first_sent_at is None:
        return "new"
    return "waiting" if isinstance(trouble, Busy | NotAllowed) else "unknown"


def _wait(trouble: FrontdeskError, op: Op) -> int:
    """Whole seconds until the next attempt."""
    asked = trouble.params.get("retry_after")
    if isinstance(asked, int):
        # Longer than an hour looks as if the clock had been set back, and would not be waited for at all.
        return min(max(1, asked), _LONGEST)
    step = _BACKOFF[min(op.attempts, len(_BACKOFF) - 1)]
    return random.randint(1, 2 * step)
