"""Purchases on Payment Links become sales: of the right version, client, day and amount, and each once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.client import client
from frontdesk.models.ledger import credit_lot, lot_term
from frontdesk.models.money import Money
from frontdesk.models.sale import decision, money_transaction, sale, sale_line
from frontdesk.models.sync import stripe_customer, stripe_object, stripe_transaction
from frontdesk.services.clients import archive_client
from frontdesk.services.decisions import open_decisions
from frontdesk.services.merging import merge_clients, undo_merge
from frontdesk.services.packages import save_package
from frontdesk.services.stripe import online_sales
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.backfill import apply_page
from frontdesk.services.unit_of_work import UnitOfWork
from tests.builders import MORNING, PACK
from tests.services.stripe.studio import ConnectedStudio, OnlinePackage

Bodies = Sequence[dict[str, Any]]
Take = Callable[[ConnectedStudio, Bodies], None]
#: Nine in the evening in Berlin on 2 January, two days before the tests' clock.
PAID_AT = datetime(2027, 1, 2, 20, 0, tzinfo=UTC)


def one_by_one(studio: ConnectedStudio, bodies: Bodies) -> None:
    """As events tell of them."""
    for body in bodies:
        studio.sync(_apply, body)


def page_by_page(studio: ConnectedStudio, bodies: Bodies) -> None:
    """As a sweep lists them."""
    studio.sync(_apply_page, list(bodies))


def _apply(work: UnitOfWork, body: dict[str, Any]) -> None:
    apply_object(work, body, PAID_AT)


def _apply_page(work: UnitOfWork, bodies: list[dict[str, Any]]) -> int:
    return apply_page(work, bodies, PAID_AT).set_aside


@pytest.fixture(params=[one_by_one, page_by_page])
def take(request: pytest.FixtureRequest) -> Take:
    """Both ways on which purchases come in."""
    way: Take = request.param
    return way


def purchase(package: OnlinePackage, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A paid session of the package's link, as Stripe shows it with its payment expanded."""
    buyer = {
        "email": changes.pop("email", "bea@example.org"), "name": changes.pop("name", "Bea Buyer"),
        "phone": changes.pop("phone", None),
    }  # fmt: skip
    paid = int(changes.pop("paid_at", PAID_AT).timestamp())
    charge = {"id": f"ch_{number}", "object": "charge", "created": paid, "payment_intent": f"pi_{number}"}
    intent = {
        "id": f"pi_{number}", "object": "payment_intent", "created": paid - 60, "status": "succeeded",
        "latest_charge": charge, "metadata": {},
    }  # fmt: skip
    ids = {"package_id": str(package.package_id), "version_id": str(package.version_id)}
    return {
        "id": f"cs_{number}", "object": "checkout.session", "created": paid - 600, "status": "complete",
        "payment_status": "paid", "amount_total": 9000, "currency": "usd", "metadata": ids,
        "payment_link": package.link_id, "payment_intent": intent, "customer": None,
        "customer_details": buyer, "client_reference_id": None, **changes,
    }  # fmt: skip


def buyers(studio: ConnectedStudio) -> list[int]:
    """The client of each sale, in the order of the receipts."""
    return [row.client_id for row in studio.rows(sale)]


def kinds_of_tasks(studio: ConnectedStudio) -> list[str]:
    """The tasks that wait."""
    return [row.kind for row in studio.rows(decision)]


def test_a_purchase_is_a_sale_of_that_day_with_its_credits(studio: ConnectedStudio, take: Take) -> None:
    """Y2: dated when Stripe was paid, in the series Online, its last day counted from then (C4)."""
    package = studio.online_package()
    take(studio, [purchase(package)])
    (sold,), (line,), (payment,) = (studio.rows(one) for one in (sale, sale_line, money_transaction))
    assert (sold.series, sold.number, sold.sold_at) == ("Online", 1, PAID_AT)
    assert str(sold.business_day) == "2027-01-02"
    assert (line.package_version_id, line.total, line.credits, line.bonus) == (
        package.version_id,
        9000,
        10,
        2,
    )
    assert (payment.tender, payment.amount, payment.reference) == ("stripe_checkout", 9000, "pi_1")
    assert (payment.staff_id, payment.desk_id) == (studio.online.staff_id, studio.online.desk_id)
    assert [row.stripe_id for row in studio.rows(stripe_transaction)] == ["pi_1"]
    assert [(lot.kind, lot.credits) for lot in studio.rows(credit_lot)] == [("purchased", 10), ("bonus", 2)]
    assert {term.expires_at for term in studio.rows(lot_term)} == {datetime(2027, 4, 2, 22, 0, tzinfo=UTC)}
    (buyer,) = studio.rows(client)
    assert (buyer.name, buyer.email, buyer.source) == ("Bea Buyer", "bea@example.org", "stripe")


