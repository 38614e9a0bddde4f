"""A till whose studio is connected to a double of Stripe, over real HTTP: checkouts in few words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from frontdesk.models.sync import checkout, outbox
from frontdesk.services.drafts.checkouts import CheckoutDraft, ReaderDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleLineDraft
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.office import Office
from frontdesk.services.sales import quote
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.checkout_list import checkout_view, checkouts_to_watch
from frontdesk.services.stripe.checkouts import open_checkout
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.readers import reader_rows, register_reader
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.checkouts import CheckoutView
from tests.builders import SetClock
from tests.services.stripe.studio import allowed, connect
from tests.services.till import Till
from tests.stripe_double import ACCOUNT, Clock, StripeDouble

PLACE = {"street": "Main St 1", "city": "Springfield", "postal_code": "12345", "country": "US"}


class OnlineTill(Till):
    """Opens checkouts and does what the sync does for them."""

    def __init__(self, office: Office, actor: Actor, clock: SetClock, stripe: StripeDouble) -> None:
        super().__init__(office, actor, clock)
        self.online = connect(office, actor, account_id=ACCOUNT)
        self.stripe = stripe
        # With no more than the program asks for at a desk that only sells.
        self.key = stripe.add_key("rk_test_OfTheTill", permissions=allowed("desk"))
        self.gateway = StripeGateway(self.key, stripe.url, timeout=(2.0, 2.0))

    # The desk

    def by_stripe(
        self,
        *lines: SaleLineDraft,
        tender: str = "stripe_checkout",
        others: tuple[PaymentDraft, ...] = (),
        reader_id: str = "",
        email_receipt: bool = False,
        **fields: Any,
    ) -> CheckoutDraft:
        """A sale of which Stripe collects what the other payments leave."""
        draft = self.draft(*lines, payments=(), **fields)
        due = self.see(quote, draft).total.amount - sum(one.amount.amount for one in others)
        payments = (*others, PaymentDraft(tender, self.money(due)))
        return CheckoutDraft(replace(draft, payments=payments), reader_id, email_receipt)

    def open(self, *lines: SaleLineDraft, **fields: Any) -> int:
        """Open a checkout and send what it asks for; its id."""
        opened = self.do(open_checkout, self.by_stripe(*lines, **fields))
        self.push()
        return opened.checkout_id

    def reader(self) -> str:
        """A simulated reader, registered."""
        self.do(register_reader, ReaderDraft("simulated-wpe", "Front desk", **PLACE))
        self.push()
        return self.see(reader_rows)[-1].id

    def view(self, checkout_id: int) -> CheckoutView:
        """How it stands."""
        return self.see(checkout_view, checkout_id)

    def standing(self, checkout_id: int) -> str:
        """The same in a word."""
        return self.view(checkout_id).row.standing

    def row(self, checkout_id: int) -> sa.Row[Any]:
        """Its row."""
        with self.office.database.reading() as connection:
            return connection.execute(sa.select(checkout).where(checkout.c.id == checkout_id)).one()

    def ops(self) -> list[tuple[str, str]]:
        """All that was to be said to Stripe, and how far each is."""
        with self.office.database.reading() as connection:
            rows = connection.execute(sa.select(outbox.c.kind, outbox.c.state).order_by(outbox.c.id))
            return [(row.kind, row.state) for row in rows]

    # The sync

    def push(self, times: int = 4) -> None:
        """Send what is in the outbox, and what follows from the answers."""
        pusher = Pusher(self.office, self.online, "desk-1")
        for _ in range(times):
            pusher.push(self.gateway)

    def push_later(self) -> None:
        """The same after every wait is over."""
        self.pass_time(minutes=2)
        self.push()

    def look(self) -> None:
        """Ask Stripe about all that is open, as the sync does every few seconds."""
        for watched in self.see(checkouts_to_watch):
            for call in watched.calls:
                answer = self.gateway.call(call)
                self.office.write(apply_object, self.online, None, answer.body, answer.server_time)

    def pay(self, checkout_id: int, **how: Any) -> None:
        """The client pays on their phone."""
        self.stripe.pay_session(self.row(checkout_id).session_id, **how)

    def pass_time(self, **span: float) -> None:
        """Both clocks move on."""
        self.clock.pass_time(**span)
        self.stripe.clock.set(self.clock.at)


@contextmanager
def online_till(office: Office, actor: Actor, clock: SetClock, **settings: Any) -> Iterator[OnlineTill]:
    """A till and its double, which both tell the same time."""
    with StripeDouble(clock=Clock(clock.at), **settings) as stripe:
        made = OnlineTill(office, actor, clock, stripe)
        try:
            yield made
        finally:
            made.gateway.close()
