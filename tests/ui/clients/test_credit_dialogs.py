"""Adjusting, visits, last days, freezes, transfers: driven by the keyboard, told before and after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPushButton, QWidget

from frontdesk.services.bulk_extending import bulk_extensions
from frontdesk.services.class_types import archive_class_type
from frontdesk.services.drafts.credits import VisitDraft
from frontdesk.services.statement import credit_statement
from frontdesk.services.visits import record_visit
from frontdesk.ui.dialogs.adjust import AdjustDialog
from frontdesk.ui.dialogs.change_lot import ChangeLotDialog
from frontdesk.ui.dialogs.extend import ExtendDialog
from frontdesk.ui.dialogs.extend_many import ExtendManyDialog
from frontdesk.ui.dialogs.freeze import FreezeDialog
from frontdesk.ui.dialogs.record_visit import RecordVisitDialog
from frontdesk.ui.dialogs.revive import ReviveDialog
from frontdesk.ui.dialogs.transfer import TransferDialog
from frontdesk.ui.screens.settings import SettingsScreen
from frontdesk.ui.widgets.surfaces import Banner
from tests.support.event_loop import until
from tests.ui.clients.conftest import CTRL, Clients
from tests.ui.walk import assert_nothing_cut_off


def consequence(dialog: Any) -> str:
    return str(dialog.consequence.text.text())


def banner(dialog: QDialog) -> str:
    return dialog.findChildren(Banner)[0].text()


async def test_an_adjustment_takes_at_most_fourteen_keys(clients: Clients) -> None:
    """U1, C10."""
    await clients.open_list()
    clients.pressed = 0
    await clients.write("mira")
    await clients.press(Qt.Key.Key_Return)
    await clients.press(Qt.Key.Key_J, held=CTRL)
    await clients.write("-3")
    await clients.press(Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    await clients.write("ill")
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().usable == 9
    assert clients.pressed <= 14
    assert clients.dialogs() == ()
    assert clients.toast() == "3 credits taken away, 9 usable now"


async def test_the_adjustment_says_beforehand_which_lots_give_how_many(clients: Clients) -> None:
    """C6: complimentary credits go before bought ones."""
    await clients.profile()
    dialog = await clients.ask("adjust", clients.mira)
    assert isinstance(dialog, AdjustDialog)
    await clients.write("-3")
    assert consequence(dialog) == (
        "12 credits → 9 credits: 2 from “10-class pack, bonus” and 1 from “10-class pack”."
    )
    assert dialog.primary.text() == "Take 3 credits away"


async def test_lots_of_one_name_are_told_apart_by_their_last_days(clients: Clients) -> None:
    clients.clock.pass_time(days=3)
    clients.sell(clients.mira)
    await clients.profile()
    dialog = await clients.ask("adjust", clients.mira)
    await clients.write("-13")
    assert consequence(dialog) == (
        "24 credits → 11 credits: 2 from “10-class pack, bonus” (until 4 Apr 2027), 10 from “10-class pack”"
        " and 1 from “10-class pack, bonus” (until 7 Apr 2027)."
    )


async def test_what_is_taken_away_is_a_correction_unless_somebody_says_otherwise(clients: Clients) -> None:
    """C10: the reason stays in the ledger for good."""
    await clients.profile()
    dialog = await clients.ask("adjust", clients.mira)
    assert isinstance(dialog, AdjustDialog)
    reason = dialog.form["reason_code"]
    assert reason.value() == "goodwill"
    await clients.write("-3")
    assert reason.value() == "correction"
    await clients.write("+")
    assert reason.value() == "goodwill"
    reason.set_value("event")
    reason.edited.emit()
    await clients.write("-")
    assert reason.value() == "event"
    dialog.reject()


async def test_without_class_types_a_visit_says_where_they_are_added(clients: Clients) -> None:
    await clients.profile()
    dialog = await clients.ask("record_visit", clients.mira)
    link = clients.find(QPushButton, "visitAddClassTypes")
    assert not link.isVisible()
    dialog.reject()
    clients.office.write(archive_class_type, clients.actor, None, clients.yoga)
    await clients.ask("record_visit", clients.mira)
    link = next(
        one for one in clients.window.findChildren(QPushButton, "visitAddClassTypes") if one.isVisible()
    )
    link.click()
    await clients.settled()
    assert clients.dialogs() == ()
    screen = clients.window.current_screen()
    assert isinstance(screen, SettingsScreen) and "class_types" in screen.sections


async def test_the_fields_of_a_long_dialog_stand_in_columns_and_end_with_what_it_will_do(
    clients: Clients,
) -> None:
    """U3: also where the dialog scrolls."""
    clients.window.resize(1024, 500)
    await clients.open_list()
    dialog = await clients.ask("extend_many")
    assert isinstance(dialog, ExtendManyDialog) and dialog._scroll.verticalScrollBar().maximum()

    def left(field: QWidget) -> int:
        return field.mapTo(dialog, QPoint(0, 0)).x()

    form = dialog.form
    assert left(form["days"]) == left(form["package_id"]) == left(form["reason_code"])
    assert left(form["expiring_from"]) == left(form["class_type_id"]) == left(form["note"])
    note, told = form["note"], dialog.consequence
    assert left(note) + note.width() == left(told) + told.width()
    dialog.reject()


async def test_minus_a_hundred_is_refused_with_what_is_there(clients: Clients) -> None:
    """C10: as a whole, naming what is there."""
    await clients.profile()
    dialog = await clients.ask("adjust", clients.mira)
    await clients.write("-100")
    assert consequence(dialog) == "100 credits cannot be taken: there are 12."
    await clients.press(Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    await clients.write("oops")
    await clients.press(Qt.Key.Key_Return)
    assert "100 credits cannot be taken: there are 12" in banner(dialog)
    assert "10-class pack" in banner(dialog)
    assert clients.account().usable == 12
    assert clients.dialogs() == ("adjustDialog",)


async def test_a_plus_makes_a_lot_with_its_own_last_day(clients: Clients) -> None:
    """C10."""
    await clients.profile()
    dialog = await clients.ask("adjust", clients.mira)
    assert isinstance(dialog, AdjustDialog)
    await clients.write("2")
    dialog.form["last_day"].setFocus()
    await clients.write("+30")
    dialog.form["note"].setFocus()
    assert consequence(dialog) == "12 credits → 14 credits. The new credits can be used until 3 Feb 2027."
    await clients.write("sorry")
    await clients.press(Qt.Key.Key_Return)
    account = clients.account()
    assert account.usable == 14
    assert account.lots[0].last_day == clients.clock.at.date() + timedelta(days=30)


async def test_a_reason_is_needed_in_words(clients: Clients) -> None:
    """C10: a reason code and text are mandatory."""
    await clients.profile()
    dialog = await clients.ask("adjust", clients.mira)
    assert isinstance(dialog, AdjustDialog)
    await clients.write("2")
    await clients.press(Qt.Key.Key_Return)
    assert dialog.form.problem("note").startswith("Say in a few words why")
    assert clients.account().usable == 12


async def test_what_was_typed_survives_escape(clients: Clients) -> None:
    """U2: Esc never loses typed text."""
    await clients.profile()
    await clients.ask("adjust", clients.mira)
    await clients.write("-3")
    await clients.press(Qt.Key.Key_Escape)
    assert clients.dialogs() == ()
    dialog = await clients.ask("adjust", clients.mira)
    assert isinstance(dialog, AdjustDialog)
    assert dialog.form["change"].value() == -3
    assert dialog.form["note"].value() == ""


async def test_a_visit_is_recorded_with_two_keys(clients: Clients) -> None:
    """C7: the lot is shown before confirming."""
    await clients.profile()
    clients.pressed = 0
    await clients.press(Qt.Key.Key_F3)
    dialog = clients.dialog("visitDialog")
    assert isinstance(dialog, RecordVisitDialog)
    assert consequence(dialog) == (
        "1 from “10-class pack, bonus”, until 4 Apr 2027 (free credits go first)."
        " 11 credits left for this class."
    )
    await clients.press(Qt.Key.Key_Return)
    assert clients.pressed == 2
    assert clients.account().usable == 11


async def test_a_visit_in_the_minute_of_the_purchase_is_an_ordinary_one(clients: Clients) -> None:
    """C12: the dialog shows minutes, and means the very instant."""
    clients.clock.pass_time(seconds=20)
    ada = clients.client("Ada Dubois")
    clients.sell(ada)
    clients.clock.pass_time(seconds=20)
    await clients.profile("overview", ada)
    await clients.press(Qt.Key.Key_F3)
    await clients.press(Qt.Key.Key_Return)
    (line, _sale) = clients.office.read(credit_statement, ada).lines
    assert line.kind == "visit"
    await clients.settled()
    screen = clients.open_profile()
    told = [label.text() for label in screen.overview.visits.findChildren(QLabel) if label.isVisible()]
    assert any(one.startswith("1 credit · 4 Jan 2027") for one in told), told


async def test_another_lot_can_be_picked_for_a_visit(clients: Clients) -> None:
    """C6: staff can pick another."""
    await clients.profile()
    dialog = await clients.ask("record_visit", clients.mira)
    assert isinstance(dialog, RecordVisitDialog)
    lots = dialog.form["lot_id"]
    lots.set_value(clients.account().lots[1].lot_id)
    lots.edited.emit()
    await clients.settled()
    assert "from “10-class pack”" in consequence(dialog)
    await clients.press(Qt.Key.Key_Return)
    assert [lot.used for lot in clients.account().lots] == [0, 1]


async def test_without_credits_a_visit_is_refused_or_recorded_unpaid(clients: Clients) -> None:
    """C12."""
    ada = clients.client("Ada Dubois")
    screen = await clients.profile(client_id=ada)
    dialog = await clients.ask("record_visit", ada)
    assert isinstance(dialog, RecordVisitDialog)
    await clients.press(Qt.Key.Key_Return)
    assert clients.dialogs() == ("visitDialog",)
    assert "no credits left" in banner(dialog)
    assert_nothing_cut_off(dialog)
    last = dialog.form["lot_id"]
    assert last.visibleRegion().boundingRect().height() == last.height(), "the banner has made itself room"
    QTest.mouseClick(dialog.unpaid_button, Qt.MouseButton.LeftButton)
    await clients.settled()
    assert len(clients.account(ada).unpaid) == 1
    assert screen.credits.unpaid.text().startswith("Attended without credits: Yoga on 4 Jan 2027")


async def test_a_visit_of_somebody_is_recorded_from_anywhere(clients: Clients) -> None:
    await clients.open_list()
    await clients.press(Qt.Key.Key_F3)
    await clients.write("mira")
    await clients.press(Qt.Key.Key_Return)
    dialog = clients.dialog("visitDialog")
    assert isinstance(dialog, RecordVisitDialog)
    assert dialog.primary.text() == "Record visit · 1 credit"
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().usable == 11


async def test_a_visit_is_undone_from_its_line_of_the_ledger(clients: Clients) -> None:
    """C9: exactly, on the same lots."""
    visit(clients)
    screen = await clients.profile()
    screen.credits.statement.setFocus()
    await clients.press(Qt.Key.Key_Down)
    assert clients.find(QPushButton, "action.line.undo_visitButton").isVisible()
    await clients.press(Qt.Key.Key_Z, held=CTRL)
    assert clients.account().usable == 12
    assert clients.toast() == "Visit taken back. 1 credit returned, 12 usable now."


async def test_enter_on_a_line_of_the_ledger_offers_what_can_be_done(clients: Clients) -> None:
    visit(clients)
    screen = await clients.profile()
    screen.credits.statement.setFocus()
    await clients.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Undo this visit", "Let another lot pay"]
    QTest.keyClick(menu, Qt.Key.Key_Return)
    await clients.settled()
    assert clients.account().usable == 12


async def test_another_lot_pays_for_a_recorded_visit(clients: Clients) -> None:
    """C6: also afterwards."""
    visit(clients)
    screen = await clients.profile()
    screen.credits.statement.setFocus()
    await clients.press(Qt.Key.Key_Down)
    await clients.press(Qt.Key.Key_L, held=CTRL)
    dialog = clients.dialog("changeLotDialog")
    assert isinstance(dialog, ChangeLotDialog)
    assert consequence(dialog) == "1 credit back to “10-class pack, bonus”, “10-class pack”: 10 → 9 credits."
    await clients.press(Qt.Key.Key_Return)
    assert [lot.used for lot in clients.account().lots] == [0, 1]


async def test_credits_that_come_back_expired_can_be_revived(clients: Clients) -> None:
    """C9."""
    visit(clients)
    clients.clock.pass_time(days=100)
    screen = await clients.profile()
    lines = screen.credits.statement.lines.rows()
    at = next(at for at, line in enumerate(lines) if "undo_visit" in line.actions)
    screen.credits.statement.selectRow(at)
    clients.context.actions["line.undo_visit"].trigger()
    await clients.settled()
    assert clients.account().usable == 0
    lines = screen.credits.statement.lines.rows()
    screen.credits.statement.selectRow(next(at for at, line in enumerate(lines) if "revive" in line.actions))
    clients.context.actions["line.revive"].trigger()
    await clients.settled()
    dialog = clients.dialog("reviveDialog")
    assert isinstance(dialog, ReviveDialog)
    await until(dialog.isActiveWindow)
    dialog.form["note"].setFocus()
    await clients.write("was ill")
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().usable == 1


async def test_a_last_day_is_moved_with_before_and_after(clients: Clients) -> None:
    """C11."""
    await clients.profile()
    lot = clients.account().lots[1]
    dialog = await clients.ask("extend", clients.mira, lot.lot_id)
    assert isinstance(dialog, ExtendDialog)
    QTest.mouseClick(clients.find(QPushButton, "extendBy7"), Qt.MouseButton.LeftButton)
    await clients.settled()
    assert consequence(dialog) == "“10-class pack”: until 4 Apr 2027 → until 11 Apr 2027."
    dialog.form["note"].setFocus()
    await clients.write("broke a leg")
    await clients.press(Qt.Key.Key_Return)
    assert lot.last_day is not None
    assert clients.account().lots[1].last_day == lot.last_day + timedelta(days=7)


async def test_a_freeze_shows_every_last_day_before_and_after_and_can_be_ended(clients: Clients) -> None:
    """C11."""
    screen = await clients.profile()
    dialog = await clients.ask("freeze", clients.mira)
    assert isinstance(dialog, FreezeDialog)
    dialog.form["last_day"].setFocus()
    await clients.write("+14")
    rows = dialog.lots.rows()
    assert [row[1] for row in rows] == ["until 4 Apr 2027"] * 2
    assert [row[2] for row in rows] == ["until 19 Apr 2027"] * 2
    dialog.form["note"].setFocus()
    await clients.write("in Spain")
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().standing == "frozen"
    assert screen.credits.frozen.text() == (
        "12 credits frozen from 4 Jan 2027 through 18 Jan 2027: “in Spain”"
    )
    usable = {one.id: one for one in clients.context.actions.usable("client")}
    assert "client.end_freeze" in usable, "U2: in Ctrl+K as well"
    clients.click("creditsFrozenAction")
    await clients.settled()
    await clients.press(Qt.Key.Key_Escape)
    usable["client.end_freeze"].action.trigger()
    await clients.settled()
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().usable == 12
    assert not usable["client.end_freeze"].action.isVisible()


async def test_credits_are_given_to_somebody_found_by_typing(clients: Clients) -> None:
    """C11: two linked entries."""
    ada = clients.client("Ada Dubois")
    await clients.profile()
    lot = clients.account().lots[1]
    dialog = await clients.ask("transfer", clients.mira, lot.lot_id)
    assert isinstance(dialog, TransferDialog)
    await clients.write("ada")
    await clients.press(Qt.Key.Key_Return)
    dialog.form["credits"].setFocus()
    await clients.write("4")
    assert consequence(dialog) == "Mira Okafor: 12 → 8. Ada Dubois: 0 → 4 credits, until 4 Apr 2027."
    dialog.form["note"].setFocus()
    await clients.write("a present")
    await clients.press(Qt.Key.Key_Return)
    assert (clients.account().usable, clients.account(ada).usable) == (8, 4)


async def test_nobody_can_be_given_their_own_credits(clients: Clients) -> None:
    await clients.profile()
    dialog = await clients.ask("transfer", clients.mira)
    assert isinstance(dialog, TransferDialog)
    await clients.write("mira")
    assert dialog.picker.popup.choices() == ("mira",)


async def test_many_last_days_are_extended_with_preview_and_undo(clients: Clients) -> None:
    """C11: in bulk for a holiday."""
    clients.sell(clients.client("Ada Dubois"))
    await clients.open_list()
    dialog = await clients.ask("extend_many")
    assert isinstance(dialog, ExtendManyDialog)
    assert consequence(dialog) == "24 credits of 2 clients can be used 7 days longer."
    assert dialog.primary.text() == "Extend 4 lots"
    dialog.form["note"].setFocus()
    await clients.write("Christmas")
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().lots[0].last_day == clients.clock.at.date() + timedelta(days=97)
    clients.click("toastAction")
    await clients.settled()
    assert clients.account().lots[0].last_day == clients.clock.at.date() + timedelta(days=90)
    assert clients.toast() == "Extension undone."
    again = await clients.ask("extend_many")
    assert isinstance(again, ExtendManyDialog)
    assert [one.undone for one in clients.office.read(bulk_extensions)] == [True]
    assert again.earlier.isVisible()


def visit(clients: Clients) -> None:
    draft = VisitDraft(clients.mira, 1, clients.clock.at, clients.yoga)
    clients.office.write(record_visit, clients.actor, None, draft)