def test_told_again_and_out_of_order_it_stays_one_sale(studio: ConnectedStudio, take: Take) -> None:
    """Y3: applied twice or in any order, the books come out the same."""
    bought = purchase(studio.online_package())
    unpaid = {**bought, "status": "open", "payment_status": "unpaid", "payment_intent": None}
    for bodies in ([bought], [bought, bought], [unpaid], [bought]):
        take(studio, bodies)
    assert len(studio.rows(sale)) == len(studio.rows(client)) == 1


def test_what_was_bought_are_the_terms_of_that_version(studio: ConnectedStudio, take: Take) -> None:
    """P4, Y1: a session opened before the package changed sells what it showed."""
    package = studio.online_package()
    bought = purchase(package)
    changed = replace(PACK, online=True, credits=20, price=Money(15000, "USD"))
    studio.do(save_package, package.package_id, changed, 1)
    take(studio, [bought])
    assert [(row.credits, row.list_price) for row in studio.rows(sale_line)] == [(10, 9000)]


@pytest.mark.parametrize("known_by", ["link", "price"])
def test_without_our_words_the_link_or_the_price_tells_what_it_was(
    studio: ConnectedStudio, take: Take, known_by: str
) -> None:
    package = studio.online_package()
    bought = purchase(package, metadata={})
    if known_by == "price":
        line = {"price": {"id": package.price_id}, "quantity": 1}
        bought = {**bought, "payment_link": None, "line_items": {"data": [line]}}
    take(studio, [bought])
    assert [row.package_version_id for row in studio.rows(sale_line)] == [package.version_id]


def test_a_payment_that_is_not_of_these_books_is_only_kept(studio: ConnectedStudio, take: Take) -> None:
    """Y2: a web shop may share the account."""
    package = studio.online_package()
    foreign = purchase(package, metadata={"order": "77"}, payment_link=None)
    other_books = purchase(
        package, 2, metadata={"package_id": "77", "version_id": "1"}, payment_link="plink_x"
    )
    take(studio, [foreign, other_books])
    assert not studio.rows(sale) and not studio.rows(client)
    kinds = sorted(row.kind for row in studio.rows(stripe_object))
    assert kinds == ["charge"] * 2 + ["checkout.session"] * 2 + ["payment_intent"] * 2


@pytest.mark.parametrize("status", [("open", "unpaid"), ("complete", "unpaid"), ("expired", "unpaid")])
def test_what_is_not_paid_is_no_sale(studio: ConnectedStudio, take: Take, status: tuple[str, str]) -> None:
    """A delayed method completes a session days before its money comes, or never."""
    bought = purchase(studio.online_package(), status=status[0], payment_status=status[1])
    take(studio, [bought])
    assert not studio.rows(sale)


def test_the_amount_received_counts_whatever_the_price_says(studio: ConnectedStudio, take: Take) -> None:
    """Y2: a promotion code at Stripe takes something off."""
    take(studio, [purchase(studio.online_package(), amount_total=4500)])
    (sold,), (payment,) = studio.rows(sale), studio.rows(money_transaction)
    assert (sold.total, payment.amount) == (4500, 4500)


def test_what_cost_nothing_is_a_sale_without_money(studio: ConnectedStudio, take: Take) -> None:
    bought = purchase(
        studio.online_package(), amount_total=0, payment_status="no_payment_required", payment_intent=None
    )
    take(studio, [bought, bought])
    (payment,) = studio.rows(money_transaction)
    assert (payment.tender, payment.amount) == ("stripe_checkout", 0)


def test_a_purchase_in_another_currency_is_set_aside_with_its_cause(studio: ConnectedStudio) -> None:
    """S9: and the purchases beside it are made."""
    package = studio.online_package()
    with pytest.raises(Refused, match=r"sync\.other_currency"):
        studio.sync(_apply, purchase(package, currency="eur"))
    assert studio.sync(_apply_page, [purchase(package, 2), purchase(package, currency="eur")]) == 1
    assert [row.stripe_id for row in studio.rows(stripe_transaction)] == ["pi_2"]


@pytest.mark.parametrize("named", [True, False])
def test_one_package_bought_twice_at_once_is_set_aside(studio: ConnectedStudio, named: bool) -> None:
    """Y2: on a link that lets the buyer choose how many; one pack is not sold at the price of two."""
    package = studio.online_package()
    line = {"price": {"id": package.price_id}, "quantity": 2}
    bought = purchase(package, amount_total=18000, line_items={"data": [line]})
    if not named:
        bought["metadata"] = {}
    with pytest.raises(Refused, match=r"sync\.several_packages"):
        studio.sync(_apply, bought)
    assert studio.sync(_apply_page, [purchase(package, 2), bought]) == 1
    assert [row.stripe_id for row in studio.rows(stripe_transaction)] == ["pi_2"]


