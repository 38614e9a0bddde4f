"""How credit lots are put into words: what is left, until when, where they come from, what is set aside."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.messages.credit_words import words
from frontdesk.messages.sentences import sentence
from frontdesk.ui import money_words
from frontdesk.ui.client_words import credits, translated
from frontdesk.ui.tokens import Tone

# The first window needs some of these words, and none of the views.
if TYPE_CHECKING:
    from frontdesk.services.views.credits import CreditAccount, LotCard, NextToExpire
    from frontdesk.services.views.statement import StatementLine
    from frontdesk.services.views.visits import PayingLot, TakeView
    from frontdesk.ui.formats import Formats

#: A last day stands out from so many days before it.
SOON_DAYS = 7
# Linguist knows calls of this name.
translate = QCoreApplication.translate

_TONES = {
    "usable": Tone.GOOD,
    "frozen": Tone.INFO,
    "held": Tone.WARNING,
    "not_started": Tone.NEUTRAL,
    "expired": Tone.NEUTRAL,
    "used_up": Tone.NEUTRAL,
    "voided": Tone.NEUTRAL,
}


def reason(code: str) -> str:
    """The words for the code of a reason."""
    return words("reason", code, translated)


def reasons(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Choices for a form: words and code."""
    return [(reason(code), code) for code in codes]


def why(code: str) -> str:
    """Why a lot pays before the others (C6)."""
    return words("why", code, translated)


def why_not(code: str) -> str:
    """Why a lot does not pay."""
    return words("why_not", code, translated)


def line(formats: Formats, statement_line: StatementLine) -> str:
    """A line of the statement as a sentence (C15)."""
    return sentence(statement_line, formats, translated)


def state(lot: LotCard) -> tuple[str, Tone]:
    """The lot in one word, and the tone of its chip."""
    if lot.state == "held" and lot.holds:
        # What holds the whole lot tells more than what holds a part of it.
        first = next((hold for hold in lot.holds if hold.credits is None), lot.holds[0])
        told = words("hold", first.kind, translated)
        return told[:1].upper() + told[1:], Tone.WARNING
    return words("lot_state", lot.state, translated), _TONES[lot.state]


def until(formats: Formats, last_day: date | None) -> str:
    """ "until 4 Apr 2027", "never expires"."""
    return (
        translate("CreditWords", "never expires")
        if last_day is None
        else translate("CreditWords", "until {day}").format(day=formats.date(last_day))
    )


def until_in_words(formats: Formats, last_day: date | None) -> str:
    """ "until 4 Apr 2027 (in 12 days)", "never expires"."""
    if last_day is None:
        return translate("CreditWords", "never expires")
    return translate("CreditWords", "until {day} ({relative})").format(
        day=formats.date(last_day), relative=formats.relative(last_day)
    )


def left(formats: Formats, lot: LotCard) -> str:
    """ "6 of 10 left"."""
    return translate("CreditWords", "{left} of {all} left").format(
        left=formats.number(lot.remaining), all=formats.number(lot.credits)
    )


def end(formats: Formats, lot: LotCard) -> str:
    """Until when a lot may be used, or how it ended."""
    match lot.state:
        case "expired" if lot.last_day is not None:
            return translate("CreditWords", "{credits} expired on {day}").format(
                credits=credits(formats, lot.expired), day=formats.date(lot.last_day)
            )
        case "used_up":
            return translate("CreditWords", "all {credits} used").format(
                credits=credits(formats, lot.credits)
            )
        case "voided":
            return translate("CreditWords", "{credits} voided").format(credits=credits(formats, lot.voided))
        case "not_started":
            return translate("CreditWords", "from {day}").format(day=formats.date(lot.first_day))
    if lot.starts_at_first_class:
        return translate("CreditWords", "begins with the first class, by {day}").format(
            day=formats.date(lot.last_day) if lot.last_day else ""
        )
    return until_in_words(formats, lot.last_day)


def origin(formats: Formats, lot: LotCard) -> str:
    """Where a lot comes from: "bought 4 Jan 2027 · 90.00 USD · cash"."""
    if lot.from_client:
        return translate("CreditWords", "from {name}, {day}").format(
            name=lot.from_client, day=formats.date(formats.local_day(lot.granted_at))
        )
    if lot.sale is not None:
        day = formats.date(formats.local_day(lot.sale.sold_at))
        if lot.kind == "bonus":
            return translate("CreditWords", "bonus · bought {day}").format(day=day)
        paid = " · ".join(filter(None, (formats.money(lot.sale.paid), money_words.tenders(lot.sale.tenders))))
        return translate("CreditWords", "bought {day} · {paid}").format(day=day, paid=paid)
    kind = words("lot_kind", lot.kind, translated)
    return f"{kind} · {formats.date(formats.local_day(lot.granted_at))}"


def eligible(formats: Formats, lot: LotCard) -> str:
    """Which classes a lot pays for, "" for all."""
    return (
        translate("CreditWords", "only for {classes}").format(classes=formats.value(lot.eligible))
        if lot.eligible
        else ""
    )


def title(name: str, kind: str) -> str:
    """A lot by its name; the bonus of a pack is called like the pack: "10-class pack, bonus"."""
    return translate("CreditWords", "{name}, bonus").format(name=name) if kind == "bonus" else name


def lot_choice(formats: Formats, lot: LotCard | PayingLot, available: int) -> str:
    """A lot in a list of choices: "10-class pack · 6 credits · until 4 Apr 2027"."""
    parts = (title(lot.title, lot.kind), credits(formats, available), until(formats, lot.last_day))
    return " · ".join(parts)


def takes(formats: Formats, lots: tuple[TakeView, ...]) -> str:
    """What is taken from which lots: "2 from “Welcome gift” and 1 from “10-class pack”".

    Lots of one name are told apart by their last days.
    """
    counts: dict[tuple[str, date | None], int] = {}
    for one in lots:
        lot = title(one.title, one.kind), one.last_day
        counts[lot] = counts.get(lot, 0) + one.credits
    names = [name for name, _ in counts]
    plain = translate("CreditWords", "{count} from “{title}”")
    dated = translate("CreditWords", "{count} from “{title}” ({until})")
    parts = tuple(
        (dated if names.count(name) > 1 else plain).format(
            count=formats.number(count), title=name, until=until(formats, last_day)
        )
        for (name, last_day), count in counts.items()
    )
    return formats.value(parts)


def balance(formats: Formats, account: CreditAccount) -> tuple[str, str]:
    """The big number, and the line beneath it."""
    number = credits(formats, account.usable)
    if account.next_to_expire is not None:
        return number, next_to_expire(formats, account.next_to_expire)
    if account.usable:
        return number, translate("CreditWords", "usable now; they never expire")
    return number, words("standing", account.standing, translated)


def next_to_expire(formats: Formats, first: NextToExpire) -> str:
    """ "next to expire: 2 on 30 Mar 2027 (in 7 days)"."""
    return translate("CreditWords", "next to expire: {count} on {day} ({relative})").format(
        count=formats.number(first.credits),
        day=formats.date(first.last_day),
        relative=formats.relative(first.last_day),
    )
