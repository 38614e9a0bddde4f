"""A refund of one line of a sale that fails late gives back credits of that line alone (S5, S6, S7)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontdesk.services.decisions import close_decision
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock
from tests.services.stripe.refund_till import RefundTill, refund_till


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


def sell_two(till: RefundTill) -> SaleResult:
    """10 + 2 for 90.00 and 5 for 47.00, both paid by Stripe."""
    return till.take_by_stripe(till.on_sale(), till.on_sale("Five", 4700, credits=5, bonus=0))


def left(till: RefundTill, sold: SaleResult) -> list[int]:
    """Credits of each line that the client has."""
    return [till.line(sold, place).left for place in (0, 1)]


@pytest.mark.parametrize(("place", "after"), [(0, [4, 5]), (1, [12, 1])])
def test_a_refund_of_one_line_that_fails_late_gives_back_that_line(
    till: RefundTill, place: int, after: list[int]
) -> None:
    """S6."""
    sold = sell_two(till)
    part = (6000, 3760)[place]
    till.refund(sold, part, place=place)
    till.push()
    assert left(till, sold) == after
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"])
    till.pull()
    assert left(till, sold) == [12, 5]


@pytest.mark.parametrize("place", [0, 1])
def test_beside_a_refund_of_the_dashboard_each_line_has_its_own_share_again(
    till: RefundTill, place: int
) -> None:
    """S7: what that one took of a line with the last of the sale's money, it gives back of this line."""
    sold = sell_two(till)
    till.refund(sold, 3000, credits=0, place=place)
    till.refund_in_dashboard(sold, 10700)
    till.do(close_decision, till.tasks()[0].id, "void_credits")
    shared = left(till, sold)
    assert shared != [0, 0]
    till.push()
    assert left(till, sold) == [0, 0]
    ours = next(one for one in till.refunds_at_stripe() if one["metadata"])
    till.hear(till.stripe.double.fail_refund(ours["id"]))
    assert left(till, sold) == shared
    till.hear(till.stripe.double.account.objects("refunds")[0])
    assert left(till, sold) == shared


@pytest.mark.parametrize("first", [0, 1])
def test_two_that_fail_late_leave_what_there_was_without_them(till: RefundTill, first: int) -> None:
    """S7: what the one had taken is there again for the share of another, in either order."""
    sold = sell_two(till)
    till.refund(sold, 3000, credits=0)
    till.refund(sold, 3000, credits=4, place=1)
    till.refund_in_dashboard(sold, 7700)
    till.do(close_decision, till.tasks()[0].id, "void_credits")
    till.push()
    assert left(till, sold) == [0, 0]
    ours = [one["id"] for one in till.refunds_at_stripe() if one["metadata"]]
    till.hear(till.stripe.double.fail_refund(ours[first]))
    assert left(till, sold)[1] == (0, 3)[first]
    till.hear(till.stripe.double.fail_refund(ours[1 - first]))
    assert left(till, sold) == [4, 3]
