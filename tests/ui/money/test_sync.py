"""The Sync tab: how sync stands, what waits, what was not taken over, and what people may do (Y4, Y5, Y6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from frontdesk import __version__
from frontdesk.services.views.sync_status import SyncProgress, SyncStatus, Trouble
from frontdesk.ui.screens.money.sync import SyncTab
from frontdesk.ui.sync_board import SyncBoard
from frontdesk.ui.sync_words import state_line
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import ElidedText
from frontdesk.ui.widgets.surfaces import Banner
from tests.ui.money.conftest import DOWN, Till
from tests.ui.money.test_overview import cells
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off
from tools.stripe_rows import connected, work_that_waits


class Asked:
    """Stands where the worker does, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.wait = 0

    def sync_now(self, *, full: bool = False) -> int:
        self.asked.append("full" if full else "now")
        return self.wait

    def cancel(self) -> None:
        self.asked.append("cancel")

    def retry(self, object_id: str) -> None:
        self.asked.append(object_id)


def served(till: Till) -> tuple[SyncBoard, Asked]:
    """A board as the program serves it, online and synced a minute ago."""
    board, worker = SyncBoard(till.window), Asked()
    board.attach(worker)
    till.context.serve("sync", lambda: board)
    board.show(SyncStatus("test", True, None, till.desk.clock.now() - timedelta(minutes=1), 3))
    return board, worker


async def sync_tab(till: Till) -> SyncTab:
    till.desk.do(connected)
    till.desk.do(work_that_waits, till.pack)
    return (await till.payments("sync")).sync


def text(till: Till, name: str) -> str:
    return till.find(QLabel, name).text()


async def test_what_waits_is_told_in_words_with_its_age(till: Till) -> None:
    """Y4."""
    served(till)
    tab = await sync_tab(till)
    assert text(till, "syncLastNumber") == "Synced 08:59" and tab.chip.text() == "Online"
    assert text(till, "syncWorkTitle") == "What waits for Stripe · the oldest for 5 h"
    assert [(row[0], row[3]) for row in cells(tab.work)] == [
        ("Set a price online", "Tried again soon"),
        ("Make a payment link", "Unknown, checking"),
        ("Pay a refund", "Held: your word"),
        ("Change a package online", "Refused by Stripe"),
    ]
    assert cells(tab.aside.table)[0][0] == "Charge" and cells(tab.aside.table)[0][2] == "4 times"


async def test_what_was_held_is_sent_or_taken_back_and_nothing_else_can_be(till: Till) -> None:
    served(till)
    tab = await sync_tab(till)
    send, back = till.find(QPushButton, "sync.send"), till.find(QPushButton, "sync.takeBack")
    assert not send.isEnabled() and not back.isEnabled()
    assert back.accessibleDescription() == "Choose a line first."
    tab.work.setFocus()
    await till.press(DOWN)
    assert send.isEnabled() and not back.isEnabled()
    assert text(till, "syncWhy").startswith("Stripe is busy just now")
    why = "It was sent once and Stripe may have it, so it can no longer be taken back."
    assert back.toolTip() == f"Take back\n{why}" and back.accessibleDescription() == why
    assert text(till, "syncWhy").endswith(why) and not send.accessibleDescription()
    await till.press(DOWN, DOWN)
    assert send.isEnabled() and back.isEnabled()
    assert text(till, "syncWhy").startswith("It moves money and waited long")
    assert back.toolTip() == "Take back" and not back.accessibleDescription()
    send.click()
    await till.settled()
    assert cells(tab.work)[2][3] == "Unknown, checking", "whether it was done since these books were saved"
    await till.press(DOWN)
    assert not send.isEnabled()
    assert "begin it anew where it was begun" in send.toolTip()
    assert "Your account cannot currently make charges." in text(till, "syncWhy")


