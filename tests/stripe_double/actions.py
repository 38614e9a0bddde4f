"""What happens outside the program: buyers pay, somebody uses the dashboard, banks answer."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.stripe_double import catalogue, checkout, money, payments, payouts, refunding, shapes, terminal
from tests.stripe_double.account import Account
from tests.stripe_double.history import History, Offer
from tests.stripe_double.types import Obj

_CLASSES = (("Single class", 1800), ("5 classes", 8000), ("10 classes", 15000))


class Actions:
    """Buyers, the dashboard and the banks of one account in one mode. Objects come back as they are."""

    def __init__(self, account: Account, lock: threading.RLock) -> None:
        self.account = account
        self._lock = lock

    # --- Buyers ----------------------------------------------------------------------------------

    def pay_session(
        self,
        session_id: str,
        method: str = "card",
        delayed: bool = False,
        email: str = "buyer@example.com",
        name: str = "Bea Buyer",
        phone: str | None = None,
    ) -> Obj:
        """The buyer submits an open session; `method` is card, mastercard, sepa_debit or declined."""
        with self._lock:
            buyer = {"email": email, "name": name, "phone": phone}
            return checkout.pay(self.account, session_id, method, delayed, buyer)

    def pay_link(
        self,
        link_id: str,
        email: str = "buyer@example.com",
        name: str = "Bea Buyer",
        method: str = "card",
        delayed: bool = False,
        reference: str | None = None,
        phone: str | None = None,
    ) -> Obj:
        """A buyer opens a payment link and submits. Returns the session."""
        with self._lock:
            session = checkout.open_link(self.account, link_id, reference, None)
            return self.pay_session(session["id"], method, delayed, email, name, phone)

    def open_link(self, link_id: str, reference: str | None = None) -> Obj:
        """A buyer opens a payment link and does not submit yet. Returns the session."""
        with self._lock:
            return checkout.open_link(self.account, link_id, reference, None)

    def settle_async(self, session_id: str, ok: bool = True) -> Obj:
        """The bank answers to a payment that took days."""
        with self._lock:
            return checkout.settle(self.account, session_id, ok)

    def expire_session(self, session_id: str) -> Obj:
        """The time of an open session is over."""
        with self._lock:
            return checkout.expire(self.account, session_id)

    def charge(
        self, amount: int, currency: str = "usd", metadata: dict[str, str] | None = None, method: str = "card"
    ) -> Obj:
        """A payment that somebody else's program takes. Returns the charge."""
        with self._lock:
            intent = payments.make_intent(self.account, amount, currency, metadata=metadata or {})
            return payments.succeed(self.account, intent["id"], payments.details_of(method))

    def pay_intent(self, intent_id: str, ok: bool = True) -> Obj:
        """A payment intent is paid, or declined, by somebody else's page. Returns the charge."""
        with self._lock:
            details = payments.details_of("card")
            if ok:
                return payments.succeed(self.account, intent_id, details)
            return payments.decline(self.account, intent_id, details, "generic_decline")

    # --- Readers ---------------------------------------------------------------------------------

    @property
    def readers(self) -> terminal.ReaderScript:
        """What readers do: registration codes, dead readers, commands that time out."""
        return terminal.script_of(self.account)

    def tap_card(self, reader_id: str, decline: str | None = None) -> Obj:
        """A card is held to a reader. Returns the reader."""
        with self._lock:
            return terminal.tap(self.account, reader_id, decline)

    def set_reader(self, reader_id: str, status: str) -> Obj:
        """A reader goes `offline` or `online`."""
        with self._lock:
            return self.account.readers.update(reader_id, status=status)

    # --- The dashboard ---------------------------------------------------------------------------

    def refund_in_dashboard(self, charge_or_intent: str, amount: int | None = None, **fields: Any) -> Obj:
        """A refund that carries no word of ours. Raises StripeError as the endpoint would."""
        with self._lock:
            charge = self.account.charges.get(refunding.charge_of(self.account, charge_or_intent))
            wanted = refunding.check(self.account, charge, amount)
            return refunding.refund(self.account, charge["id"], wanted, **fields)

    def edit_product_in_dashboard(self, product_id: str, **changes: Any) -> Obj:
        """Changes fields of a product, such as name, description, active or default_price."""
        with self._lock:
            return catalogue.change_product(self.account, product_id, changes)

    def edit_price_in_dashboard(self, price_id: str, **changes: Any) -> Obj:
        """Changes fields of a price, such as nickname, active or metadata."""
        with self._lock:
            price = self.account.prices.get(price_id)
            previous = {name: price[name] for name in changes}
            self.account.prices.update(price_id, **changes)
            self.account.emit("price.updated", price, previous)
            return price

    def deactivate_link(self, link_id: str) -> Obj:
        """Switches a payment link off."""
        with self._lock:
            return catalogue.change_link(self.account, link_id, {"active": False})

    def edit_link_in_dashboard(self, link_id: str, **changes: Any) -> Obj:
        """Changes fields of a payment link."""
        with self._lock:
            return catalogue.change_link(self.account, link_id, changes)

    def sell_in_dashboard(self, name: str, amount: int, currency: str = "usd") -> tuple[Obj, Obj]:
        """Makes a product with its default price. Returns both."""
        with self._lock:
            account = self.account
            product = catalogue.make_product(account, {"name": name})
            price = shapes.price(account, account.new_id("price_1"), product["id"], amount, currency)
            account.prices.add(price)
            account.emit("price.created", price)
            account.products.update(product["id"], default_price=price["id"])
            return product, price

    # --- Banks -----------------------------------------------------------------------------------

    def advance_refund(self, refund_id: str) -> Obj:
        """A refund that is pending, or waits for the buyer, succeeds."""
        with self._lock:
            return refunding.advance(self.account, refund_id)

    def fail_refund(self, refund_id: str, reason: str = "lost_or_stolen_card") -> Obj:
        """A refund comes back, even after it succeeded."""
        with self._lock:
            return refunding.fail(self.account, refund_id, reason)

    def open_dispute(
        self,
        charge_id: str,
        amount: int | None = None,
        reason: str = "fraudulent",
        status: str = "needs_response",
    ) -> Obj:
        """The buyer complains; a status that begins with `warning_` takes no money yet."""
        with self._lock:
            return refunding.open_dispute(self.account, charge_id, amount, reason, status)

    def close_dispute(self, dispute_id: str, status: str) -> Obj:
        """The bank decides: won, lost, prevented or warning_closed."""
        with self._lock:
            return refunding.close_dispute(self.account, dispute_id, status)

    def make_payout(
        self,
        status: str = "paid",
        reconciled: bool = True,
        currency: str | None = None,
        most: int | None = None,
    ) -> Obj:
        """Everything that is not paid out yet goes to the bank; `most` limits the balance transactions."""
        with self._lock:
            return payouts.automatic(
                self.account, currency or self.account.currency, status, reconciled, most
            )

    def reconcile_payout(self, payout_id: str) -> Obj:
        """Stripe has worked out what is in a payout."""
        with self._lock:
            return payouts.reconcile(self.account, payout_id)

    def fail_payout(self, payout_id: str) -> Obj:
        """The bank sends a payout back, even one that was paid."""
        with self._lock:
            return payouts.move(self.account, payout_id, "failed")

    def bulk_history(
        self,
        n_sales: int,
        years: float = 3,
        seed: int = 0,
        links: list[str] | None = None,
        prices: list[str] | None = None,
        refunded: float = 0.03,
        payouts: bool = False,
        intent_metadata: dict[str, str] | None = None,
    ) -> History:
        """Fills the account with years of sales through payment links, and at the desk by prices.

        Once for each account and mode. Without links and prices it makes three products with links. No
        events tell it. `refunded` is the share of sales that were given back in full.
        """
        with self._lock:
            if not links and not prices:
                links = [self._new_link(name, cents) for name, cents in _CLASSES]
            offers = [self._offer_of_link(link) for link in links or []]
            offers += [self._offer_of_price(price, intent_metadata or {}) for price in prices or []]
            made = History(self.account, offers, n_sales, years, seed, refunded)
            made.install()
            if payouts:
                made.add_payouts()
            return made

    def _new_link(self, name: str, amount: int) -> str:
        _, price = self.sell_in_dashboard(name, amount, self.account.currency)
        link = shapes.payment_link(self.account, self.account.new_id("plink_1"), price["currency"])
        self.account.line_items[link["id"]] = [
            shapes.line_item(self.account.new_id("li_1"), dict(price), 1, name)
        ]
        self.account.payment_links.add(link, created=self.account.now())
        return str(link["id"])

    def _offer_of_link(self, link_id: str) -> Offer:
        link, items = self.account.payment_links.get(link_id), self.account.items_of(link_id)
        data = link["payment_intent_data"] or {"metadata": {}}
        return Offer(items[0]["price"], link, items, data["metadata"])

    def _offer_of_price(self, price_id: str, metadata: dict[str, str]) -> Offer:
        price = self.account.prices.get(price_id)
        name = self.account.products.get(price["product"])["name"]
        return Offer(price, None, [shapes.line_item("li_1", dict(price), 1, name)], dict(metadata))

    def deliver_balance_transactions(self) -> None:
        """Books what `behaviour.late_balance_transactions` put off."""
        with self._lock:
            money.deliver_late(self.account)

    # --- Events ----------------------------------------------------------------------------------

    def duplicate_event(self, event_id: str) -> Obj:
        """Tells the same change by another event. Returns that."""
        with self._lock:
            event = self.account.events.get(event_id)
            return self.account.emit(event["type"], event["data"]["object"])

    def hide_event(self, event_id: str, seconds: int) -> None:
        """Lists an event only after so many seconds more."""
        with self._lock:
            self.account.event_visible_at[event_id] = self.account.now() + seconds

    def disorder_events(self, seed: int) -> None:
        """From now on events of the same few seconds are listed in any order."""
        self.account.behaviour.event_disorder = random.Random(seed)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """No event tells what happens inside."""
        copies, self.account.behaviour.event_copies = self.account.behaviour.event_copies, 0
        try:
            yield
        finally:
            self.account.behaviour.event_copies = copies

    # --- Time ------------------------------------------------------------------------------------

    def time_passed(self) -> None:
        """What the clock brings: sessions expire, money becomes available."""
        with self._lock:
            checkout.expire_due(self.account)
            if self.account.behaviour.late_balance_transactions:
                money.deliver_late(self.account)
            money.make_available(self.account)
