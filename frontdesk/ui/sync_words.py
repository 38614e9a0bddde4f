"""How sync and the outbox are put into words, the same on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk import __version__
from frontdesk.messages import template
from frontdesk.services.views.sync_status import OutboxRow, QuarantineRow, SyncProgress, SyncStatus
from frontdesk.ui.tokens import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from frontdesk.ui.formats import Formats
    from frontdesk.ui.messages import Messages

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def state_line(status: SyncStatus, formats: Formats, messages: Messages) -> tuple[str, Tone]:
    """Sync in one line, for every screen; "" where the studio is not connected to Stripe."""
    if status.mode == "off":
        return "", Tone.NEUTRAL
    parts, tone = [], Tone.NEUTRAL
    if status.mode == "test":
        parts.append(translate("SyncWords", "Test mode"))
    elif status.mode == "live":
        parts.append(translate("SyncWords", "Live"))
    if status.mode == "no_key":
        parts.append(translate("SyncWords", "No key for Stripe on this computer"))
        tone = Tone.WARNING
    elif status.trouble is not None:
        parts.append(cause(status, messages))
        tone = Tone.DANGER
    elif status.online:
        parts.append(translate("SyncWords", "Online"))
        tone = Tone.GOOD
    if status.progress is not None:
        parts.append(progress(status.progress, formats))
    else:
        parts.append(synced(status, formats))
    if status.waiting:
        count = formats.number(status.waiting)
        parts.append(translate("SyncWords", "{count} waiting").format(count=count))
    return " · ".join(parts), tone


def synced(status: SyncStatus, formats: Formats) -> str:
    """When everything that Stripe had was here last."""
    if status.synced_at is None:
        return translate("SyncWords", "not synced yet")
    return translate("SyncWords", "synced {when}").format(when=moment(status.synced_at, formats))


def moment(at: datetime, formats: Formats) -> str:
    """The time of an instant of today, else the day with it."""
    return formats.time(at) if formats.local_day(at) == formats.today() else formats.instant(at)


def cause(status: SyncStatus, messages: Messages) -> str:
    """Why Stripe is not reached, in a few words; the whole message stands in the Sync tab."""
    assert status.trouble is not None
    short = {
        "stripe.not_reached": translate("SyncWords", "Offline: Stripe cannot be reached"),
        "stripe.intercepted": translate("SyncWords", "Offline: the network shows a false certificate"),
        "stripe.odd_answer": translate("SyncWords", "Offline: the network answers in Stripe's place"),
        "stripe.no_answer": translate("SyncWords", "Offline: the connection broke off"),
        "stripe.server_error": translate("SyncWords", "Stripe has trouble of its own"),
        "stripe.busy": translate("SyncWords", "Stripe is busy"),
        "stripe.key_revoked": translate("SyncWords", "Stopped: Stripe does not accept the key"),
        "stripe.permission_missing": translate("SyncWords", "The key lacks a permission"),
        "stripe.not_permitted": translate("SyncWords", "Stripe does not allow this"),
        "sync.unexpected": translate("SyncWords", "Stopped by a fault, tried again soon"),
    }
    whole = messages.text(status.trouble.code, status.trouble.params)
    # Else its cause, which is the first sentence.
    return short.get(status.trouble.code) or whole.partition(". ")[0]


def progress(at: SyncProgress, formats: Formats) -> str:
    """How far it is: "Comparing with Stripe: 1,200 of 4,000"."""
    what = {
        "push": translate("SyncWords", "Sending to Stripe"),
        "poll": translate("SyncWords", "Asking Stripe for news"),
        "sweep": translate("SyncWords", "Comparing with Stripe"),
        "first": translate("SyncWords", "Reading what Stripe has"),
        "payouts": translate("SyncWords", "Reading payouts"),
    }.get(at.what, translate("SyncWords", "Working"))
    if not at.done and not at.total:
        return what
    if at.total is None:
        words = translate("SyncWords", "{what}: {done}")
        return words.format(what=what, done=formats.number(at.done))
    words = translate("SyncWords", "{what}: {done} of {total}")
    return words.format(what=what, done=formats.number(at.done), total=formats.number(at.total))


def pace(at: SyncProgress, formats: Formats) -> str:
    """How fast it goes and what is left: "40 a second, 2 minutes left"."""
    parts = []
    if at.rate >= 1:
        parts.append(translate("SyncWords", "{count} a second").format(count=formats.number(round(at.rate))))
    if at.left is not None:
        parts.append(translate("SyncWords", "{time} left").format(time=span(at.left, formats)))
    return ", ".join(parts)


def span(seconds: int, formats: Formats) -> str:
    """A time that passes: "40 s", "5 min", "3 h", "2 days"."""
    for size, words in (
        (86_400, translate("SyncWords", "{count} days")),
        (3_600, translate("SyncWords", "{count} h")),
        (60, translate("SyncWords", "{count} min")),
    ):
        if seconds >= 2 * size or (size < 86_400 and seconds >= size):
            return words.format(count=formats.number(seconds // size))
    return translate("SyncWords", "{count} s").format(count=formats.number(max(1, seconds)))


def age(since: datetime, formats: Formats) -> str:
    """How long ago it was, in words."""
    return span(int((formats.now() - since).total_seconds()), formats)


def operation(kind: str) -> str:
    """What an operation of the outbox does."""
    return translate("messages", template(f"operation.{kind}") or kind)


def operation_state(row: OutboxRow) -> tuple[str, Tone]:
    """Where an operation of the outbox stands, and the tone of its chip (Y4)."""
    return {
        "new": (translate("SyncWords", "Waiting"), Tone.INFO),
        "sending": (translate("SyncWords", "On its way"), Tone.INFO),
        # Never "failed" before it is known.
        "unknown": (translate("SyncWords", "Unknown, checking"), Tone.WARNING),
        "waiting": (translate("SyncWords", "Tried again soon"), Tone.INFO),
        "held": (translate("SyncWords", "Held: your word"), Tone.WARNING),
        "failed": (translate("SyncWords", "Refused by Stripe"), Tone.DANGER),
    }.get(row.state, (row.state, Tone.NEUTRAL))


def why_not_sent(row: OutboxRow | None) -> str:
    """Why an operation of the outbox cannot be sent by a person's word; "" where it can."""
    if row is None:
        return translate("SyncWords", "Choose a line first.")
    if row.can_send:
        return ""
    if row.state == "sending":
        return translate("SyncWords", "It is being sent just now: wait for Stripe's answer.")
    return translate(
        "SyncWords", "Stripe refused it, so it is not sent again: begin it anew where it was begun."
    )