async def test_what_stripe_refused_is_dismissed_and_stays_so(till: Till) -> None:
    """U6: nothing that was seen and cannot be changed stands there for days."""
    served(till)
    tab = await sync_tab(till)
    dismiss = till.find(QPushButton, "sync.dismiss")
    assert not dismiss.isVisible()
    tab.work.setFocus()
    await till.press(DOWN)
    assert not dismiss.isVisible()
    await till.press(DOWN, DOWN, DOWN)
    assert dismiss.isVisible()
    dismiss.click()
    await till.settled()
    tab.load()
    await till.settled()
    assert [row[3] for row in cells(tab.work)] == ["Tried again soon", "Unknown, checking", "Held: your word"]


async def test_sync_now_asks_once_in_a_while_and_says_when_again(till: Till) -> None:
    """Y5."""
    _board, worker = served(till)
    await sync_tab(till)
    till.find(QPushButton, "sync.now").click()
    till.find(QPushButton, "sync.full").click()
    assert worker.asked == ["now", "full"]
    worker.wait = 9
    till.find(QPushButton, "sync.now").click()
    assert till.toast() == "Synced a moment ago. Possible again in 9 s."


async def test_sync_now_is_a_key_away_wherever_one_is_in_payments(till: Till) -> None:
    """U2."""
    _board, worker = served(till)
    await till.payments("transactions")
    await till.press(Qt.Key.Key_F5)
    assert worker.asked == ["now"]


async def test_a_long_sync_shows_how_far_it_is_and_can_be_stopped(till: Till) -> None:
    """Y5."""
    board, worker = served(till)
    tab = await sync_tab(till)
    stop = till.find(QPushButton, "sync.cancel")
    assert not stop.isVisible()
    board.show(replace(board.status, progress=SyncProgress("sweep", 1200, 4000, 40.0, 70)))
    assert text(till, "syncProgress") == "Comparing with Stripe: 1,200 of 4,000 · 40 a second, 1 min left"
    assert tab.meter.share == pytest.approx(0.3)
    stop.click()
    assert worker.asked == ["cancel"]
    board.show(replace(board.status, progress=None))
    assert not stop.isVisible()


async def test_a_lost_network_is_told_with_its_cause(till: Till) -> None:
    """Y5."""
    board, _worker = served(till)
    tab = await sync_tab(till)
    lost = Trouble("stripe.not_reached", {"detail": "no name"})
    board.show(replace(board.status, online=False, trouble=lost))
    banner = till.find(Banner, "syncTrouble")
    assert banner.isVisible() and banner.text().startswith("Stripe cannot be reached. Look")
    assert tab.chip.text() == "Not reached"
    board.show(replace(board.status, online=True, trouble=None))
    assert not banner.isVisible()


async def test_what_was_not_taken_over_is_tried_again(till: Till) -> None:
    _board, worker = served(till)
    await sync_tab(till)
    till.find(QPushButton, "sync.tryAgain").click()
    assert worker.asked == ["ch_1NotUnderstood"]


async def test_why_something_was_not_taken_over_is_told_whole_with_what_to_quote(till: Till) -> None:
    """U6, A7: in words; where in the program it happened is for the report alone."""
    served(till)
    tab = await sync_tab(till)
    why = text(till, "syncAsideWhy")
    assert why.startswith("Stripe tells of this in a way that this version of Frontdesk cannot read")
    assert why.endswith("quote ch_1NotUnderstood.") and "KeyError" not in why
    assert cells(tab.aside.table) == [["Charge", "ch_1NotUnderstood", "4 times"]]
    till.find(QPushButton, "sync.copyDetails").click()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[:2] == ["charge ch_1NotUnderstood", "sync.not_understood: KeyError at revenue.py:41"]
    assert copied[-1] == f"Frontdesk {__version__}" and len(copied) == 4
    assert "copied" in till.toast()


async def test_a_fault_of_sync_is_short_in_the_status_line_and_whole_in_the_tab(
    till: Till,
) -> None:
    """U6."""
    board, _worker = served(till)
    tab = await sync_tab(till)
    board.show(SyncStatus("live", False, Trouble("sync.unexpected", {"id": "K7QH2M"})))
    assert "quote K7QH2M" in tab.trouble.text()
    told, tone = state_line(board.status, till.context.formats, till.context.messages)
    assert told.startswith("Live · Stopped by a fault, tried again soon · ") and tone is Tone.DANGER
    board.show(SyncStatus("live", False, Trouble("stripe.no_key", {})))
    told, _tone = state_line(board.status, till.context.formats, till.context.messages)
    assert told.startswith("Live · This computer does not have the key of the studio's Stripe account · ")


