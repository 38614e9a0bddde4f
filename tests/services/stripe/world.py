"""A studio with two desks, its Stripe account, buyers and a bad line: whatever may happen, from a seed."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import FrontdeskError
from frontdesk.models.ledger import credit_lot, lot_balance
from frontdesk.models.money import Money
from frontdesk.models.package import package
from frontdesk.models.sale import decision, money_transaction, sale_line
from frontdesk.models.sync import checkout, outbox, stripe_transaction, sync_state
from frontdesk.services.decisions import close_decision, open_decisions
from frontdesk.services.drafts.checkouts import CheckoutDraft
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.office import Office
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.packages import archive_package, package_draft, save_package
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.stripe import outbox as ops
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout
from frontdesk.services.stripe.pull import Puller
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.wire import Busy, NotReached, StripeCall, StripeTrouble, Unclear
from frontdesk.services.unit_of_work import Reading
from tests.builders import SetClock, build_studio, make_client, make_package
from tests.services.stripe.direct_stripe import DirectStripe
from tests.services.stripe.studio import ConnectedStudio, connect
from tests.stripe_double import Fault, StripeError

DESKS: Final = ("desk-1", "desk-2")
#: What goes wrong inside Stripe and still ends in an answer.
_INSIDE: Final = ("500_before", "500_after", "500_stored", "409", "429", "lock_timeout")
_EFFECTIVE: Final = ("pending", "requires_action", "succeeded")


class Crash(BaseException):
    """The program is killed at this call; what it has committed stays, and nothing more is done."""


class World:
    """Steps are drawn from the seed. ``rate`` is how often a call meets something."""

    def __init__(self, office: Office, clock: SetClock, stripe: DirectStripe, seed: int) -> None:
        self.office, self.clock, self.stripe, self.double = office, clock, stripe, stripe.double
        self.account = stripe.double.account
        self.seed, self.numbers = seed, random.Random(seed)
        self._lock = threading.Lock()
        self._alike: Counter[tuple[str, str]] = Counter()
        # The program's clock says what Stripe's does, or is days off.
        clock.at = self.double.clock.time + timedelta(days=self.numbers.choice((0, 0, 0, 0, 2, -2, 40)))
        self.owner = build_studio(office)
        self.online = connect(office, self.owner)
        self.studio = ConnectedStudio(office, clock, self.owner, self.online)
        self.rate = 0.0
        self.happened: Counter[str] = Counter()
        self.pushers: dict[str, Pusher] = {}
        self.pullers: dict[str, Puller] = {}
        for desk in DESKS:
            self._start(desk)
        self.clients = [
            make_client(office, self.owner, name, email=f"{name.lower()}@example.org")
            for name in ("Ana", "Bo")
        ]
        make_package(office, self.owner, online=True)
        make_package(
            office, self.owner, name="Single", credits=1, bonus=0, price=Money(1500, "USD"), online=True
        )
        stripe.hurries = True
        stripe.before, stripe.after, stripe.fault = self._before, self._after, self._fault

    # --- The line --------------------------------------------------------------------------------

    def _drawn(self, call: StripeCall, what: str) -> random.Random:
        """The luck of a call: by its place among those alike, whichever thread makes it."""
        with self._lock:
            self._alike[what, call.path] += 1
            number = self._alike[what, call.path]
        return random.Random(f"{self.seed} {what} {call.method} {call.path} {number}")

    def _before(self, call: StripeCall) -> None:
        luck = self._drawn(call, "before")
        if luck.random() < 0.3 * self.rate:
            trouble: StripeTrouble = luck.choice(
                (
                    NotReached("stripe.not_reached", detail="x"),
                    Unclear("stripe.no_answer", detail="x"),
                    Busy("stripe.busy", retry_after=0, reason="global-rate"),
                )
            )
            self._note("before")
            raise trouble

    def _fault(self, call: StripeCall) -> Fault | None:
        luck = self._drawn(call, "inside")
        if luck.random() >= 0.3 * self.rate:
            return None
        self._note("inside")
        return Fault(luck.choice(_INSIDE))

    def _after(self, call: StripeCall) -> None:
        luck = self._drawn(call, "after").random()
        if luck < 0.2 * self.rate:
            self._note("lost")
            raise Unclear("stripe.no_answer", detail="x")
        if luck < 0.4 * self.rate:
            self._note("crash")
            raise Crash

    def _note(self, what: str) -> None:
        with self._lock:
            self.happened[what] += 1

    # --- The program -----------------------------------------------------------------------------

    def _start(self, desk: str) -> None:
        self.pushers[desk] = Pusher(self.office, self.online, f"{desk}-push")
        self.pullers[desk] = Puller(self.office, self.online, f"{desk}-pull", most_pages=3)
        self.studio.sync(ops.release_leases, f"{desk}-push")

    def _at(self, desk: str, act: Callable[[], object]) -> None:
        """What a desk's program does, until it is done, meets trouble, or is killed."""
        try:
            act()
        except StripeTrouble:
            self._note("trouble")
        except Crash:
            self._start(desk)

    def push(self) -> None:
        """A desk sends what is due."""
        desk = self.numbers.choice(DESKS)
        self._at(desk, lambda: self.pushers[desk].push(self.stripe))

    def poll(self) -> None:
        """A desk asks what happened."""
        desk = self.numbers.choice(DESKS)
        asked = self.numbers.random() < 0.5
        self._at(desk, lambda: self.pullers[desk].poll(self.stripe, on_demand=asked))

    def sweep(self) -> None:
        """Somebody compares everything."""
        desk = self.numbers.choice(DESKS)
        self._at(desk, lambda: self.pullers[desk].poll(self.stripe, on_demand=True, sweep=True))

    # --- The desk --------------------------------------------------------------------------------

    def open_checkout(self) -> None:
        """A sale that waits for Stripe."""
        offers = self.studio.see(packages_on_sale)
        if not offers:
            return
        offer = self.numbers.choice(offers)
        due = offer.price.amount
        cash = self.numbers.choice((0, 0, 500))
        payments: tuple[PaymentDraft, ...] = (PaymentDraft("stripe_checkout", Money(due - cash, "USD")),)
        if cash:
            payments += (PaymentDraft("cash", Money(cash, "USD")),)
        line = SaleLineDraft(offer.package_id, offer.version_id)
        draft = SaleDraft(self.numbers.choice(self.clients), (line,), None, payments)
        self._may_refuse(open_checkout, CheckoutDraft(draft))

    def cancel_checkout(self) -> None:
        """Somebody takes one back."""
        rows = self.studio.rows(checkout, checkout.c.closed_at.is_(None))
        if rows:
            self._may_refuse(cancel_checkout, self.numbers.choice(rows).id)

    def refund(self) -> None:
        """A refund of what was suggested, or of a part."""
        rows = self.studio.rows(money_transaction, money_transaction.c.kind == "payment")
        if not rows:
            return
        view = self.studio.see(refund_view, self.numbers.choice(rows).sale_id)
        line = view.lines[0]
        amount = line.suggested.amount // self.numbers.choice((1, 1, 2, 3))
        if amount > 0:
            credits = line.credits_for_amount(amount)
            money = Money(amount, "USD")
            self._may_refuse(request_refund, RefundDraft(line.sale_line_id, money, credits, "client_request"))

    def edit(self) -> None:
        """A package on sale gets another price."""
        offers = self.studio.see(packages_on_sale)
        if offers:
            one = self.numbers.choice(offers).package_id
            draft = self.studio.see(package_draft, one)
            price = Money(draft.price.amount + 100, "USD")
            self._may_refuse(save_package, one, replace(draft, price=price), self._version(one))

    def archive(self) -> None:
        """A package goes off sale."""
        offers = self.studio.see(packages_on_sale)
        if len(offers) > 1:
            self._may_refuse(archive_package, self.numbers.choice(offers).package_id)

    def publish(self) -> None:
        """Another one goes on sale."""
        name = f"Pack {self.numbers.randrange(10**6)}"
        make_package(self.office, self.owner, name=name, online=True)

    def decide(self) -> None:
        """A person settles a task."""
        tasks = [one for one in self.studio.see(open_decisions) if one.outcomes]
        if tasks:
            task = self.numbers.choice(tasks)
            self._may_refuse(close_decision, task.id, self.numbers.choice(task.outcomes))

    def _may_refuse(self, use_case: Callable[..., Any], *arguments: Any) -> None:
        with suppress(FrontdeskError):
            self.studio.do(use_case, *arguments)

    def _version(self, package_id: int) -> int:
        return int(self.studio.rows(package, package.c.id == package_id)[0].version)

    # --- Buyers, the dashboard, banks -------------------------------------------------------------

    def pay(self) -> None:
        """A client pays on the page that the desk shows."""
        waiting = [one for one in self.account.sessions.live if one["status"] == "open"]
        if waiting:
            method = self.numbers.choice(("card", "card", "card", "declined", "sepa_debit"))
            self.double.pay_session(self.numbers.choice(waiting)["id"], method)

    def buy(self) -> None:
        """Somebody buys on a Payment Link."""
        links = [one for one in self.account.payment_links if one["active"]]
        if links:
            email = self.numbers.choice(("ana@example.org", "cy@example.org", "di@example.org"))
            method = self.numbers.choice(("card", "card", "sepa_debit"))
            self.double.pay_link(self.numbers.choice(links)["id"], email, email[:2], method)

    def bank(self) -> None:
        """Money that takes days comes, or does not; a refund moves on, or comes back."""
        for one in list(self.account.sessions.live):
            if one["status"] == "complete" and one["payment_status"] == "unpaid" and self._often():
                intent = self.account.payment_intents.get(one["payment_intent"])
                if intent["status"] == "processing":
                    self.double.settle_async(one["id"], ok=self.numbers.random() < 0.7)
        refunds = [one for one in self.account.refunds if one["status"] in _EFFECTIVE]
        if refunds:
            one = self.numbers.choice(refunds)
            if one["status"] == "succeeded" or self._often():
                self.double.fail_refund(one["id"])
            else:
                self.double.advance_refund(one["id"])

    def dashboard(self) -> None:
        """Somebody refunds at Stripe."""
        charges = [one for one in self.account.charges if one["status"] == "succeeded"]
        if charges:
            charge = self.numbers.choice(charges)
            left = charge["amount"] - charge["amount_refunded"]
            with suppress(StripeError):
                self.double.refund_in_dashboard(charge["id"], self.numbers.choice((None, max(left // 3, 1))))

    def dispute(self) -> None:
        """A buyer complains, or the bank decides."""
        waiting = [one for one in self.account.disputes if one["status"] == "needs_response"]
        charges = [
            one for one in self.account.charges if one["status"] == "succeeded" and not one["disputed"]
        ]
        if waiting and self._often():
            self.double.close_dispute(
                self.numbers.choice(waiting)["id"], self.numbers.choice(("won", "lost"))
            )
        elif charges:
            self.double.open_dispute(self.numbers.choice(charges)["id"])

    def hide(self) -> None:
        """An event becomes visible late, another one is told twice."""
        events = self.account.objects("events")[-8:]
        if events:
            self.double.hide_event(self.numbers.choice(events)["id"], self.numbers.randrange(300))
            self.double.duplicate_event(self.numbers.choice(events)["id"])

    def _often(self) -> bool:
        return self.numbers.random() < 0.5

    # --- Time ------------------------------------------------------------------------------------

    def pass_time(self, **span: float) -> None:
        """Here and at Stripe, which may forget keys after a day."""
        passed = timedelta(**span)
        self.clock.at += passed
        self.double.clock.advance(seconds=passed.total_seconds())
        if passed >= timedelta(hours=24):
            self.double.prune_idempotency_keys()

    def wait(self) -> None:
        """Seconds, mostly; sometimes a night, seldom a month and more with nobody there."""
        drawn = self.numbers.random()
        if drawn < 0.75:
            self.pass_time(seconds=self.numbers.randrange(1, 200))
        elif drawn < 0.9:
            self.pass_time(hours=self.numbers.randrange(1, 12))
        elif drawn < 0.97:
            self.pass_time(hours=self.numbers.randrange(23, 40))
        else:
            self.pass_time(days=self.numbers.randrange(26, 45))

    # --- A life ----------------------------------------------------------------------------------

    def live(self, steps: int, rate: float) -> None:
        """So many steps on a line on which so many calls meet something."""
        acts = (
            (self.push, 8), (self.poll, 6), (self.wait, 8), (self.open_checkout, 4), (self.pay, 5),
            (self.buy, 4),
            (self.refund, 3), (self.dashboard, 2), (self.bank, 2), (self.dispute, 1), (self.hide, 1),
            (self.cancel_checkout, 1), (self.edit, 1), (self.publish, 1), (self.archive, 1), (self.decide, 1),
            (self.sweep, 1),
        )  # fmt: skip
        self.account.behaviour.refund_status = self.numbers.choice(("succeeded", "pending"))
        self.account.behaviour.event_copies = self.numbers.choice((1, 1, 2))
        self.double.disorder_events(self.numbers.randrange(10**6))
        self.rate = rate
        for act in self.numbers.choices([act for act, _ in acts], [weight for _, weight in acts], k=steps):
            act()
            self.happened[act.__name__] += 1
        self.rate = 0.0

    def settle(self) -> None:
        """The line is good again, everybody waits: until nothing is under way any more."""
        self.account.behaviour.event_disorder = None
        self.pass_time(hours=25)
        for one in list(self.account.sessions.live):
            if one["status"] == "complete" and one["payment_status"] == "unpaid":
                intent = self.account.payment_intents.get(one["payment_intent"])
                if intent["status"] == "processing":
                    self.double.settle_async(one["id"])
        for turn in range(40):
            # A page that was made only now is open for a day.
            self.pass_time(hours=25 if turn % 10 == 9 else 0.25)
            for row in self.studio.rows(outbox, outbox.c.state == "held"):
                self.studio.do(ops.send_held, row.id)
            for desk in DESKS:
                self.pushers[desk].push(self.stripe)
            self.pullers[DESKS[0]].poll(self.stripe, on_demand=True)
            if not self.under_way():
                break
        # Twice: what the first one lets happen may itself have something to send.
        for _ in range(2):
            self.pullers[DESKS[0]].poll(self.stripe, on_demand=True, sweep=True)
            self.pushers[DESKS[0]].push(self.stripe)
            self.pass_time(minutes=15)

    def under_way(self) -> list[str]:
        """What is not at its end."""
        open_ops = self.studio.rows(outbox, outbox.c.finished_at.is_(None))
        open_checkouts = self.studio.rows(checkout, checkout.c.closed_at.is_(None))
        return [f"{row.kind} {row.state}" for row in open_ops] + [
            f"checkout {row.state}" for row in open_checkouts
        ]

    # --- The judgement ----------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Where the books and Stripe disagree, to the cent and to the credit; empty where all is well."""
        found = [f"under way: {one}" for one in self.under_way()]
        found += [f"set aside: {row.object_id}" for row in self.office.read(_set_aside)]
        found += self._money() + self._refunds() + self._catalogue() + self._credits()
        if self.studio.rows(sync_state)[0].sweep is not None:
            found.append("the sweep has no end")
        return found

    def _money(self) -> list[str]:
        """Each payment at Stripe is one in the books, also where it was one too many."""
        charged = {
            one["payment_intent"]: one["amount_captured"]
            for one in self.account.charges
            if one["status"] == "succeeded"
        }
        books = dict(self.office.read(_payments))
        return [] if books == charged else [f"payments: books {books}, Stripe {charged}"]

    def _refunds(self) -> list[str]:
        exceeding = {row.sale_id for row in self.studio.rows(decision, decision.c.kind == "refund_exceeds")}
        there: Counter[str] = Counter()
        for one in self.account.refunds:
            if one["status"] in _EFFECTIVE:
                there[one["payment_intent"]] += one["amount"]
        found = []
        for intent, sale_id, amount in self.office.read(_refunded):
            if sale_id not in exceeding and there[intent] != amount:
                found.append(f"refunds of {intent}: books {amount}, Stripe {there[intent]}")
        for name, count in self.account.refunds_by_metadata("op_id").items():
            if count > 1:
                found.append(f"refunded {count} times for {name}")
        return found

    def _catalogue(self) -> list[str]:
        found = []
        for kind, key in (("products", "package_id"), ("prices", "version_id")):
            counted = Counter(one["metadata"].get(key) for one in getattr(self.account, kind))
            # A page of the desk has a nameless one of its own.
            found += [
                f"{count} {kind} for {key} {one}" for one, count in counted.items() if one and count > 1
            ]
        active = Counter(
            one["metadata"].get("package_id") for one in self.account.payment_links if one["active"]
        )
        on_sale = {str(row.id) for row in self.studio.rows(package, package.c.status == "published")}
        if active != Counter(on_sale):
            found.append(f"links {dict(active)} for packages {sorted(on_sale)}")
        return found

    def _credits(self) -> list[str]:
        """What was given back in full left nothing to use; what was not sold twice granted once."""
        left = self.office.read(_left_of_refunded)
        return [
            f"sale {row.sale_id} was given back and has {row.left} credits left" for row in left if row.left
        ]


def _payments(reading: Reading) -> list[tuple[str, int]]:
    statement = (
        sa.select(stripe_transaction.c.stripe_id, money_transaction.c.amount)
        .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
        .where(money_transaction.c.kind == "payment")
    )
    return [(row.stripe_id, row.amount) for row in reading.connection.execute(statement)]


def _refunded(reading: Reading) -> list[tuple[str, int, int]]:
    """Every payment intent in the books with its sale and what went back of it."""
    back = money_transaction.alias("back")
    went = (
        sa.select(sa.func.coalesce(-sa.func.sum(back.c.amount), 0))
        .where(back.c.payment_id == money_transaction.c.id, back.c.status.not_in(("failed", "cancelled")))
        .scalar_subquery()
    )
    statement = (
        sa.select(stripe_transaction.c.stripe_id, money_transaction.c.sale_id, went.label("went"))
        .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
        .where(money_transaction.c.kind == "payment")
    )
    return [(row.stripe_id, row.sale_id, row.went) for row in reading.connection.execute(statement)]


def _left_of_refunded(reading: Reading) -> list[Any]:
    """Sales of which all money is back, with the credits that are left of them."""
    t = money_transaction.c
    live = sa.case((t.status.in_(("failed", "cancelled")), 0), else_=t.amount)
    returned = (
        sa.select(t.sale_id).group_by(t.sale_id).having(sa.func.sum(live) == 0, sa.func.max(t.amount) > 0)
    )
    statement = (
        sa.select(sale_line.c.sale_id, sa.func.sum(lot_balance.c.remaining).label("left"))
        .join(credit_lot, credit_lot.c.sale_line_id == sale_line.c.id)
        .join(lot_balance, lot_balance.c.lot_id == credit_lot.c.id)
        .where(sale_line.c.sale_id.in_(returned))
        .group_by(sale_line.c.sale_id)
    )
    return list(reading.connection.execute(statement))


def _set_aside(reading: Reading) -> list[Any]:
    statement = sa.text("SELECT object_id FROM quarantine WHERE solved_at IS NULL")
    return list(reading.connection.execute(statement))
