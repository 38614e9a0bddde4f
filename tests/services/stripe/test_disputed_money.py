"""Money that a dispute has taken is not offered to be refunded, nor is it refunded (S5, S8)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontdesk.services.drafts.sales import VoidSaleDraft
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.sales import SaleResult
from frontdesk.services.void_sale import void_sale, void_view
from tests.builders import SetClock, build_studio
from tests.services.problems import invalid, refused
from tests.services.stripe.refund_till import Body, RefundTill, refund_till


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


def dispute(till: RefundTill, sold: SaleResult, amount: int | None = None, **more: str) -> Body:
    """Somebody disputes the payment, or so much of it, and the pull brings it."""
    charges = till.stripe.double.account.objects("charges")
    charge = next(one["id"] for one in charges if one["payment_intent"] == till.intents[sold.sale_id])
    body: Body = till.stripe.double.open_dispute(charge, amount, **more)
    till.hear(body)
    return body


def closed(till: RefundTill, body: Body, status: str) -> None:
    till.hear(till.stripe.double.close_dispute(body["id"], status))


def offered(till: RefundTill, sold: SaleResult) -> tuple[int, int]:
    """What can be refunded of the sale, and what is suggested for its line."""
    return till.refund_view(sold).refundable.amount, till.line(sold).suggested.amount


def test_while_it_is_open_nothing_of_the_payment_goes_back(till: RefundTill) -> None:
    """S8: Stripe would decline it; once it is won all of it can be refunded."""
    sold = till.take_by_stripe(cash=2000)
    body = dispute(till, sold, 3000)
    (stripe, cash) = till.refund_view(sold).payments
    assert (stripe.refundable, stripe.undecided, stripe.lost) == (
        till.money(0),
        till.money(3000),
        till.money(0),
    )
    assert (cash.refundable, cash.undecided) == (till.money(2000), till.money(0))
    assert invalid(till.refund, sold, 2001) == {("amount", "refunds.disputed")}
    assert invalid(till.refund, sold, 9001) == {("amount", "refunds.too_much")}
    till.refund(sold, 2000)
    assert till.parts() == [("cash", "succeeded", -2000)]
    closed(till, body, "won")
    assert offered(till, sold)[0] == 7000


def test_while_the_bank_only_asks_stripe_still_refunds(till: RefundTill) -> None:
    """S8: an inquiry has taken nothing, and a refund answers it."""
    sold = till.take_by_stripe()
    dispute(till, sold, status="warning_needs_response")
    assert offered(till, sold)[0] == 9000
    till.refund(sold, 9000)
    till.push()
    assert till.parts() == [("stripe_checkout", "succeeded", -9000)]


def test_what_was_lost_counts_as_gone(till: RefundTill) -> None:
    """S8, S5: by payment, and in what is suggested for the line."""
    sold = till.take_by_stripe()
    till.visit(4)
    closed(till, dispute(till, sold, 2700), "lost")
    (payment,) = till.refund_view(sold).payments
    assert (payment.refundable, payment.lost) == (till.money(6300), till.money(2700))
    line = till.line(sold)
    assert (line.refunded, line.lost, line.refundable) == (till.money(0), till.money(2700), till.money(6300))
    assert (line.suggested, line.suggested_credits) == (till.money(2700), 4)
    assert invalid(till.refund, sold, 6301) == {("amount", "refunds.too_much")}
    till.refund(sold, 2700)
    assert till.line(sold).refundable == till.money(3600)


def test_with_all_that_is_left_after_a_loss_every_credit_goes(till: RefundTill) -> None:
    """S5, S8."""
    sold = till.take_by_stripe(cash=4500)
    closed(till, dispute(till, sold), "lost")
    assert offered(till, sold) == (4500, 4500)
    till.refund(sold, 4500, credits=0)
    assert till.usable() == 0


def test_a_loss_is_shared_over_the_lines_like_a_refund(till: RefundTill) -> None:
    """S5, S8."""
    sold = till.take_by_stripe(till.on_sale(), till.on_sale("Five", 3000, credits=5, bonus=0))
    closed(till, dispute(till, sold, 4000), "lost")
    lines = [till.line(sold, place) for place in (0, 1)]
    assert [one.lost.amount for one in lines] == [3000, 1000]
    assert [one.refundable.amount for one in lines] == [6000, 2000]


def test_a_sale_of_today_is_not_voided_while_it_is_disputed_or_after(till: RefundTill) -> None:
    """S2, S8: a refund is offered instead where anything can go back."""
    sold = till.take_by_stripe()
    body = dispute(till, sold, 3000)
    draft = VoidSaleDraft(sale_id=sold.sale_id, reason_code="wrong_client", text="")
    for can_go_back in (False, True):
        view = till.see(void_view, sold.sale_id)
        assert (view.refused, bool(view.lines)) == ("void.disputed", can_go_back)
        assert refused(till.do, void_sale, draft) == "void.disputed"
        closed(till, body, "lost")


def test_what_was_paid_in_cash_is_refunded_instead_of_a_void_while_the_card_is_disputed(
    till: RefundTill,
) -> None:
    """S2, S8."""
    sold = till.take_by_stripe(cash=4500)
    dispute(till, sold)
    view = till.see(void_view, sold.sale_id)
    assert (view.refused, len(view.lines)) == ("void.disputed", 1)


def test_what_is_only_requested_is_told_apart_from_what_went_back(till: RefundTill) -> None:
    """S5, S6."""
    sold = till.take_by_stripe()
    till.refund(sold, 2000)
    till.push()
    till.refund(sold, 1000)
    line = till.line(sold)
    assert (line.refunded, line.under_way) == (till.money(3000), till.money(1000))
    till.push()
    assert (till.line(sold).refunded, till.line(sold).under_way) == (till.money(3000), till.money(0))


@pytest.fixture
def dinars(office: Office, clock: SetClock) -> Iterator[RefundTill]:
    """A till in a studio that counts thousandths, of which Stripe takes tens."""
    with refund_till(office, build_studio(office, currency="KWD"), clock) as made:
        made.currency = "KWD"
        yield made


def test_a_line_that_stripe_cannot_refund_alone_names_what_it_can(dinars: RefundTill) -> None:
    """S9: the next amounts below and above, and nothing is requested."""
    lines = dinars.on_sale(price=10_005), dinars.on_sale("Drop-in", 2_505, credits=1, bonus=0)
    sold = dinars.take_by_stripe(*lines)
    view = dinars.refund_view(sold)
    assert view.step == 10
    assert view.beside(view.lines[0], 10_005) == (10_000,), "no more than the line was"
    assert view.beside(view.lines[0], 9_996) == (9_990, 10_000)
    assert view.beside(view.lines[0], 9_990) == view.beside(view.lines[0], 99_999) == ()
    assert invalid(dinars.refund, sold, 10_005) == {("amount", "refunds.only_whole")}
    assert invalid(dinars.refund, sold, 9_996) == {("amount", "refunds.not_whole")}
    dinars.refund(sold, 10_000)
    dinars.push()
    assert dinars.parts() == [("stripe_checkout", "succeeded", -10_000)]


def test_only_stripes_share_has_to_be_whole(dinars: RefundTill) -> None:
    """S9: the cash beside it may be any amount."""
    sold = dinars.take_by_stripe(dinars.on_sale(price=10_005), cash=5_005)
    view = dinars.refund_view(sold)
    assert view.beside(view.lines[0], 10_005) == ()
    assert view.beside(view.lines[0], 4_995) == (4_990, 5_000)
    dinars.refund(sold, 10_005)
    assert [amount for _, _, amount in dinars.parts()] == [-5_000, -5_005]
