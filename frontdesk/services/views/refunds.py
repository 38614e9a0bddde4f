"""Views of refunds: both sides of the refund dialog, of a void, and tasks that need a decision (S5, S6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from frontdesk.models.money import Money
from frontdesk.models.refund_math import PaymentFacts, amounts_beside, split_over_payments, standing
from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.views.standings import standing_of_part


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """A payment of the sale: what came in, went back and may still go back by it.

    ``needs_reference`` says that staff refund on the card terminal and type in its reference. ``lost`` is
    what disputes have taken for good; while the bank has ``undecided``, nothing goes back by it.
    """

    payment_id: int
    tender: str
    received: Money
    refunded: Money
    refundable: Money
    reference: str
    needs_reference: bool
    lost: Money
    undecided: Money

    @property
    def facts(self) -> PaymentFacts:
        """The payment as the arithmetic of refunds asks for it."""
        received, refunded = self.received.amount, self.refunded.amount
        taken = received - refunded - self.refundable.amount
        return PaymentFacts(self.payment_id, self.tender, received, refunded, taken)


@dataclass(frozen=True, slots=True)
class RefundLot:
    """A lot of the line. ``left`` is what a refund may void; ``held`` of it is frozen or disputed.

    ``transferred`` lots belong to the client the credits went to, named by ``client``.
    """

    lot_id: int
    kind: str
    client: str
    credits: int
    used: int
    left: int
    held: int
    last_day: date | None
    transferred: bool = False


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One sale line with both sides: money, and credits over its purchased and bonus lots together (S5).

    ``under_way`` of what was ``refunded`` has not reached the client yet; ``lost`` was taken by disputes.

    ``suggested`` is the amount the rules give, with ``suggested_credits`` to void. ``left`` counts the
    credits of the line's own lots, without those ``set_aside`` for other refunds; ``left_elsewhere`` those of
    it that were transferred to someone and are unused, which go only when all of the money goes back.
    """

    sale_line_id: int
    name: str
    credits: int
    bonus: int
    received: Money
    refunded: Money
    refundable: Money
    used: int
    expired: int
    adjusted_out: int
    transferred: int
    voided: int
    set_aside: int
    left: int
    left_elsewhere: int
    suggested: Money
    suggested_credits: int
    lots: tuple[RefundLot, ...]
    under_way: Money
    lost: Money

    def credits_for_amount(self, amount: int) -> int:
        """Credits that a refund of ``amount`` minor units voids unless staff change the number (S5).

        With the last of the money (``amount`` is all that is refundable) that number cannot be changed.
        """
        if amount >= self.refundable.amount and (amount or not self.received):
            return self.left + self.left_elsewhere
        if amount >= self.suggested.amount:
            return self.left
        return -(-self.left * amount // self.suggested.amount)

    @property
    def most_credits(self) -> int:
        """How many credits a refund of this line can void at most."""
        return self.left + self.left_elsewhere


@dataclass(frozen=True, slots=True)
class RefundPart:
    """A part of a refund that goes back by one payment. ``status`` is "" for a planned one.

    Of a part that goes back by Stripe, ``sync`` is the state of what has to be sent (new, sending, unknown,
    waiting, held; "" where nothing has), and ``why`` Stripe's code for why it failed.
    """

    payment_id: int
    tender: str
    amount: Money
    needs_reference: bool = False
    reference: str = ""
    status: str = ""
    transaction_id: int | None = None
    sync: str = ""
    why: str = ""

    @property
    def standing(self) -> str:
        """Where a part that was made stands, in a word of `frontdesk.services.views.standings`."""
        return standing_of_part(self.status, self.tender, self.sync)


@dataclass(frozen=True, slots=True)
class RefundMade:
    """A refund of the sale that was made earlier; ``kind`` is refund or void.

    ``credits_voided`` and ``credits_set_aside`` as its parts stand now (S6).
    """

    refund_id: int
    kind: str
    receipt: str
    requested_at: datetime
    staff: str
    amount: Money
    credits_voided: int
    reason_code: str
    text: str
    parts: tuple[RefundPart, ...]
    credits_set_aside: int = 0


@dataclass(frozen=True, slots=True)
class RefundView:
    """Both sides of a sale for the refund dialog (S5). ``refundable`` is the rest over all payments.

    ``step`` is what Stripe refunds multiples of, in minor units.
    """

    sale_id: int
    client_id: int
    client: str
    receipt: str
    sold_at: datetime
    staff: str
    total: Money
    refunded: Money
    refundable: Money
    payments: tuple[RefundPayment, ...]
    lines: tuple[RefundLine, ...]
    refunds: tuple[RefundMade, ...]
    disputed: bool = False
    step: int = 1

    def beside(self, line: RefundLine, amount: int) -> tuple[int, ...]:
        """The next amounts that Stripe can refund of a line where it cannot refund this one; else nothing."""
        most = min(line.refundable.amount, self.refundable.amount)
        parts = self.split(amount) if 0 < amount <= most else ()
        by_stripe = sum(one.amount.amount for one in parts if one.tender in STRIPE_TENDERS)
        return amounts_beside(amount, by_stripe, self.step, most)

    def split(self, amount: int) -> tuple[RefundPart, ...]:
        """By which payments ``amount`` minor units go back, electronic first, for the dialog to show.

        Raises:
            ValueError: more than is refundable.
        """
        by_id = {one.payment_id: one for one in self.payments}
        facts = [one.facts for one in self.payments]
        return tuple(
            RefundPart(
                payment_id,
                by_id[payment_id].tender,
                Money(share, self.total.currency),
                by_id[payment_id].needs_reference,
            )
            for payment_id, share in split_over_payments(amount, facts)
        )


def set_aside_at_first(parts: Iterable[RefundPart], credits: int) -> int:
    """How many of a refund's credits wait for Stripe to accept it, and are voided only then (S6)."""
    listed = list(parts)
    by_stripe = sum(one.amount.amount for one in listed if one.tender in STRIPE_TENDERS)
    return standing(credits, sum(one.amount.amount for one in listed), 0, by_stripe)[1]


@dataclass(frozen=True, slots=True)
class RefundResult:
    """A refund that was made. ``pending`` says that a part of it waits to be marked done or failed.

    ``requested`` is what Stripe has yet to accept; until then ``credits_set_aside`` of the credits are not
    voided.
    """

    refund_id: int
    receipt: str
    amount: Money
    credits_voided: int
    parts: tuple[RefundPart, ...]
    pending: bool = False
    requested: Money | None = None
    credits_set_aside: int = 0


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """What a failed refund brought back, and the task that was opened to pay the client another way (S6)."""

    decision_id: int
    amount: Money
    credits_back: int


@dataclass(frozen=True, slots=True)
class UsedCredits:
    """Credits of the sale that were used and stay so: for what, when (the class's time if it is known)."""

    at: datetime
    credits: int
    class_type: str
    client: str


@dataclass(frozen=True, slots=True)
class RefundableLine:
    """A line of a sale of which money can go back, or credits be voided."""

    sale_line_id: int
    name: str
    total: Money


@dataclass(frozen=True, slots=True)
class VoidView:
    """What taking a sale back would do (S2). ``refused`` is the code of why it cannot be, None if it can.

    ``lines`` are those that can be refunded instead.
    """

    sale_id: int
    client_id: int
    client: str
    receipt: str
    sold_at: datetime
    total: Money
    parts: tuple[RefundPart, ...]
    credits_to_void: int
    used: tuple[UsedCredits, ...]
    lines: tuple[RefundableLine, ...]
    refused: str | None = None
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class OtherCard:
    """A client to whom a purchase could belong, who has been on the list since ``created_at``."""

    client_id: int
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """An open task of the list "needs a decision". ``outcomes`` are the codes it can be closed with.

    ``kind`` refund_failed: ``amount`` did not reach the client, ``credits`` came back to them meanwhile;
    ``sale_line_id`` is the line to refund another way (None where the sale has several); ``stripe_code`` and
    ``said`` are Stripe's reason. dashboard_refund: ``amount`` was refunded in Stripe's dashboard, ``credits``
    are set aside until it is decided whether they go. refund_exceeds: of ``amount`` only ``stored`` could be
    written. dispute_opened, dispute_lost: ``amount`` is disputed for the reason ``stripe_code``, to be
    answered at Stripe by ``due_at``; ``credits`` were set aside or voided, ``used`` stay used. refund_held:
    waits to be sent or taken back, by its ``outbox_id``; ``id`` is negative, since it is no row of the list.
    """

    id: int
    kind: str
    opened_at: datetime
    client_id: int | None
    client: str
    sale_id: int | None
    refund_id: int | None
    receipt: str
    amount: Money
    credits: int
    tender: str
    sale_line_id: int | None
    outcomes: tuple[str, ...]
    stored: Money | None = None
    stripe_code: str = ""
    said: str = ""
    due_at: datetime | None = None
    used: tuple[UsedCredits, ...] = ()
    outbox_id: int | None = None
    #: Where Stripe's dashboard shows the dispute or the payment: "disputes/du_…"; "" where it does not.
    stripe_page: str = ""
    #: Whether a refund of its sale, by any way, settles it.
    can_be_refunded: bool = False
    #: Of client_unsure: the cards of the same e-mail, with one of which the new card may be merged.
    others: tuple[OtherCard, ...] = ()