def why_not_taken_back(row: OutboxRow | None) -> str:
    """Why an operation of the outbox cannot be taken back; "" where it can, since Stripe never saw it."""
    if row is None:
        return translate("SyncWords", "Choose a line first.")
    if row.can_take_back:
        return ""
    if row.state == "failed":
        return translate("SyncWords", "Stripe refused it, so there is nothing to take back.")
    if row.state == "sending":
        return translate("SyncWords", "It is on its way to Stripe, so it can no longer be taken back.")
    return translate(
        "SyncWords", "It was sent once and Stripe may have it, so it can no longer be taken back."
    )


def thing(kind: str) -> str:
    """An object of Stripe's by its kind."""
    return {
        "charge": translate("SyncWords", "Charge"),
        "checkout.session": translate("SyncWords", "Payment page"),
        "dispute": translate("SyncWords", "Dispute"),
        "event": translate("SyncWords", "News"),
        "payment_intent": translate("SyncWords", "Payment"),
        "payment_link": translate("SyncWords", "Payment link"),
        "payout": translate("SyncWords", "Payout"),
        "price": translate("SyncWords", "Price"),
        "product": translate("SyncWords", "Product"),
        "refund": translate("SyncWords", "Refund"),
    }.get(kind) or kind.replace("_", " ").replace(".", " ").capitalize()


def details(row: QuarantineRow) -> str:
    """All that is known of what could not be taken over, for whoever looks into it; not translated."""
    place = row.trouble.params.get("detail")
    told = (
        f"{row.kind} {row.object_id}",
        f"{row.trouble.code}: {place}" if place else row.trouble.code,
        f"tried {row.attempts} times, from {row.first_at:%Y-%m-%d %H:%M} to {row.last_at:%Y-%m-%d %H:%M} UTC",
        f"Frontdesk {__version__}",
    )
    return "\n".join(told)


def mode(status: SyncStatus) -> str:
    """The mode where it has to be told on every screen."""
    return translate("SyncWords", "TEST MODE") if status.mode == "test" else ""