def test_several_packages_in_one_purchase_are_set_aside(studio: ConnectedStudio) -> None:
    package = studio.online_package()
    line = {"price": {"id": package.price_id}, "quantity": 2}
    bought = purchase(package, metadata={}, payment_link=None, line_items={"data": [line]})
    with pytest.raises(Refused, match=r"sync\.several_packages"):
        studio.sync(_apply, bought)


class TestWhoBought:
    """Y2: Stripe's customer, a reference, the e-mail, else a new card."""

    def test_the_email_names_the_client_whatever_its_case(self, studio: ConnectedStudio, take: Take) -> None:
        mira = studio.client(email="Mira@Example.org")
        take(studio, [purchase(studio.online_package(), email="mira@example.ORG", name="M. Okafor")])
        assert buyers(studio) == [mira]

    def test_the_customer_is_remembered_when_the_address_changes(
        self, studio: ConnectedStudio, take: Take
    ) -> None:
        package = studio.online_package()
        take(studio, [purchase(package, customer="cus_1")])
        take(studio, [purchase(package, 2, customer="cus_1", email="new@example.org", name="B. Newname")])
        assert len(set(buyers(studio))) == 1
        assert [row.id for row in studio.rows(stripe_customer)] == ["cus_1"]

    @pytest.mark.parametrize("by", ["code", "id"])
    def test_a_reference_goes_before_the_email(self, studio: ConnectedStudio, take: Take, by: str) -> None:
        mira = studio.client(member_code="MIRA77")
        studio.client("Bea Buyer", email="bea@example.org")
        reference = "mira77" if by == "code" else f"client-{mira}"
        take(studio, [purchase(studio.online_package(), client_reference_id=reference)])
        assert buyers(studio) == [mira]

    def test_a_reference_that_names_nobody_is_left_aside(self, studio: ConnectedStudio, take: Take) -> None:
        bea = studio.client("Bea", email="bea@example.org")
        take(studio, [purchase(studio.online_package(), client_reference_id="client-999999")])
        assert buyers(studio) == [bea]

    def test_of_several_with_one_email_the_name_decides(self, studio: ConnectedStudio, take: Take) -> None:
        studio.client("Ada Buyer", email="bea@example.org")
        bea = studio.client("Béa Buyer", email="bea@example.org")
        take(studio, [purchase(studio.online_package())])
        assert (buyers(studio), kinds_of_tasks(studio)) == ([bea], [])

    def test_where_it_cannot_be_told_a_person_is_asked(self, studio: ConnectedStudio, take: Take) -> None:
        ada = studio.client("Ada", email="bea@example.org")
        ben = studio.client("Ben", email="bea@example.org")
        take(studio, [purchase(studio.online_package())])
        (new,) = buyers(studio)
        assert new not in (ada, ben)
        (task,) = studio.rows(decision)
        assert (task.kind, task.client_id, task.facts["others"]) == ("client_unsure", new, [ada, ben])
        (shown,) = studio.office.read(open_decisions)
        assert (shown.amount.amount, shown.credits) == (9000, 12), "what was bought, with its bonus"
        assert [one.name for one in shown.others] == ["Ada", "Ben"]
        assert shown.stripe_page == f"payments/{studio.rows(money_transaction)[0].reference}"

    def test_merging_answers_whose_it_was_and_parting_asks_again(
        self, studio: ConnectedStudio, take: Take
    ) -> None:
        """D4: a card that has nothing to do with it answers nothing."""
        ada = studio.client("Ada", email="bea@example.org")
        ben = studio.client("Ben", email="bea@example.org")
        mira = studio.client("Mira", email="mira@example.org")
        take(studio, [purchase(studio.online_package())])
        (new,) = buyers(studio)
        studio.do(merge_clients, mira, new)
        (before,) = studio.office.read(open_decisions)
        merged = studio.do(merge_clients, new, ben)
        assert not studio.office.read(open_decisions)
        assert studio.rows(decision)[0].outcome == "cards_merged"
        studio.do(undo_merge, merged.merge_id)
        (again,) = studio.office.read(open_decisions)
        assert replace(again, id=0) == replace(before, id=0)
        studio.do(merge_clients, ada, ben)
        (again,) = studio.office.read(open_decisions)
        assert [one.name for one in again.others] == ["Ben"], "two of them are one by now"

    def test_merged_cards_are_one_person(self, studio: ConnectedStudio, take: Take) -> None:
        """D4: also where Stripe's customer was noted for the other card."""
        package = studio.online_package()
        take(studio, [purchase(package, customer="cus_1")])
        mira = studio.client(email="mira@example.org")
        studio.do(merge_clients, buyers(studio)[0], mira)
        take(studio, [purchase(package, 2, customer="cus_1"), purchase(package, 3, email="bea@example.org")])
        assert buyers(studio)[1:] == [mira, mira]

    def test_one_new_buyer_gets_one_card(self, studio: ConnectedStudio, take: Take) -> None:
        package = studio.online_package()
        take(studio, [purchase(package), purchase(package, 2, customer="cus_1"), purchase(package, 3)])
        assert len(set(buyers(studio))) == 1

    def test_somebody_of_whom_nothing_is_told_gets_a_card(self, studio: ConnectedStudio, take: Take) -> None:
        package = studio.online_package()
        nobody: dict[str, Any] = {"customer_details": None}
        take(studio, [purchase(package, **nobody), purchase(package, 2, **nobody)])
        assert [row.name for row in studio.rows(client)] == ["Online buyer"] * 2

    def test_no_card_number_comes_in_as_a_name(self, studio: ConnectedStudio, take: Take) -> None:
        """A5: what a buyer typed into the wrong field stays at Stripe."""
        take(studio, [purchase(studio.online_package(), name="4242 4242 4242 4242")])
        assert [row.name for row in studio.rows(client)] == ["Online buyer"]

    def test_a_card_on_the_list_goes_before_an_archived_one(
        self, studio: ConnectedStudio, take: Take
    ) -> None:
        old = studio.client("Bea Old", email="bea@example.org")
        studio.do(archive_client, old)
        package = studio.online_package()
        take(studio, [purchase(package)])
        assert (buyers(studio), kinds_of_tasks(studio)) == ([old], ["client_gone"])
        new = studio.client("Bea New", email="bea@example.org")
        take(studio, [purchase(package, 2)])
        assert buyers(studio)[-1] == new


