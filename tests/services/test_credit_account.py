"""The big number, the cards of the lots and their states in one word (C2, C5, C15)."""

from __future__ import annotations

from datetime import date

import pytest

from frontdesk.errors import NotFound
from frontdesk.services.credit_account import credit_account
from tests.services.credit_desk import CreditDesk


def test_new_client_has_nothing_yet(desk: CreditDesk) -> None:
    account = desk.account()
    assert (account.usable, account.standing, account.lots) == (0, "nothing_yet", ())


def test_sold_pack_shows_two_lots_with_their_sale(desk: CreditDesk) -> None:
    """C3, P3: 10 + 2."""
    bought, bonus = desk.sell()
    account = desk.account()
    assert account.usable == 12
    assert [(lot.lot_id, lot.kind, lot.credits) for lot in account.lots] == [
        (bonus, "bonus", 2),
        (bought, "purchased", 10),
    ]
    sale = desk.card(bought).sale
    assert sale is not None and sale == desk.card(bonus).sale
    assert (sale.sold_at, sale.paid.amount, sale.tenders) == (desk.clock.at, 9000, ("cash",))
    assert sale.receipt
    next_to_expire = account.next_to_expire
    assert next_to_expire is not None
    assert (next_to_expire.credits, next_to_expire.last_day, next_to_expire.days_left) == (
        12,
        date(2027, 4, 4),
        90,
    )


def test_expired_credits_leave_the_balance_without_any_program_running(desk: CreditDesk) -> None:
    """C5: as of now, whether or not the sweep has written it down."""
    lot_id = desk.plus(3, last_day=date(2027, 1, 10))
    desk.at(2027, 1, 10, 23, 59)
    assert desk.usable() == 3
    desk.at(2027, 1, 11, 0, 0)
    card = desk.card(lot_id)
    assert (card.state, card.usable, card.remaining, card.expired) == ("expired", 0, 0, 3)
    assert desk.account().standing == "expired"


def test_lots_come_in_the_order_of_use_and_spent_ones_last(desk: CreditDesk) -> None:
    """C6"""
    spent = desk.plus(1, last_day=date(2027, 1, 20))
    desk.visit()
    never = desk.plus(1)
    late = desk.plus(1, last_day=date(2027, 6, 30))
    early = desk.plus(1, last_day=date(2027, 2, 28))
    account = desk.account()
    assert [lot.lot_id for lot in account.lots] == [early, late, never, spent]
    assert [lot.lot_id for lot in account.live_lots] == [early, late, never]
    assert [lot.lot_id for lot in account.past_lots] == [spent]
    assert desk.card(spent).state == "used_up"


def test_card_counts_where_the_credits_went(desk: CreditDesk) -> None:
    """C2: the buckets add up to what came in."""
    lot_id = desk.plus(10, last_day=date(2027, 1, 10))
    desk.visit(2)
    desk.adjust(-1, lot_id=lot_id)
    desk.transfer(lot_id, desk.client("Tom Ode"), 3)
    desk.at(2027, 1, 11)
    desk.plus(1)
    card = desk.card(lot_id)
    assert (card.used, card.removed, card.moved, card.expired, card.remaining) == (2, 1, 3, 4, 0)


def test_actions_fit_the_state_of_the_lot(desk: CreditDesk) -> None:
    usable = desk.plus(2, last_day=date(2027, 1, 10))
    assert desk.card(usable).actions == ("visit", "take", "extend", "transfer")
    freeze_id = desk.freeze(date(2027, 1, 8), date(2027, 1, 9)).freeze_id
    assert desk.card(usable).actions == ("visit", "take", "extend")
    desk.unfreeze(freeze_id)
    desk.at(2027, 1, 20)
    assert desk.card(usable).actions == ("extend",)


def test_unknown_client_has_no_account(desk: CreditDesk) -> None:
    with pytest.raises(NotFound):
        desk.see(credit_account, 4711)
