"""What the demo studio teaches and sells, and who works there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from frontdesk.models.money import Money
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.drafts.settings import ReceiptTextDraft, StudioDraft, TaxDraft

CURRENCY: Final = "USD"
STUDIO: Final = StudioDraft(
    name="Sunrise Studio (demo)",
    currency=CURRENCY,
    zone="America/New_York",
    desk_name="Front desk",
    owner_name="Ana Duarte",
    demo=True,
)
COLLEAGUES: Final = ("Ben Okoro", "Carla Weiß")
TAX: Final = TaxDraft("Sales tax", 8_875)
RECEIPT: Final = ReceiptTextDraft(
    header="12 Harbour Street\nhello@sunrise.example.com",
    footer="Thank you, and see you on the mat!",
)

CLASS_TYPES: Final = (
    ClassTypeDraft("Vinyasa Flow", 1, "teal"),
    ClassTypeDraft("Yin & Restore", 1, "indigo"),
    ClassTypeDraft("Pilates Mat", 1, "blue"),
    ClassTypeDraft("Reformer", 2, "violet"),
    ClassTypeDraft("Barre", 1, "pink"),
    ClassTypeDraft("Weekend workshop", 3, "orange"),
    ClassTypeDraft("Community class", 0, "green"),
)
VINYASA, YIN, PILATES, REFORMER, BARRE, WORKSHOP = range(1, 7)


def _price(dollars: int) -> Money:
    return Money(dollars * 100, CURRENCY)


_TAXED = PackageDraft(tax_milli_percent=TAX.rate_milli_percent)
SINGLE: Final = replace(
    _TAXED,
    name="Single class",
    description="For any class of one credit.",
    credits=1,
    price=_price(14),
    validity_count=30,
)
INTRO: Final = replace(
    _TAXED,
    name="Intro offer",
    description="Three classes to get to know us. Starts with your first class.",
    credits=3,
    price=_price(29),
    validity_count=21,
    validity_starts="first_class",
    latest_start_days=30,
    per_client_limit=1,
)
FIVE: Final = replace(_TAXED, name="5-class pack", credits=5, price=_price(55), validity_count=60)
TEN: Final = replace(
    _TAXED,
    name="10-class pack",
    description="Buy ten, get two free.",
    credits=10,
    bonus=2,
    price=_price(90),
    validity_count=90,
)
TWENTY: Final = replace(
    _TAXED, name="20-class pack", credits=20, bonus=4, price=_price(165), validity_count=180
)
REFORMER_TEN: Final = replace(
    _TAXED,
    name="Reformer 10",
    description="Ten classes on the reformer, two credits each.",
    credits=20,
    price=_price(210),
    validity_count=120,
    eligible=(REFORMER,),
)
FAMILY: Final = replace(
    _TAXED,
    name="Family card",
    description="For everybody at one address.",
    credits=30,
    bonus=5,
    price=_price(240),
    validity_kind="never",
)
SUMMER: Final = replace(_TAXED, name="Summer pass", credits=8, price=_price(70), validity_count=45)

#: In the order of the list. The family card is still a draft; the summer pass has had its time.
PACKAGES: Final = (SINGLE, INTRO, FIVE, TEN, TWENTY, REFORMER_TEN, FAMILY, SUMMER)