def test_beyond_the_limit_the_sale_stands_and_a_person_is_asked(studio: ConnectedStudio, take: Take) -> None:
    """Y2, P1: Stripe knows no limit per client."""
    package = studio.online_package(per_client_limit=1)
    take(studio, [purchase(package), purchase(package, 2)])
    take(studio, [purchase(package, 3)])
    assert len(studio.rows(sale)) == 3
    tasks = studio.rows(decision)
    assert [row.kind for row in tasks] == ["limit_broken"] * 2
    assert [row.sale_id for row in tasks] == [row.id for row in studio.rows(sale)][1:]


def test_a_page_of_years_keeps_every_chain_in_order(studio: ConnectedStudio) -> None:
    """The books hold after it, with many sales of one client in one go; the fixture proves them (L2)."""
    package = studio.online_package(validity_count=30)
    bodies = [
        purchase(
            package, number, email=f"buyer{number % 7}@example.org", name=f"Buyer {number % 7}",
            paid_at=MORNING - timedelta(days=400 - number),
        )
        for number in range(1, 60)
    ]  # fmt: skip
    assert studio.sync(_apply_page, bodies) == 0
    assert studio.sync(_apply_page, bodies[30:]) == 0
    assert [row.number for row in studio.rows(sale)] == list(range(1, 60))
    assert len(studio.rows(client)) == 7


def test_a_page_and_single_purchases_write_the_same_rows(studio: ConnectedStudio) -> None:
    package = studio.online_package(tax_milli_percent=19_000)
    one_by_one(studio, [purchase(package, amount_total=8000)])
    page_by_page(studio, [purchase(package, 2, amount_total=8000)])
    for table in (sale, sale_line, money_transaction, credit_lot):
        rows = [dict(row._mapping) for row in studio.rows(table)]
        half = len(rows) // 2
        but = {
            "id",
            "command_id",
            "number",
            "receipt",
            "reference",
            "sale_id",
            "sale_line_id",
            "op_id",
            "parent_lot_id",
        }
        assert [_without(row, but) for row in rows[:half]] == [_without(row, but) for row in rows[half:]]


def _without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def test_a_retried_sale_has_the_id_that_its_session_gives_it(studio: ConnectedStudio) -> None:
    """L1: even without the note which payment it was, the books refuse it a second time."""
    package = studio.online_package()
    studio.sync(_apply, purchase(package))
    with pytest.raises(Refused, match=r"books\.refused"):
        studio.sync(_apply, {**purchase(package), "payment_intent": "pi_other"})


def test_reading_a_purchase_writes_nothing(studio: ConnectedStudio) -> None:
    found = studio.see(online_sales.purchase_of, purchase(studio.online_package()))
    assert (found.total, found.paid_by, found.paid_at) == (9000, "pi_1", PAID_AT)
    assert not studio.see(_count)


def _count(reading: Any) -> int:
    return int(reading.connection.execute(sa.select(sa.func.count()).select_from(sale)).scalar_one())
