"""The outbox: stored before it is tried, sent again under the same key, never twice (Y4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from frontdesk.errors import Refused
from frontdesk.models.sync import outbox as table
from frontdesk.services.office import Office
from frontdesk.services.stripe import kinds as kinds_module
from frontdesk.services.stripe import outbox, push
from frontdesk.services.stripe.outbox import NewOp, Op, OpKind
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.wire import (
    Body,
    Busy,
    Declined,
    NotAllowed,
    NotReached,
    StripeAnswer,
    StripeCall,
)
from frontdesk.services.stripe.wire import Unclear as UnclearCall
from frontdesk.services.unit_of_work import UnitOfWork
from tests.services.problems import refused
from tests.services.stripe.studio import ConnectedStudio

Answer = Callable[[StripeCall], StripeAnswer]


class Stripe:
    """Answers each call by the next of its answers; remembers what came."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[StripeCall] = []

    def call(self, call: StripeCall) -> StripeAnswer:
        """A request."""
        self.calls.append(call)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(call)


def made(_call: StripeCall) -> StripeAnswer:
    return StripeAnswer({"id": "re_1", "object": "refund"})


class Followed:
    """What followed from operations of the kind that these tests use."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failed: list[str] = []
        self.there: Body | None = None

    def kind(self) -> OpKind:
        return OpKind("test", self._done, self._failed, lambda _gateway, _op: self.there)

    def _done(self, _work: UnitOfWork, op: Op, body: Body) -> None:
        self.done.append(str(body["id"]))

    def _failed(self, _work: UnitOfWork, op: Op, trouble: object) -> None:
        self.failed.append(op.kind)


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> Followed:
    """A kind of operation of its own."""
    made = Followed()
    monkeypatch.setattr(push, "kinds", lambda: {"test": made.kind()})
    monkeypatch.setattr(kinds_module, "kinds", lambda: {"test": made.kind()})
    return made


def decide(studio: ConnectedStudio, *, moves_money: bool = False) -> int:
    new = NewOp("test", "/v1/refunds", {"amount": 5400}, moves_money=moves_money)
    decided: int = studio.do(outbox.enqueue, new)
    return decided


def pusher(studio: ConnectedStudio, lease: str = "desk1:a") -> Pusher:
    return Pusher(studio.office, studio.online, lease)


def state(studio: ConnectedStudio) -> str:
    (row,) = studio.rows(table)
    return str(row.state)


def test_what_is_decided_is_sent_once_and_its_consequence_follows(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Y4"""
    decide(studio)
    stripe = Stripe(made)
    assert pusher(studio).push(stripe) == 1
    assert pusher(studio).push(stripe) == 0
    (row,) = studio.rows(table)
    assert (row.state, row.result_id, followed.done) == ("done", "re_1", ["re_1"])
    (call,) = stripe.calls
    assert call.params["metadata"] == {"op_id": row.op_id}
    assert call.idempotency_key == row.idempotency_key


