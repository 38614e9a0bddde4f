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
from tests.support.logs import ExpectedLogs

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
        #: Falls over whatever is no refund's id.
        self.odd = False

    def kind(self) -> OpKind:
        return OpKind("test", self._done, self._failed, lambda _gateway, _op: self.there, "refund")

    def _done(self, _work: UnitOfWork, op: Op, body: Body) -> None:
        if self.odd and not body["id"].startswith("re_"):
            raise ValueError
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


def test_money_that_found_no_network_is_not_moved_later_without_asking(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Nothing was sent, however often it was tried: it can still be taken back."""
    decide(studio, moves_money=True)
    for _ in range(2):
        with pytest.raises(NotReached):
            pusher(studio).push(Stripe(NotReached("stripe.not_reached")))
        studio.clock.pass_time(minutes=9)
    assert pusher(studio).push(Stripe()) == 0
    assert state(studio) == "held"
    (row,) = studio.rows(table)
    assert row.first_sent_at is None
    studio.do(_cancel, row.id)
    assert (state(studio), followed.failed) == ("cancelled", ["test"])


@pytest.mark.parametrize("hours", [0.1, -48, 20])
def test_money_without_an_answer_is_looked_for_before_it_goes_out_again(
    studio: ConnectedStudio, followed: Followed, hours: float
) -> None:
    """Y4: how long ago it was only a clock tells, and that may have been set back meanwhile."""
    decide(studio, moves_money=True)
    first = Stripe(UnclearCall("stripe.unclear"))
    pusher(studio).push(first)
    studio.clock.pass_time(hours=hours)
    followed.there = {"id": "re_7", "object": "refund"}
    stripe = Stripe()
    assert pusher(studio).push(stripe) == 1
    assert (stripe.calls, followed.done) == ([], ["re_7"])


def test_money_that_is_not_there_yet_goes_out_under_the_same_key(
    studio: ConnectedStudio, followed: Followed
) -> None:
    """Y4: the first request may still be under way there; only the same key cannot move money twice."""
    decide(studio, moves_money=True)
    first, second = Stripe(UnclearCall("stripe.unclear")), Stripe(made)
    pusher(studio).push(first)
    studio.clock.pass_time(minutes=2)
    assert pusher(studio).push(second) == 1
    assert first.calls == second.calls


@pytest.mark.parametrize("body", [{"object": "refund"}, {"object": "refund", "id": 7}])
def test_an_answer_that_cannot_be_used_holds_nothing_else_up(
    studio: ConnectedStudio, followed: Followed, expected_logs: ExpectedLogs, body: Body
) -> None:
    decide(studio)
    decide(studio)
    expected_logs.expect("cannot be used")
    followed.odd = True
    assert pusher(studio).push(Stripe(lambda _call: StripeAnswer(body), made)) == 1
    first, second = studio.rows(table)
    assert (first.state, second.state) == ("unknown", "done")
    assert first.trouble["code"] == "sync.unexpected"


def test_an_answer_of_another_kind_is_none(studio: ConnectedStudio, followed: Followed) -> None:
    """Y4: whoever answered in Stripe's place, the thing is looked for."""
    decide(studio)
    captive = Stripe(lambda _call: StripeAnswer({"object": "page", "id": "x"}), made)
    assert pusher(studio).push(captive) == 0
    assert pusher(studio).push(captive) == 1
    assert followed.done == ["re_1"]


def test_addresses_are_forgotten_once_it_is_over(studio: ConnectedStudio, followed: Followed) -> None:
    """A7: those that were sent, those that were never sent, and those that Stripe quotes."""
    words = Declined("stripe.declined", said="Invalid email address: eve@example.com")
    for answers in ((made,), (words,), ()):
        new = NewOp("test", "/v1/checkout/sessions", {"customer_email": "eve@example.com"})
        decided = studio.do(outbox.enqueue, new)
        if answers:
            pusher(studio).push(Stripe(*answers))
        else:
            studio.do(_cancel, decided)
    rows = studio.rows(table)
    assert [row.state for row in rows] == ["done", "failed", "cancelled"]
    assert not any("eve@" in f"{row.params}{row.trouble}" for row in rows)


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
        (NotReached("stripe.not_reached"), "new"),
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


def test_whoever_is_told_to_wait_for_hours_waits_for_one(studio: ConnectedStudio, followed: Followed) -> None:
    """Y5: and does not ask again at once, as after a clock that was set back."""
    decide(studio)
    stripe = Stripe(Busy("stripe.busy", retry_after=7200), made)
    for minutes, calls in ((0, 1), (1, 1), (58, 1), (1, 2)):
        studio.clock.pass_time(minutes=minutes)
        pusher(studio).push(stripe)
        assert len(stripe.calls) == calls


def test_two_desks_never_send_the_same(studio: ConnectedStudio, office: Office) -> None:
    for _ in range(3):
        decide(studio)
    taken = [studio.sync(outbox.take_next, lease) for lease in ("desk1:a", "desk2:b", "desk3:c")]
    assert len({op.id for op in taken}) == 3


def test_without_an_account_nothing_is_put_into_the_outbox(office: Office, actor: object) -> None:
    with pytest.raises(Refused) as error:
        office.write(outbox.enqueue, actor, None, NewOp("test", "/v1/refunds"))  # type: ignore[arg-type]
    assert error.value.code == "stripe.not_connected"
