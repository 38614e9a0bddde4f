"""Sales: one transaction with receipt, lots and ledger; tenders, discounts, tax, limits (S1–S3, C3, C4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from frontdesk.errors import CommandReused, Refused
from frontdesk.models import chain
from frontdesk.models.ledger import credit_lot, ledger_op, lot_balance
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, receipt_series, sale, sale_line
from frontdesk.services.changes import Topic
from frontdesk.services.class_types import add_class_type
from frontdesk.services.clients import archive_client
from frontdesk.services.desks import add_desk
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.sales import DiscountDraft, PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.drafts.settings import DeskDraft, TaxDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.packages import archive_package, package_draft, save_package
from frontdesk.services.sales import quote, sell
from frontdesk.services.settings import change_tax
from frontdesk.services.subjects import subject_rows
from frontdesk.services.unit_of_work import Actor, Reading
from frontdesk.services.views.sales import SoldLine
from tests.builders import SetClock, build_studio
from tests.services.problems import invalid, refused
from tests.services.till import Till, till

__all__ = ["till"]

LOYAL = DiscountDraft("loyalty", Money(1000, "USD"))


def rows(till: Till, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    with till.office.database.reading() as connection:
        return list(connection.execute(sa.select(table).order_by(table.c.id)))


def test_a_sale_grants_purchased_credits_and_a_bonus_lot_that_names_them(till: Till) -> None:
    """C3."""
    sold = till.take()
    bought, bonus = rows(till, credit_lot)
    assert (bought.kind, bought.credits, bought.complimentary) == ("purchased", 10, False)
    assert (bonus.kind, bonus.credits, bonus.complimentary) == ("bonus", 2, True)
    assert bonus.parent_lot_id == bought.id and bonus.sale_line_id == bought.sale_line_id
    assert sold.lot_ids == (bought.id, bonus.id)
    assert till.usable() == 12


def test_a_sale_is_written_whole(till: Till) -> None:
    """S1."""
    outcome = till.office.write(sell, till.actor, None, till.draft(payments=(till.cash(9000, 10000),)))
    sold = outcome.value
    assert (sold.receipt, sold.total, sold.change) == ("D1-000001", till.money(9000), till.money(1000))
    (made,) = rows(till, sale)
    assert (made.series, made.number, made.total, made.business_day) == ("D1", 1, 9000, date(2027, 1, 4))
    (line,) = rows(till, sale_line)
    assert (line.name, line.credits, line.bonus, line.list_price) == ("10-class pack", 10, 2, 9000)
    (paid,) = rows(till, money_transaction)
    assert (paid.kind, paid.tender, paid.amount, paid.status) == ("payment", "cash", 9000, "succeeded")
    assert (paid.cash_given, paid.cash_change, paid.receipt) == (10000, 1000, "D1-000001")
    (op,) = rows(till, ledger_op)
    assert (op.kind, op.sale_id, op.staff_id) == ("sale", made.id, till.actor.staff_id)
    topics = {one.topic for one in outcome.changes}
    assert topics == {Topic.SALES, Topic.PAYMENTS, Topic.CREDITS}


def test_the_ledger_covers_the_rows_of_the_sale(till: Till) -> None:
    """R7: what ``sell`` hashed is what a check of the books reads."""
    discount = DiscountDraft("other", till.money(1), text="Won the raffle")
    kids = till.on_sale("Kids", 4000, eligible=(till.class_type("Kids"),), validity_kind="never")
    sold = till.take(till.on_sale(), kids, discount=discount)
    with till.office.database.reading() as connection:
        found = chain.subject_hash(subject_rows(connection, sold.sale_id))
    assert rows(till, ledger_op)[0].subject_hash == found


def test_ninety_days_run_to_the_end_of_the_last_day_in_the_studios_zone(till: Till) -> None:
    """C4: the purchase day is day 0, and a change of the clocks moves nothing."""
    till.at(2027, 1, 1, 23, 30)
    assert till.quote().lines[0].last_day == date(2027, 4, 1)
    till.take()
    with till.office.database.reading() as connection:
        ends = set(connection.execute(sa.select(lot_balance.c.expires_at)).scalars())
    assert ends == {datetime(2027, 4, 1, 22, 0, tzinfo=UTC)}


def test_a_pack_that_starts_with_the_first_class_shows_its_latest_days(till: Till) -> None:
    """P1, C4."""
    pack = till.on_sale("Starter", validity_starts="first_class", latest_start_days=30)
    (line,) = till.quote(pack).lines
    assert line.starts_with_first_class
    assert line.first_class_by == date(2027, 2, 3)
    assert line.last_day == date(2027, 5, 4)
    sold = till.take(pack)
    assert sold.lines == (SoldLine(date(2027, 5, 4), starts_with_first_class=True),)
    assert till.card(sold.lot_ids[0]).last_day == date(2027, 5, 4)


def test_a_sale_answers_until_when_each_line_may_be_used(till: Till) -> None:
    """C4: as of the day on which it was made, and of the first class where it settled that one."""
    starter = till.on_sale("Starter", validity_starts="first_class", latest_start_days=30)
    forever = till.on_sale("Forever", validity_kind="never", validity_count=None)
    till.visit(when_short="unpaid")
    till.clock.pass_time(days=1)
    sold = till.take(starter, forever, settle=True)
    assert sold.settled_visits == 1
    assert sold.lines == (SoldLine(date(2027, 4, 5)), SoldLine(None))
    assert till.card(sold.lot_ids[0]).last_day == date(2027, 4, 5)
    till.clock.pass_time(days=1)
    assert till.take(forever, starter).lines == (
        SoldLine(None),
        SoldLine(date(2027, 5, 6), starts_with_first_class=True),
    )


def test_credits_that_never_expire_have_no_last_day(till: Till) -> None:
    """P1."""
    pack = till.on_sale("Forever", validity_kind="never", validity_count=None)
    assert till.quote(pack).lines[0].last_day is None
    assert till.card(till.take(pack).lot_ids[0]).last_day is None


def test_only_the_class_types_of_the_package_may_use_its_credits(till: Till) -> None:
    """P1."""
    yoga = till.do(add_class_type, ClassTypeDraft("Yoga"))
    till.take(till.on_sale("Yoga pack", eligible=(yoga,), bonus=0))
    assert rows(till, credit_lot)[0].eligible == [yoga]


def test_sold_packs_keep_their_terms(till: Till) -> None:
    """P4."""
    line = till.on_sale()
    sold = till.take(line)
    changed = replace(till.see(package_draft, line.package_id), credits=5, price=till.money(100))
    till.do(save_package, line.package_id, changed, 1)
    assert till.usable() == 12
    assert till.line(sold).received == till.money(9000)


def test_terms_that_changed_while_the_dialog_was_open_are_refused(till: Till) -> None:
    """P4."""
    stale = till.draft()
    changed = replace(till.see(package_draft, stale.lines[0].package_id), price=till.money(9900))
    till.do(save_package, stale.lines[0].package_id, changed, 1)
    assert [one.code for one in till.see(quote, stale).problems] == ["sales.terms_changed"]
    assert refused(till.do, sell, stale) == "sales.terms_changed"
    assert rows(till, sale) == []


def test_a_package_that_went_off_sale_is_refused(till: Till) -> None:
    """P2."""
    stale = till.draft()
    till.do(archive_package, stale.lines[0].package_id)
    assert refused(till.do, sell, stale) == "package.not_on_sale"


def test_one_sale_may_hold_several_packages(till: Till) -> None:
    """S2."""
    sold = till.take(till.on_sale(), till.on_sale("Five", 5000, credits=5, bonus=0), till.on_sale())
    assert [lot.credits for lot in rows(till, credit_lot)] == [10, 2, 5, 10, 2]
    assert sold.total == till.money(23000)
    assert till.usable() == 29


# --- Tenders -----------------------------------------------------------------------------------------


def test_split_tenders_add_up_to_the_total(till: Till) -> None:
    """S2."""
    paid = (till.cash(2000, 5000), till.by_card(4000, "A-77"), till.by_transfer(3000))
    assert till.take(payments=paid).change == till.money(3000)
    found = [(one.tender, one.amount, one.reference) for one in rows(till, money_transaction)]
    assert found == [("cash", 2000, ""), ("external_card", 4000, "A-77"), ("bank_transfer", 3000, "")]


@pytest.mark.parametrize("amounts", [(), (8999,), (9001,), (4000, 4000), (9000, 1)])
def test_payments_that_do_not_add_up_are_refused(till: Till, amounts: tuple[int, ...]) -> None:
    """S2."""
    draft = till.draft(payments=tuple(till.cash(one) for one in amounts))
    assert ("payments", "sales.payments_do_not_add_up") in invalid(till.do, sell, draft)


def test_a_sale_that_costs_nothing_has_the_tender_free(till: Till) -> None:
    """P1, S2."""
    gift = till.on_sale("Gift", 0)
    assert till.take(gift).total == till.money(0)
    till.take(gift, payments=(PaymentDraft("free", till.money(0)),))
    assert [(one.tender, one.amount) for one in rows(till, money_transaction)] == [("free", 0)] * 2
    assert till.usable() == 24


def test_a_discount_of_all_makes_a_sale_free(till: Till) -> None:
    """S2."""
    sold = till.take(discount=DiscountDraft("staff", milli_percent=100_000))
    assert sold.total == till.money(0)
    assert rows(till, money_transaction)[0].tender == "free"


def test_bad_payments_are_told_beside_their_fields(till: Till) -> None:
    """S2, A5, S9."""
    cases: dict[PaymentDraft, tuple[str, str]] = {
        PaymentDraft("cheque", till.money(9000)): ("tender", "field.not_a_choice"),
        PaymentDraft("stripe_reader", till.money(9000)): ("tender", "field.not_a_choice"),
        PaymentDraft("cash", till.money(0)): ("amount", "field.too_small"),
        PaymentDraft("cash", till.money(-9000)): ("amount", "field.too_small"),
        PaymentDraft("cash", till.money(10**15 + 1)): ("amount", "field.too_large"),
        PaymentDraft("cash", Money(9000, "EUR")): ("amount", "sales.other_currency"),
        PaymentDraft("cash", till.money(9000), "", till.money(8999)): ("cash_given", "sales.cash_too_little"),
        PaymentDraft("bank_transfer", till.money(9000), "", till.money(9000)): (
            "cash_given",
            "sales.not_cash",
        ),
        PaymentDraft("external_card", till.money(9000)): ("reference", "sales.reference_missing"),
        PaymentDraft("external_card", till.money(9000), "   "): ("reference", "sales.reference_missing"),
        PaymentDraft("external_card", till.money(9000), "4242 4242 4242 4242"): (
            "reference",
            "field.card_number",
        ),
        PaymentDraft("bank_transfer", till.money(9000), "x" * 65): ("reference", "field.too_long"),
        PaymentDraft("free", till.money(9000)): ("amount", "sales.free_costs_nothing"),
        PaymentDraft("free", till.money(0)): ("tender", "sales.not_free"),
    }
    for payment, (field, code) in cases.items():
        draft = till.draft(payments=(payment,))
        assert (f"payments.0.{field}", code) in invalid(till.do, sell, draft), payment
    assert rows(till, sale) == []


def test_free_cannot_stand_beside_money(till: Till) -> None:
    """S2."""
    draft = till.draft(payments=(till.cash(9000), PaymentDraft("free", till.money(0))))
    assert ("payments.1.tender", "sales.not_free") in invalid(till.do, sell, draft)
    gift = till.draft(till.on_sale("Gift", 0), payments=(till.cash(1),))
    assert ("payments.0.tender", "sales.nothing_to_pay") in invalid(till.do, sell, gift)


# --- Discounts and tax -------------------------------------------------------------------------------


def test_a_discount_is_split_over_the_lines_by_the_largest_remainder(till: Till) -> None:
    """S5: 10.00 over 90.00, 50.00 and 40.00."""
    lines = (till.on_sale(), till.on_sale("Five", 5000), till.on_sale("Four", 4000))
    sold = till.take(*lines, discount=LOYAL)
    assert sold.total == till.money(17000)
    assert [one.discount for one in rows(till, sale_line)] == [500, 278, 222]
    (made,) = rows(till, sale)
    assert (made.subtotal, made.discount, made.discount_code) == (18000, 1000, "loyalty")


def test_a_discount_by_percent_is_rounded_half_up(till: Till) -> None:
    """S2: 12.5 % of 0.36 is 0.045."""
    quoted = till.quote(till.on_sale("Mini", 36), discount=DiscountDraft("concession", None, 12_500))
    assert (quoted.discount, quoted.total) == (till.money(5), till.money(31))


def test_a_discounts_reason_is_kept_outside_the_ledger(till: Till) -> None:
    """S2."""
    discount = DiscountDraft("other", till.money(100), text="  Broken   heater ")
    till.take(discount=discount)
    assert till.see(lambda reading: _discount_text(reading)) == "Broken heater"


def _discount_text(reading: Reading) -> str | None:
    query = sa.text("SELECT n.text FROM note n JOIN sale s ON s.discount_note_id = n.id")
    found: str | None = reading.connection.execute(query).scalar()
    return found


def test_bad_discounts_are_told_beside_their_fields(till: Till) -> None:
    """S2."""
    cases: dict[DiscountDraft, tuple[str, str]] = {
        DiscountDraft("loyalty"): ("amount", "field.required"),
        DiscountDraft("loyalty", till.money(0)): ("amount", "field.too_small"),
        DiscountDraft("loyalty", till.money(-1)): ("amount", "field.too_small"),
        DiscountDraft("loyalty", None, 0): ("milli_percent", "field.too_small"),
        DiscountDraft("loyalty", None, 100_001): ("milli_percent", "field.too_large"),
        DiscountDraft("loyalty", till.money(1), 1): ("amount", "sales.discount_twice"),
        DiscountDraft("", till.money(1)): ("reason_code", "sales.reason_missing"),
        DiscountDraft("because", till.money(1)): ("reason_code", "field.not_a_choice"),
        DiscountDraft("other", till.money(1)): ("text", "field.required"),
        DiscountDraft("loyalty", till.money(1), text="4242424242424242"): ("text", "field.card_number"),
        DiscountDraft("loyalty", Money(1, "EUR")): ("amount", "sales.other_currency"),
        DiscountDraft("loyalty", till.money(9001)): ("amount", "sales.discount_too_large"),
    }
    draft = till.draft()
    for discount, (field, code) in cases.items():
        assert (f"discount.{field}", code) in invalid(till.do, sell, replace(draft, discount=discount)), (
            discount
        )


def test_a_sale_that_is_free_already_takes_no_discount(till: Till) -> None:
    """S2."""
    draft = till.draft(till.on_sale("Gift", 0))
    wrong = invalid(till.do, sell, replace(draft, discount=LOYAL))
    assert wrong == {("discount.amount", "sales.discount_on_free")}
    tiny = till.draft(till.on_sale("Cent", 1), payments=(till.cash(1),))
    less = DiscountDraft("loyalty", None, 1_000)
    assert invalid(till.do, sell, replace(tiny, discount=less)) == {
        ("discount.milli_percent", "sales.discount_too_small")
    }


def test_a_tax_that_prices_include_is_told_and_changes_nothing(till: Till) -> None:
    """S2: 19 % inside 90.00 is 14.37."""
    till.do(change_tax, TaxDraft("VAT", 19_000, True))
    sold = till.take(till.on_sale("Taxed", tax_milli_percent=19_000))
    assert sold.total == till.money(9000)
    (line,) = rows(till, sale_line)
    assert (line.tax, line.tax_on_top, line.tax_milli_percent) == (1437, False, 19_000)
    assert rows(till, sale)[0].tax_name == "VAT"


def test_a_tax_on_top_is_added_line_by_line_after_the_discount(till: Till) -> None:
    """S2: 8.875 % on 85.00 and on 40.00 less its share of the discount."""
    till.do(change_tax, TaxDraft("Sales tax", 8_875, False))
    lines = (
        till.on_sale("Taxed", 9000, tax_milli_percent=8_875),
        till.on_sale("Other", 4500, tax_milli_percent=8_875),
        till.on_sale("Untaxed", 4500),
    )
    quoted = till.quote(*lines, discount=LOYAL)
    assert [one.tax.amount for one in quoted.lines] == [754, 377, 0]
    assert quoted.tax_on_top and quoted.tax == till.money(1131)
    assert quoted.total == till.money(18000 - 1000 + 1131)
    assert till.take(*lines, discount=LOYAL).total == quoted.total


def test_a_later_change_of_the_tax_leaves_old_sales_alone(till: Till) -> None:
    """S2: the tax is a snapshot."""
    till.do(change_tax, TaxDraft("VAT", 19_000, True))
    sold = till.take(till.on_sale("Taxed", tax_milli_percent=19_000))
    till.do(change_tax, TaxDraft("New", 25_000, False))
    assert till.refund_view(sold).total == till.money(9000)
    assert rows(till, sale)[0].tax_name == "VAT"


@pytest.mark.parametrize(("code", "price", "tax"), [("JPY", 9001, 818), ("KWD", 90_005, 8182)])
def test_currencies_without_and_with_three_decimals(
    office: Office, clock: SetClock, code: str, price: int, tax: int
) -> None:
    """S9: whole minor units everywhere."""
    till = Till(office, build_studio(office, currency=code), clock, code)
    pack = till.on_sale("Pack", price, tax_milli_percent=10_000)
    sold = till.take(pack, payments=(till.cash(price, price + 7),))
    assert (sold.total, sold.change) == (Money(price, code), Money(7, code))
    assert rows(till, sale_line)[0].tax == tax
    till.visit(5)
    assert till.line(sold).suggested == Money((price + 1) // 2, code)


# --- Limits, clients, settling -----------------------------------------------------------------------


def test_a_limit_per_client_holds(till: Till) -> None:
    """P1."""
    intro = till.on_sale("Intro", 1000, per_client_limit=1)
    twice = till.draft(intro, intro, payments=(till.cash(2000),))
    assert refused(till.do, sell, twice) == "package.limit_reached"
    till.take(intro)
    again = till.draft(intro)
    assert [one.code for one in till.see(quote, again).problems] == ["package.limit_reached"]
    assert refused(till.do, sell, again) == "package.limit_reached"
    till.take(intro, client_id=till.client("Noah"))


def test_a_limit_counts_merged_clients_once(till: Till) -> None:
    """D4."""
    intro = till.on_sale("Intro", 1000, per_client_limit=1)
    other = till.client("Mira O.")
    till.take(intro, client_id=other)
    till.do(merge_clients, other, till.mira)
    assert refused(till.do, sell, till.draft(intro)) == "package.limit_reached"


def test_what_was_taken_back_unused_does_not_count_against_a_limit(till: Till) -> None:
    """P1."""
    intro = till.on_sale("Intro", 1000, per_client_limit=1)
    till.void(till.take(intro))
    till.refund(till.take(intro))
    sold = till.take(intro)
    till.visit()
    till.refund(sold)
    assert refused(till.do, sell, till.draft(intro)) == "package.limit_reached"


def test_a_sale_to_a_merged_client_goes_to_who_they_are_now(till: Till) -> None:
    """D4."""
    other = till.client("Mira O.")
    till.do(merge_clients, other, till.mira)
    assert till.take(client_id=other).client_id == till.mira


def test_nobody_sells_to_an_archived_or_unknown_client(till: Till) -> None:
    """D1."""
    draft = till.draft()
    till.do(archive_client, till.mira)
    assert refused(till.do, sell, draft) == "sales.client_archived"
    assert refused(till.do, sell, replace(draft, client_id=999)) == "client.unknown"


def test_new_credits_pay_unpaid_visits_the_oldest_first(till: Till) -> None:
    """C12."""
    for _ in range(3):
        till.visit(when_short="unpaid")
        till.clock.pass_time(hours=1)
    two = till.on_sale("Two", 2000, credits=2, bonus=0)
    quoted = till.quote(two)
    assert (quoted.unpaid_visits, quoted.unpaid_credits) == (3, 3)
    assert till.take(two, settle=True).settled_visits == 2
    assert till.usable() == 0
    assert till.quote(two).unpaid_visits == 1


def test_unpaid_visits_wait_where_nobody_asks_to_settle_them(till: Till) -> None:
    """C12."""
    till.visit(when_short="unpaid")
    assert till.take().settled_visits == 0
    assert till.usable() == 12


def test_what_is_missing_is_told_at_once(till: Till) -> None:
    """S2."""
    assert invalid(till.do, sell, SaleDraft()) == {
        ("client_id", "field.required"),
        ("lines", "sales.no_package"),
    }
    line = till.on_sale()
    assert ("lines", "sales.too_many_lines") in invalid(till.do, sell, SaleDraft(till.mira, (line,) * 21))
    unknown = till.draft(payments=(till.cash(1),))
    for wrong in (SaleLineDraft(line.package_id, 999), SaleLineDraft(999, line.version_id)):
        assert refused(till.do, sell, replace(unknown, lines=(wrong,))) == "package.unknown"


def test_a_quote_says_what_is_still_due(till: Till) -> None:
    """C4."""
    quoted = till.quote(payments=(till.by_card(4000), till.cash(2000, 2500)))
    assert (quoted.due, quoted.change) == (till.money(3000), till.money(500))
    assert (quoted.credits, quoted.bonus) == (10, 2)


# --- Numbers and commands ----------------------------------------------------------------------------


def test_one_command_sells_once(till: Till) -> None:
    """S1."""
    draft, command = till.draft(), uuid4()
    first = till.office.write(sell, till.actor, command, draft)
    second = till.office.write(sell, till.actor, command, draft)
    assert second.replayed and second.value == first.value
    assert till.usable() == 12
    other = replace(draft, payments=(till.by_card(9000),))
    with pytest.raises(CommandReused):
        till.office.write(sell, till.actor, command, other)


def test_refused_sales_leave_no_gap_in_the_numbers(till: Till) -> None:
    """S1."""
    assert till.take().receipt == "D1-000001"
    stranger = replace(till.actor, staff_id=999)
    with pytest.raises(Refused):
        till.office.write(sell, stranger, None, till.draft())
    assert till.take().receipt == "D1-000002"
    with till.office.database.reading() as connection:
        counted = connection.execute(
            sa.select(receipt_series.c.last_number).order_by(receipt_series.c.series)
        )
        assert list(counted.scalars()) == [2, 0]


def test_each_desk_has_a_series_of_its_own(till: Till) -> None:
    """S1."""
    till.take()
    bar = Actor(till.actor.staff_id, till.do(add_desk, DeskDraft("Bar", "BAR")))
    assert till.office.write(sell, bar, None, till.draft()).value.receipt == "BAR-000001"
    assert till.take().receipt == "D1-000002"


def test_a_sale_after_midnight_belongs_to_the_business_day_before(till: Till) -> None:
    """D8, R12: but its credits count from the calendar day."""
    with till.office.database.writing() as connection:
        connection.execute(sa.text("UPDATE studio SET day_starts_hour = 4"))
    till.at(2027, 1, 5, 3)
    till.take()
    assert rows(till, sale)[0].business_day == date(2027, 1, 4)
    assert till.quote().lines[0].last_day == date(2027, 4, 5)
