"""The studio: founding it, its name, currency, zone and business day, its tax and what its receipts say."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.errors import Problem, Refused
from frontdesk.models.sale import sale
from frontdesk.models.studio import studio
from frontdesk.models.sync import checkout, stripe_account
from frontdesk.models.text import tidy, tidy_lines
from frontdesk.services.changes import Topic
from frontdesk.services.desks import open_desk
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.settings import (
    RECEIPT_TEXT_LIMIT,
    ReceiptTextDraft,
    StudioDraft,
    StudioSettingsDraft,
    TaxDraft,
)
from frontdesk.services.packages import keep_prices_in
from frontdesk.services.settings_lock import lock_settings
from frontdesk.services.staff import put_on_list
from frontdesk.services.stripe.catalogue import follow_all
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.settings import Founded, StudioView

#: The receipt numbers of the first desk begin with this (S1).
FIRST_PREFIX = "D1"

_NAME = sa.select(studio.c.name)
_TEST_ACCOUNT = sa.exists().where(
    stripe_account.c.disconnected_at.is_(None), sa.not_(stripe_account.c.livemode)
)
_IS_SOLD = sa.exists().select_from(sale)
# Nobody can pay what Stripe has ended, never had, or did not take.
_IS_OVER = checkout.c.state.in_(("cancelled", "lapsed")) | sa.and_(
    checkout.c.state == "failed", checkout.c.session_id.is_(None), checkout.c.payment_intent.is_(None)
)
# What else Stripe was asked for becomes a sale in the currency in which it was shown, perhaps late (S4).
_IS_ASKED_FOR = _IS_SOLD | sa.exists().select_from(checkout).where(sa.not_(_IS_OVER))
_STUDIO = sa.select(
    studio,
    _IS_SOLD.label("zone_locked"),
    _IS_ASKED_FOR.label("currency_locked"),
    _TEST_ACCOUNT.label("test_account"),
).where(studio.c.id == 1)
_CHANGE = sa.update(studio).where(studio.c.id == 1)


def create_studio(work: UnitOfWork, draft: StudioDraft) -> Founded:
    """Found the studio with its first desk and its owner, who together are the first actor (A1, S1).

    Run it as NOBODY, since there is nobody yet.

    Raises:
        InvalidDraft: what the draft's problems say.
        Refused: studio.exists.
    """
    refuse(draft.problems())
    existing = work.connection.execute(_NAME).scalar()
    if existing is not None:
        raise Refused("studio.exists", name=existing)
    work.connection.execute(
        sa.insert(studio),
        {
            "id": 1,
            "name": tidy(draft.name),
            "currency": draft.currency,
            "zone": draft.zone,
            "demo": draft.demo,
            "created_at": work.now,
        },
    )
    desk_id = open_desk(work, tidy(draft.desk_name), FIRST_PREFIX)
    staff_id = put_on_list(work, tidy(draft.owner_name))
    work.changed(Topic.STUDIO, 1)
    return Founded(staff_id=staff_id, desk_id=desk_id)


def studio_view(reading: Reading) -> StudioView:
    """All settings of the studio, and whether the first sale has locked its currency and zone (S9, C4).

    Raises:
        Refused: studio.missing.
    """
    row = reading.connection.execute(_STUDIO).first()
    if row is None:
        raise Refused("studio.missing")
    return StudioView(
        name=row.name,
        currency=row.currency,
        zone=row.zone,
        day_starts_hour=row.day_starts_hour,
        tax_name=row.tax_name,
        tax_rate_milli_percent=row.default_tax_milli_percent,
        prices_include_tax=row.prices_include_tax,
        receipt_header=row.receipt_header,
        receipt_footer=row.receipt_footer,
        demo=row.demo,
        test_mode=bool(row.trial or row.test_account),
        created_at=row.created_at,
        currency_locked=bool(row.currency_locked),
        zone_locked=bool(row.zone_locked),
    )


def change_studio(work: UnitOfWork, draft: StudioSettingsDraft) -> None:
    """Change the studio's name, currency, zone or business day (S9, C4, D8).

    From the first sale on currency and zone are locked, the currency also by one that Stripe may still be
    paid for. Before it, packages keep the number on their price tag when the currency changes: 90.00 USD
    becomes 90 JPY.

    Raises:
        InvalidDraft: what the draft's problems say, studio.currency_locked, studio.zone_locked.
    """
    refuse(draft.problems())
    lock_settings(work)
    before = work.studio
    new_currency, new_zone = draft.currency != before.currency, draft.zone != before.zone_name
    if new_currency or new_zone:
        now = work.connection.execute(_STUDIO).one()
        locked = {"currency": new_currency and now.currency_locked, "zone": new_zone and now.zone_locked}
        refuse(Problem(field, f"studio.{field}_locked") for field, is_so in locked.items() if is_so)
    if new_currency:
        keep_prices_in(work, draft.currency)
    _change(
        work,
        name=tidy(draft.name),
        currency=draft.currency,
        zone=draft.zone,
        day_starts_hour=draft.day_starts_hour,
    )
    if new_currency:
        follow_all(work)


def change_tax(work: UnitOfWork, draft: TaxDraft) -> None:
    """Change the rate that new packages start with, its name, and whether prices include it (S2).

    Packages keep the rate they were saved with, and sold lines the one they were sold with.

    Raises:
        InvalidDraft: what the draft's problems say.
    """
    refuse(draft.problems())
    lock_settings(work)
    _change(
        work,
        tax_name=tidy(draft.name),
        default_tax_milli_percent=draft.rate_milli_percent,
        prices_include_tax=draft.prices_include_tax,
    )
    # Where tax comes on top, buyers online pay it too.
    follow_all(work)


def change_receipt_text(work: UnitOfWork, draft: ReceiptTextDraft) -> None:
    """Change what stands above and below every receipt (S10).

    Raises:
        InvalidDraft: what the draft's problems say.
    """
    refuse(draft.problems())
    lock_settings(work)
    _change(
        work,
        receipt_header=tidy_lines(draft.header, RECEIPT_TEXT_LIMIT),
        receipt_footer=tidy_lines(draft.footer, RECEIPT_TEXT_LIMIT),
    )


def _change(work: UnitOfWork, **values: object) -> None:
    work.connection.execute(_CHANGE, values)
    work.forget_studio()
    work.changed(Topic.STUDIO, 1)