async def test_the_account_and_what_stripe_still_wants(till: Till) -> None:
    served(till)
    tab = await sync_tab(till)
    assert tab.account.value("Can charge") == "yes" and tab.account.value("Can pay out") == "not yet"
    wanted = text(till, "syncWanted")
    assert wanted.startswith("Stripe still wants by 13 Jan 2027")
    assert "representative: id number, external account" in wanted
    assert text(till, "syncReads").startswith("412 of 10,000") and tab.reads_meter.share < 0.1


async def test_a_studio_without_stripe_is_led_to_its_settings(till: Till) -> None:
    """U6."""
    screen = await till.payments("sync")
    assert screen.sync.off.isVisible() and not screen.sync.page.isVisible()
    screen.sync.sync_now()
    assert till.toast().startswith("Sync is not running.")
    till.find(QPushButton, "syncOffAction").click()
    await till.settled()
    shown = till.window.current_screen()
    assert shown is not None and shown.id == "settings"


async def test_every_command_is_in_the_palette_and_none_clash(till: Till) -> None:
    """U2."""
    await sync_tab(till)
    assert_no_clashes(till.context)
    usable = {one.id for one in till.context.actions.usable("payments")}
    assert {"payments.sync_now", "payments.sync_full", "payments.try_again"} <= usable
    assert {f"payments.tab_{tab}" for tab in ("overview", "pending", "payouts", "sync")} <= usable


@pytest.mark.parametrize("size", [(720, 480), (1024, 640), (1920, 1080)])
async def test_nothing_is_cut_off(till: Till, size: tuple[int, int]) -> None:
    """U3."""
    board, _worker = served(till)
    till.window.resize(*size)
    await sync_tab(till)
    board.show(replace(board.status, progress=SyncProgress("first", 1200, 4000, 40.0, 70)))
    assert_nothing_cut_off(till.window)
    theme().set_scheme(Scheme.DARK)
    assert_accessible(till.window)


async def test_the_status_line_of_every_screen_says_how_sync_stands(till: Till) -> None:
    """Y5."""
    formats, messages, line = till.context.formats, till.context.messages, till.window.status
    status = SyncStatus("test", True, None, till.desk.clock.now(), 2)
    told = [state_line(status, formats, messages)]
    lost = Trouble("stripe.not_reached", {"detail": "no name"})
    for changed in (
        replace(status, online=False, trouble=lost),
        replace(status, mode="no_key", waiting=0, synced_at=None),
        replace(status, progress=SyncProgress("first", 40)),
        SyncStatus(),
    ):
        told.append(state_line(changed, formats, messages))
    assert [words for words, _tone in told] == [
        "Test mode · Online · synced 09:00 · 2 waiting",
        "Test mode · Offline: Stripe cannot be reached · synced 09:00 · 2 waiting",
        "No key for Stripe on this computer · not synced yet",
        "Test mode · Online · Reading what Stripe has: 40 · 2 waiting",
        "",
    ]
    assert state_line(replace(status, mode="live"), formats, messages)[0].startswith("Live · Online · ")
    assert [tone for _words, tone in told] == [Tone.GOOD, Tone.DANGER, Tone.WARNING, Tone.GOOD, Tone.NEUTRAL]
    await till.go("clients")
    line.show_sync(*told[4])
    assert till.window.findChild(QLabel, "syncLine") is None
    line.show_sync(*told[1])
    await till.settled()
    shown = till.find(ElidedText, "syncLine")
    assert shown.isVisible() and shown.text() == told[1][0] and shown.width() >= shown.sizeHint().width()
    line.show_sync(*told[4])
    assert not shown.isVisible()