def test_without_an_answer_the_same_bytes_go_out_under_the_same_key(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Y4: a timeout is unknown, never failed."""
    decide(studio)
    stripe = Stripe(UnclearCall("stripe.unclear"), made)
    assert pusher(studio).push(stripe) == 0
    assert state(studio) == "unknown"
    assert pusher(studio).push(stripe) == 0, "not before its time"
    studio.clock.pass_time(minutes=2)
    assert pusher(studio).push(stripe) == 1
    assert stripe.calls[0] == stripe.calls[1]
    assert followed.done == ["re_1"]


def test_after_a_crash_the_next_start_sends_it_again_at_once(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Y4: the process ended between the call and its commit."""
    decide(studio)
    first = studio.sync(outbox.take_next, "desk1:a")
    assert state(studio) == "sending"
    assert studio.sync(outbox.take_next, "desk2:b") is None, "another desk keeps its hands off"
    studio.sync(outbox.release_leases, "desk1:")
    stripe = Stripe(made)
    assert pusher(studio, "desk1:c").push(stripe) == 1
    assert stripe.calls[0] == first.call


def test_another_desk_goes_on_when_the_lease_is_over(studio: ConnectedStudio, followed: Followed) -> None:
    decide(studio)
    assert studio.sync(outbox.take_next, "desk1:a") is not None
    studio.clock.pass_time(seconds=outbox.LEASE.total_seconds() + 1)
    assert pusher(studio, "desk2:b").push(Stripe(made)) == 1


def test_the_slower_of_two_answers_changes_nothing(studio: ConnectedStudio, followed: Followed) -> None:
    """Both desks got the same answer, since they sent the same key."""
    decide(studio)
    op = studio.sync(outbox.take_next, "desk1:a")
    for _ in range(2):
        studio.sync(push.end_done, op.id, '{"id": "re_1"}')
    studio.sync(push.end_failed, op.id, "{}")
    assert (state(studio), followed.done, followed.failed) == ("done", ["re_1"], [])


def test_after_twenty_three_hours_stripe_is_asked_first(studio: ConnectedStudio, followed: Followed) -> None:
    """Y4: the key may be forgotten, and the same request would be carried out again."""
    decide(studio)
    pusher(studio).push(Stripe(UnclearCall("stripe.unclear")))
    studio.clock.pass_time(hours=23)
    followed.there = {"id": "re_7"}
    stripe = Stripe()
    assert pusher(studio).push(stripe) == 1
    assert (stripe.calls, followed.done) == ([], ["re_7"])


def test_what_is_not_there_after_a_day_is_sent_under_a_new_key(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Y4"""
    decide(studio, moves_money=True)
    first = Stripe(UnclearCall("stripe.unclear"))
    pusher(studio).push(first)
    studio.clock.pass_time(hours=30)
    second = Stripe(made)
    assert pusher(studio).push(second) == 0, "it was looked up"
    assert pusher(studio).push(second) == 1
    assert second.calls[0].params == first.calls[0].params
    assert second.calls[0].idempotency_key != first.calls[0].idempotency_key


def test_money_that_waited_too_long_is_not_moved_without_asking(
    studio: ConnectedStudio, followed: Followed
) -> None:
    held = decide(studio, moves_money=True)
    studio.clock.pass_time(minutes=16)
    assert pusher(studio).push(Stripe()) == 0
    assert state(studio) == "held"
    studio.do(outbox.send_held, held)
    assert pusher(studio).push(Stripe(made)) == 1


def test_what_was_never_sent_can_be_taken_back_and_what_was_sent_cannot(
    studio: ConnectedStudio, followed: Followed
) -> None:
    decided = decide(studio, moves_money=True)
    studio.do(_cancel, decided)
    assert (state(studio), followed.failed) == ("cancelled", ["test"])
    again = decide(studio)
    pusher(studio).push(Stripe(UnclearCall("stripe.unclear")))
    assert refused(studio.do, _cancel, again) == "outbox.not_held"


def _cancel(work: UnitOfWork, outbox_id: int) -> None:
    outbox.cancel_op(work, outbox_id, kinds_module.kinds())


def test_what_stripe_would_refuse_for_ever_is_looked_up_at_once(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Y4: it remembers a failure for this key; whether the thing is there, only a look can tell."""
    decide(studio)
    followed.there = {"id": "re_3"}
    assert pusher(studio).push(Stripe(UnclearCall("stripe.server_error", look_up=True))) == 1
    assert followed.done == ["re_3"]
    decide(studio)
    followed.there = None
    stripe = Stripe(UnclearCall("stripe.server_error", look_up=True), made)
    assert pusher(studio).push(stripe) == 0
    assert pusher(studio).push(stripe) == 1
    assert stripe.calls[0].idempotency_key != stripe.calls[1].idempotency_key


def test_a_permission_that_the_key_lacks_holds_up_only_what_needs_it(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Y7: a desk's key that may not change products still takes money."""
    decide(studio)
    decide(studio)
    lacking = NotAllowed("stripe.permission_missing", permission="product_write")
    assert pusher(studio).push(Stripe(lacking, made)) == 1
    assert [row.state for row in studio.rows(table)] == ["waiting", "done"]


@pytest.mark.parametrize(
    ("trouble", "left"),
    [
        (Busy("stripe.busy", retry_after=7), "waiting"),
        (NotAllowed("stripe.key_revoked"), "waiting"),
        (NotReached("stripe.not_reached"), "unknown"),
        (UnclearCall("stripe.unclear"), "unknown"),
        (Declined("stripe.declined", stripe_code="amount_too_small"), "failed"),
    ],
)
def test_each_end_of_a_call_leaves_what_is_known(
    studio: ConnectedStudio, followed: Followed, trouble: Exception, left: str
) -> None:
    """Y4, Y5, Y7: a bad key fails nothing; only Stripe's own no does."""
    decide(studio)
    decide(studio)
    stripe = Stripe(trouble, made)
    if isinstance(trouble, NotAllowed | NotReached):
        with pytest.raises(type(trouble)):
            pusher(studio).push(stripe)
        assert len(stripe.calls) == 1, "nothing else needs to be tried now"
    else:
        pusher(studio).push(stripe)
        assert len(stripe.calls) == 2, "the others go on"
    first = studio.rows(table)[0]
    assert first.state == left
    if isinstance(trouble, Busy):
        assert first.next_try_at == studio.clock.now() + timedelta(seconds=7)
    assert followed.failed == (["test"] if left == "failed" else [])


def test_two_desks_never_send_the_same(studio: ConnectedStudio, office: Office) -> None:
    for _ in range(3):
        decide(studio)
    taken = [studio.sync(outbox.take_next, lease) for lease in ("desk1:a", "desk2:b", "desk3:c")]
    assert len({op.id for op in taken}) == 3


def test_without_an_account_nothing_is_put_into_the_outbox(office: Office, actor: object) -> None:
    with pytest.raises(Refused) as error:
        office.write(outbox.enqueue, actor, None, NewOp("test", "/v1/refunds"))  # type: ignore[arg-type]
    assert error.value.code == "stripe.not_connected"
