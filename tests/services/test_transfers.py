"""Giving credits to another client (C11)."""

from __future__ import annotations

from datetime import date

import pytest

from frontdesk.errors import NotFound, Refused
from frontdesk.services.merging import merge_clients
from tests.services.credit_desk import CreditDesk
from tests.services.problems import refused
from tests.services.test_clients import hide


def test_transfer_moves_what_is_left_under_the_same_terms(desk: CreditDesk) -> None:
    """C11: two linked lines, one for each client."""
    yoga = desk.class_type("Yoga")
    tom = desk.client("Tom Ode")
    lot_id = desk.plus(5, title="Gift", last_day=date(2027, 3, 31), eligible=(yoga,))
    desk.visit(class_type_id=yoga)
    answer = desk.transfer(lot_id, tom)
    assert (answer.credits, answer.usable, answer.peer_usable) == (4, 0, 4)
    given = desk.card(answer.lot_id, tom)
    assert (given.kind, given.title, given.last_day, given.eligible) == (
        "transferred",
        "Gift",
        date(2027, 3, 31),
        ("Yoga",),
    )
    assert given.from_client == "Mira Okafor"
    out, into = desk.lines()[0], desk.lines(tom)[0]
    assert (out.kind, out.change, out.peer) == ("transfer_out", -4, "Tom Ode")
    assert (into.kind, into.change, into.peer) == ("transfer_in", 4, "Mira Okafor")


def test_part_of_a_lot_can_be_given(desk: CreditDesk) -> None:
    """C11"""
    tom = desk.client("Tom Ode")
    lot_id = desk.plus(5)
    desk.transfer(lot_id, tom, 2)
    assert (desk.usable(), desk.usable(tom), desk.card(lot_id).moved) == (3, 2, 2)


def test_transferred_credits_stay_linked_to_their_sale(desk: CreditDesk) -> None:
    """C11: through two transfers."""
    bought, _ = desk.sell()
    tom, ida = desk.client("Tom Ode"), desk.client("Ida Berg")
    first = desk.transfer(bought, tom).lot_id
    second = desk.transfer(first, ida).lot_id
    sale = desk.card(second, ida).sale
    assert sale is not None and sale == desk.card(bought).sale
    assert (sale.paid.amount, sale.tenders) == (9000, ("cash",))


def test_transferred_bonus_stays_complimentary(desk: CreditDesk) -> None:
    """C6: a transferred lot counts as its root's kind."""
    bought, bonus = desk.sell()
    tom = desk.client("Tom Ode")
    paid_for = desk.transfer(bought, tom).lot_id
    free = desk.transfer(bonus, tom).lot_id
    assert [take.lot_id for take in desk.visit(3, client_id=tom).takes] == [free, paid_for]


def test_more_than_the_lot_holds_is_refused(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(5)
    with pytest.raises(Refused) as refused:
        desk.transfer(lot_id, desk.client("Tom Ode"), 6)
    assert (refused.value.code, refused.value.params["there"]) == ("credits.too_few_in_lot", 5)


def test_expired_credits_cannot_be_given(desk: CreditDesk) -> None:
    """C5, C11"""
    lot_id = desk.plus(5, last_day=date(2027, 1, 5))
    desk.at(2027, 1, 6)
    with pytest.raises(Refused) as refused:
        desk.transfer(lot_id, desk.client("Tom Ode"))
    assert refused.value.code == "credits.lot_expired"


@pytest.mark.parametrize("first", [None, date(2027, 2, 1)])
def test_credits_that_are_or_will_be_frozen_cannot_be_given(desk: CreditDesk, first: date | None) -> None:
    """C11: the freeze has moved their last day for days that only this client is without them."""
    lot_id = desk.plus(5, last_day=date(2027, 3, 31))
    desk.freeze(first, date(2027, 2, 28))
    with pytest.raises(Refused) as refused:
        desk.transfer(lot_id, desk.client("Tom Ode"))
    assert refused.value.code == "credits.lot_frozen"
    desk.at(2027, 3, 1)
    assert desk.transfer(lot_id, desk.client("Ida Berg")).credits == 5


def test_nobody_gives_credits_to_themselves(desk: CreditDesk) -> None:
    """C11, D4: nor to the client they were merged with."""
    lot_id, twin = desk.plus(5), desk.client("Mira O.")
    desk.do(merge_clients, twin, desk.mira)
    for other in (desk.mira, twin):
        with pytest.raises(Refused) as refused:
            desk.transfer(lot_id, other)
        assert refused.value.code == "credits.same_client"


def test_unknown_client_gets_nothing(desk: CreditDesk) -> None:
    lot_id = desk.plus(5)
    with pytest.raises(NotFound):
        desk.transfer(lot_id, 4711)
    assert desk.usable() == 5


def test_nothing_is_given_to_a_client_whose_import_was_undone(desk: CreditDesk) -> None:
    """D3: nobody would find the credits again. A screen may still show the client."""
    lot_id, gone = desk.plus(3), desk.client("Tom Ode")
    hide(desk.office, desk.actor, gone)
    assert refused(lambda: desk.transfer(lot_id, gone)) == "client.hidden"
    assert refused(lambda: desk.plus(1, gone)) == "client.hidden"
    assert refused(lambda: desk.visit(client_id=gone, when_short="unpaid")) == "client.hidden"
    assert desk.usable() == 3
