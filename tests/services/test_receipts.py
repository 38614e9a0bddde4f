"""Receipts of sales and refunds, and the mark that says COPY (S10)."""

from __future__ import annotations

from datetime import date

import pytest

from frontdesk.errors import NotFound
from frontdesk.services.drafts.sales import DiscountDraft
from frontdesk.services.drafts.settings import ReceiptTextDraft, TaxDraft
from frontdesk.services.receipts import print_receipt, receipt
from frontdesk.services.refund_states import mark_failed
from frontdesk.services.settings import change_receipt_text, change_tax
from tests.services.till import Till, till

__all__ = ["till"]


def test_a_receipt_tells_the_whole_sale(till: Till) -> None:
    """S10, C4."""
    till.do(change_tax, TaxDraft("VAT", 19_000, True))
    till.do(change_receipt_text, ReceiptTextDraft("Main St 1", "Thank you"))
    taxed = till.on_sale("Ten", 9000, tax_milli_percent=19_000)
    reduced = till.on_sale("Book", 1000, credits=1, bonus=0, tax_milli_percent=7_000)
    sold = till.take(
        taxed,
        reduced,
        discount=DiscountDraft("loyalty", till.money(1000)),
        payments=(till.cash(5000, 6000), till.by_card(4000, "A-1")),
    )
    shown = till.see(receipt, "sale", sold.sale_id)
    assert (shown.kind, shown.number, shown.copy, shown.studio) == ("sale", "D1-000001", False, "Sunrise")
    assert (shown.header, shown.footer, shown.zone) == ("Main St 1", "Thank you", "Europe/Berlin")
    assert (shown.client, shown.staff, shown.at) == ("Mira Okafor", "Ana", till.clock.at)
    first, second = shown.lines
    assert (first.name, first.credits, first.bonus, first.last_day) == ("Ten", 10, 2, date(2027, 4, 4))
    assert (first.list_price, first.discount, first.total) == (
        till.money(9000),
        till.money(900),
        till.money(8100),
    )
    assert second.total == till.money(900)
    assert (shown.subtotal, shown.discount, shown.total) == (
        till.money(10000),
        till.money(1000),
        till.money(9000),
    )
    assert [(one.name, one.rate_milli_percent, one.net.amount, one.tax.amount) for one in shown.taxes] == [
        ("VAT", 19_000, 6807, 1293),
        ("VAT", 7_000, 841, 59),
    ]
    cash, card = shown.tenders
    assert (cash.tender, cash.cash_given, cash.cash_change) == ("cash", till.money(6000), till.money(1000))
    assert (card.tender, card.reference, card.cash_given) == ("external_card", "A-1", None)


def test_the_first_print_is_the_original_and_all_others_are_copies(till: Till) -> None:
    """S10."""
    sold = till.take()
    assert not till.do(print_receipt, "sale", sold.sale_id).copy
    assert till.do(print_receipt, "sale", sold.sale_id).copy
    assert till.see(receipt, "sale", sold.sale_id).copy
    assert not till.see(receipt, "sale", till.take().sale_id).copy


def test_a_reprint_tells_the_terms_of_the_sale(till: Till) -> None:
    """S10, P4: an extension later changes no receipt."""
    sold = till.take()
    till.do(print_receipt, "sale", sold.sale_id)
    for lot in sold.lot_ids:
        till.extend(lot, date(2028, 1, 1))
    again = till.do(print_receipt, "sale", sold.sale_id)
    assert (again.copy, again.lines[0].last_day) == (True, date(2027, 4, 4))


def test_the_receipts_of_a_lines_refunds_hold_exactly_its_tax(till: Till) -> None:
    """S2, S10: 14.37 in 90.00, in two refunds."""
    till.do(change_tax, TaxDraft("VAT", 19_000, True))
    sold = till.take(till.on_sale("Ten", 9000, tax_milli_percent=19_000))
    first = till.refund(sold, 1001)
    second = till.refund(sold, 7999)
    shown = [till.see(receipt, "refund", one.refund_id) for one in (first, second)]
    assert [one.number for one in shown] == ["D1-R-000001", "D1-R-000002"]
    assert [one.of_receipt for one in shown] == ["D1-000001"] * 2
    assert [(one.kind, one.total.amount, one.lines[0].credits) for one in shown] == [
        ("refund", 1001, 2),
        ("refund", 7999, 10),
    ]
    assert sum(one.taxes[0].tax.amount for one in shown) == 1437
    assert shown[0].tenders[0].amount == till.money(1001)


def test_a_void_has_a_receipt_of_its_own(till: Till) -> None:
    """S2, S10."""
    sold = till.take()
    made = till.void(sold)
    shown = till.do(print_receipt, "refund", made.refund_id)
    assert (shown.kind, shown.copy, shown.total) == ("void", False, till.money(9000))
    assert till.see(receipt, "refund", made.refund_id).copy


def test_a_tax_on_top_is_told_as_such(till: Till) -> None:
    """S2."""
    till.do(change_tax, TaxDraft("Sales tax", 8_875, False))
    sold = till.take(till.on_sale("Ten", 9000, tax_milli_percent=8_875))
    (tax,) = till.see(receipt, "sale", sold.sale_id).taxes
    assert (tax.net, tax.tax, tax.on_top) == (till.money(9000), till.money(799), True)


@pytest.mark.parametrize("kind", ["sale", "refund"])
def test_an_unknown_receipt_is_said_to_be_so(till: Till, kind: str) -> None:
    """S10."""
    with pytest.raises(NotFound, match=r"receipt\.unknown"):
        till.office.read(receipt, kind, 999)  # type: ignore[arg-type]


def test_a_refund_that_fails_changes_no_receipt_given_since(till: Till) -> None:
    """S6, S10: what was printed stays, and the refunds that stand hold the line's tax together."""
    till.do(change_tax, TaxDraft("VAT", 19_000, True))
    line = till.on_sale("Ten", 9001, tax_milli_percent=19_000)
    sold = till.take(line, payments=(till.by_card(9001),))
    (payment,) = till.refund_view(sold).payments
    made = []
    for amount in (1003, 1000):
        references = ((payment.payment_id, "R-1"),)
        made.append(till.refund(sold, amount, credits=0, references=references))
        till.clock.pass_time(minutes=1)

    def taxes() -> list[int]:
        return [till.see(receipt, "refund", one.refund_id).taxes[0].tax.amount for one in made]

    before, gone = taxes(), made[0].parts[0].transaction_id
    assert gone is not None
    till.do(mark_failed, gone, "the card was closed")
    assert taxes() == before
    till.clock.pass_time(minutes=1)
    for amount in (1003, 1001, 5997):
        made.append(till.refund(sold, amount, credits=0, references=((payment.payment_id, "R-2"),)))
    assert taxes()[:2] == before
    assert sum(taxes()[1:]) == 1437
