"""The command sync: one pass without a window, which also says what stands in the way."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from frontdesk.commands.answer import FOUND, OK, Answer
from frontdesk.commands.books import opened
from frontdesk.messages import sentence
from frontdesk.paths import Places
from frontdesk.services.views.sync_status import OutboxRow, QuarantineRow, SyncView
from frontdesk.syncing import Passed, Secrets, make_line, sync_once


def sync(options: argparse.Namespace, places: Places, secrets: Secrets | None = None) -> Answer:
    """Sends what waits and takes over what happened at Stripe; with --full compares the last months.

    ``secrets`` makes the place of the key; None takes the computer's keyring.
    """
    with opened(places) as office:
        passed = sync_once(make_line(office, secrets), full=options.full)
    left = [row for row in passed.view.outbox if row.state != "failed"]
    wrong = bool(left or passed.view.quarantine or not passed.pulled.whole)
    data = {
        "sent": passed.ended,
        "waiting": [{"kind": row.kind, "state": row.state, "about": row.about} for row in left],
        "pulled": asdict(passed.pulled),
        "payouts": passed.payouts,
        "set_aside": [
            {
                "object": row.object_id,
                "kind": row.kind,
                "code": row.trouble.code,
                "detail": row.trouble.params.get("detail", ""),
            }
            for row in passed.view.quarantine
        ],
        "complete_at": passed.view.complete_at,
    }
    return Answer(data, (*_told(passed), *_left(passed.view)), FOUND if wrong else OK)


def _told(passed: Passed) -> tuple[str, ...]:
    account, pulled = passed.view.account, passed.pulled
    mode = "live" if account.livemode else "TEST MODE"
    how = "Stripe's lists were compared" if pulled.swept else _count(pulled.events, "event")
    return (
        f"Stripe account {account.name or account.account_id}, {mode}.",
        f"Sent {passed.ended}. Took over {_count(pulled.objects, 'object')} ({how}), "
        f"{_count(passed.payouts, 'payout')} listed.",
    )


def _count(many: int, what: str) -> str:
    return f"{many} {what}" if many == 1 else f"{many} {what}s"


def _left(view: SyncView) -> tuple[str, ...]:
    waits = [waits_in_words(row) for row in view.outbox if row.state != "failed"]
    return (*waits, *(_set_aside(row) for row in view.quarantine))


def waits_in_words(row: OutboxRow) -> str:
    """What waits for Stripe, why, and what happens next."""
    about = f" ({row.about})" if row.about else ""
    why = sentence(f"operation_state.{row.state}", {})
    if row.trouble is not None and row.state != "held":
        why = sentence(row.trouble.code, row.trouble.params)
    return f"Waits: {sentence(f'operation.{row.kind}', {})}{about}. {why}"


def _set_aside(row: QuarantineRow) -> str:
    detail = row.trouble.params.get("detail")
    more = f" Details: {detail}." if detail else ""
    return f"Not taken over: {row.object_id}. {sentence(row.trouble.code, row.trouble.params)}{more}"
