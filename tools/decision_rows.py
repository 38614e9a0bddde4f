"""A task of every kind that "needs a decision" knows, for pictures and tests of screens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from frontdesk.models.money import Money
from frontdesk.services.decisions import OUTCOMES, REFUND_HELD, SETTLED_BY_REFUND
from frontdesk.services.views.refunds import DecisionRow, OtherCard, UsedCredits

_PAYMENT = "payments/pi_3Online"
_DISPUTE = "disputes/du_1Online"


def every_kind(
    now: datetime, currency: str, client_id: int = 1, client: str = "Mira Okafor"
) -> list[DecisionRow]:
    """One of each, as ``open_decisions`` tells of them; the ids are not those of the books."""
    used = tuple(
        UsedCredits(now - timedelta(days=days), 1, class_type, client)
        for days, class_type in ((9, "Vinyasa Flow"), (5, "Yin"), (2, ""))
    )
    others = (
        OtherCard(2, "Noah Okafor", now - timedelta(days=900)),
        OtherCard(3, client, now - timedelta(days=400)),
        OtherCard(4, "Alexandra-Konstantina Papadopoulou", now - timedelta(days=30)),
    )
    usual = DecisionRow(
        id=0, kind="", opened_at=now, client_id=client_id, client=client, sale_id=1, refund_id=None,
        receipt="D1-000187", amount=Money(4500, currency), credits=6, tender="stripe_checkout",
        sale_line_id=None, outcomes=(), stripe_page=_PAYMENT,
    )  # fmt: skip
    more: dict[str, dict[str, Any]] = {
        "refund_failed": {
            "tender": "stripe_checkout", "stripe_code": "lost_or_stolen_card", "refund_id": 1,
            "receipt": "D1-R-000012",
        },
        "refund_held": {"credits": 0, "refund_id": 1, "receipt": "D1-R-000013", "outbox_id": 1},
        "refund_exceeds": {"stored": Money(500, currency), "credits": 0},
        "dispute_opened": {
            "stripe_code": "fraudulent", "due_at": now + timedelta(days=6), "stripe_page": _DISPUTE,
        },
        "dispute_lost": {"stripe_code": "product_not_received", "used": used, "stripe_page": _DISPUTE},
        "client_unsure": {"others": others, "receipt": "ONLINE-000031", "credits": 12},
    }  # fmt: skip
    return [
        replace(
            usual,
            id=number,
            kind=kind,
            opened_at=now - timedelta(hours=3 * number),
            outcomes=OUTCOMES.get(kind, ()),
            can_be_refunded=kind in SETTLED_BY_REFUND,
            **more.get(kind, {}),
        )
        for number, kind in enumerate((*OUTCOMES, REFUND_HELD), 1)
    ]
