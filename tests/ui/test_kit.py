"""The smaller pieces: buttons of commands, tabs, segments, two panes, the focus ring, languages, habits."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from frontdesk.errors import InvalidDraft, Problem, Refused
from frontdesk.messages import templates
from frontdesk.services.changes import Change, Topic
from frontdesk.ui import garbage
from frontdesk.ui.change_notifier import ChangeNotifier
from frontdesk.ui.context import UiContext
from frontdesk.ui.error_reporter import Report
from frontdesk.ui.garbage import GarbageCollector
from frontdesk.ui.i18n import PseudoTranslator, pseudo
from frontdesk.ui.placing import beside, placed
from frontdesk.ui.preferences import Preferences
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.tokens import LIGHT
from frontdesk.ui.widgets.basics import LinkButton, PrimaryButton, SecondaryButton, action_button
from frontdesk.ui.widgets.choice_fields import CheckField
from frontdesk.ui.widgets.choices import Segments, Tabs
from frontdesk.ui.widgets.client_popup import ClientPopup
from frontdesk.ui.widgets.fields import DateField, MoneyField, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.surfaces import Banner, BusyBar, Chip, EmptyState, KeyValues
from frontdesk.ui.widgets.toast import Toast
from tests.support.event_loop import until
from tests.ui.conftest import Show
from tests.ui.walk import accessible_name, assert_accessible, assert_nothing_cut_off


def column_of(*widgets: QWidget) -> QWidget:
    host = QWidget()
    column = QVBoxLayout(host)
    for widget in widgets:
        column.addWidget(widget)
    return host


def test_a_button_of_a_command_follows_it(context: UiContext, show: Show) -> None:
    host = QWidget()
    ran: list[bool] = []
    action = context.actions.add(
        "client.sell", "Sell", lambda: ran.append(True), owner=host, shortcut="Ctrl+S", icon="payments"
    )
    button = action_button(action, PrimaryButton, name="sellButton")
    QHBoxLayout(host).addWidget(button)
    show(host)
    assert button.toolTip() == "Sell  Ctrl+S" and not button.icon().isNull()
    button.click()
    action.setEnabled(False)
    assert not button.isEnabled() and ran == [True]
    action.setVisible(False)
    assert not button.isVisible()
    action.setVisible(True)
    assert button.isVisible()


def test_commands_of_a_deleted_screen_are_gone(context: UiContext) -> None:
    host = QWidget()
    context.actions.add("client.sell", "Sell", lambda: None, owner=host, shortcut="Ctrl+S")
    with pytest.raises(ValueError, match="two commands are called"):
        context.actions.add("client.sell", "Sell", lambda: None, owner=host)
    host.deleteLater()
    del host
    gc.collect()
    QTest.qWait(1)
    assert context.actions.all() == ()


def test_tabs_show_the_page_of_their_key(show: Show) -> None:
    tabs = Tabs(name="clientTabs")
    for key in ("overview", "credits", "notes"):
        tabs.add(key, key.title(), QLabel(key))
    seen: list[str] = []
    tabs.shown.connect(seen.append)
    show(tabs)
    tabs.show_page("notes")
    tabs.bar.setFocus()
    QTest.keyClick(tabs.bar, Qt.Key.Key_Left)
    assert seen == ["notes", "credits"] and tabs.current() == "credits"
    assert_accessible(tabs)


def test_segments_are_chosen_by_mouse_and_arrows(show: Show) -> None:
    segments = Segments([("Today", "day"), ("Week", "week"), ("Month", "month")], "week", name="period")
    seen: list[str] = []
    segments.chosen.connect(seen.append)
    show(segments)
    first = segments.findChild(QWidget, "period0")
    assert first is not None
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert seen == ["day", "week"] and segments.value() == "week"
    assert_accessible(segments)


def test_the_detail_becomes_a_page_where_there_is_no_room(show: Show) -> None:
    """At narrow widths the detail pane becomes a page."""
    master, detail = QLabel("list"), QLabel("detail")
    split = MasterDetail(master, detail)
    split.resize(1000, 500)
    show(split)
    assert not detail.isVisible()
    split.show_detail()
    assert detail.isVisible() and master.isVisible()
    split.resize(700, 500)
    assert detail.isVisible() and not master.isVisible()
    back = split.findChild(QWidget, "masterDetailBackButton")
    assert back is not None and back.isVisible()
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert master.isVisible() and not detail.isVisible()
    assert not split.close_detail()


def test_the_focus_ring_follows_buttons_and_leaves_fields_alone(
    qapp: QApplication, show: Show, look: None
) -> None:
    """U3: the focus is always visible."""
    button, field = SecondaryButton("Adjust"), TextField()
    host = column_of(button, field)
    show(host)
    button.setFocus()
    drawn = host.findChild(QWidget, "focusRing")
    assert drawn is not None and drawn.isVisible()
    assert drawn.geometry().contains(button.geometry())
    host.resize(host.width() + 60, host.height() + 80)
    QApplication.processEvents()
    assert drawn.geometry().contains(button.geometry())
    field.setFocus()
    QApplication.processEvents()
    left = host.findChild(QWidget, "focusRing")
    assert left is None or not left.isVisible()


def test_the_ring_is_all_that_shows_the_focus(show: Show, look: None) -> None:
    """U3: the style draws no second rectangle into what has the ring around it."""
    segments = Segments([("Add", "add"), ("Take away", "take")], name="sign")
    host = column_of(segments, LinkButton("All credits"), SecondaryButton("Sell"), CheckField("Free"))
    show(host)
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget() or host, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        with_focus = focused.grab().toImage()
        focused.clearFocus()
        assert focused.grab().toImage() == with_focus, focused
        focused.setFocus()


def test_words_of_a_link_begin_where_the_page_does(show: Show) -> None:
    link = LinkButton("IIIIIIIIII")
    host = column_of(link)
    show(host)
    link.clearFocus()
    image = host.grab(link.geometry()).toImage()
    columns, rows = range(image.width()), range(image.height())
    inked = [x for x in columns if any(image.pixelColor(x, y).lightness() < 128 for y in rows)]
    assert min(inked) <= 2 and max(inked) >= image.width() - 3


def test_only_a_new_client_is_offered_without_a_gap_and_with_square_corners(
    context: UiContext, show: Show
) -> None:
    """What shows through round corners is black where nothing composes the windows."""
    field = TextField()
    host = column_of(field)
    show(host)
    popup = ClientPopup(context.formats, field, name="clientPopup")
    popup.offer(("Quentin",))
    QApplication.processEvents()
    line = popup.list.visualRect(popup.list.model().index(0, 0))
    assert popup.list.height() == line.height()
    assert popup.height() - popup.list.height() <= 14
    assert not popup.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    assert popup.grab().toImage().pixelColor(0, 0).name() == LIGHT.control_border
    popup.hide()


def test_a_toast_grows_with_its_text(look: None, qapp: QApplication, show: Show) -> None:
    """U3: what it says stays whole when the text is shown larger meanwhile."""
    host = QWidget()
    host.resize(1024, 640)
    toast = Toast(host)
    show(host)
    toast.tell("The sale to Zoë Mia Lindqvist is kept", "Undo")
    try:
        theme().set_scale(1.5)
        qapp.processEvents()
        text = toast.findChild(QLabel, "toastText")
        assert text is not None and text.width() >= text.sizeHint().width()
        assert host.rect().contains(toast.geometry())
    finally:
        theme().set_scale(1.0)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_toast_stands_where_the_last_line_ends(qapp: QApplication, show: Show, mirrored: bool) -> None:
    """U7"""
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    try:
        host = QWidget()
        host.resize(800, 500)
        show(host)
        toast = Toast(host)
        for width in (800, 640):
            host.resize(width, 500)
            toast.tell("1 credit taken back", "Undo")
            middle = toast.geometry().center()
            assert host.rect().contains(toast.geometry()) and middle.y() > 450
            assert (middle.x() < width / 2) is mirrored
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_the_busy_bar_never_flashes(show: Show, qtbot: QtBot) -> None:
    """Under 150 ms nothing is shown."""
    bar = BusyBar()
    show(bar)
    bar.start()
    assert not bar.is_shown()
    bar.stop()
    bar.start()
    bar.start()
    qtbot.waitUntil(bar.is_shown, timeout=2_000)
    bar.stop()
    assert bar.is_shown()
    bar.stop()
    assert not bar.is_shown()


def test_the_busy_bar_tells_how_far_it_is_where_that_is_known(show: Show, qtbot: QtBot) -> None:
    bar = BusyBar()
    bar.resize(400, 2)
    show(bar)
    bar.start()
    bar.show_progress(2_000, 8_000)
    qtbot.waitUntil(bar.is_shown, timeout=2_000)
    image = bar.grab().toImage()
    told = [image.pixelColor(x, 0).name() for x in range(400)]
    assert told == [LIGHT.accent] * 100 + [LIGHT.hairline] * 300
    bar.stop()


def test_small_surfaces_say_what_they_show(show: Show) -> None:
    ran: list[bool] = []
    pairs = KeyValues(right=True)
    pairs.set([("Total", "90.00 USD"), ("Change", "10.00 USD")], strong="Total")
    pairs.set([("Total", "85.00 USD")])
    banner = Banner(name="told")
    empty = EmptyState("No packages yet.", "New package", lambda: ran.append(True))
    host = column_of(Chip("On sale"), pairs, banner, empty)
    show(host)
    banner.tell("Saved.", action="Undo", run=lambda: ran.append(True))
    assert pairs.value("Total") == "85.00 USD"
    assert accessible_name(host.findChildren(Chip)[0]) == "On sale"
    assert empty.button is not None
    empty.button.click()
    for button in host.findChildren(SecondaryButton):
        button.click()
    assert ran and banner.isVisible()
    assert_accessible(host)
    banner.clear()
    assert not banner.isVisible()


def test_a_name_beside_an_amount_breaks_into_lines_before_it_is_cut_off(look: None, show: Show) -> None:
    """U3: on a narrow receipt, in any language."""
    pairs = KeyValues(right=True)
    pairs.set(
        [("10-class pack, 10 + 2, for the summer by the lake", "1,234.00 USD"), ("Total", "1,234.00 USD")]
    )
    host = column_of(pairs)
    host.setFixedWidth(220)
    show(host)
    assert_nothing_cut_off(host)
    names = [text for text in pairs.findChildren(QLabel) if text.wordWrap()]
    assert [name.height() > 1.5 * name.fontMetrics().height() for name in names] == [True, False]


@pytest.mark.parametrize("mirrored", [False, True])
def test_forms_hold_texts_that_are_longer_and_run_the_other_way(
    context: UiContext, qapp: QApplication, show: Show, mirrored: bool
) -> None:
    """U7: pseudo-locale +40 % and right-to-left lay out."""
    translator = PseudoTranslator()
    qapp.installTranslator(translator)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    try:
        form = Form(context.messages)
        form.add(
            "name", pseudo("Name of the package"), TextField(), required=True, help=pseudo("Clients see it.")
        )
        form.add("price", pseudo("Price"), MoneyField(context.formats))
        form.add("until", pseudo("Use until"), DateField(context.formats))
        host = column_of(form)
        host.resize(380, 300)
        show(host)
        form.show_problems([Problem("price", "field.required")])
        assert form.problem("price").startswith("[") and "·" in form.problem("price")
        assert_nothing_cut_off(host)
        assert_accessible(host)
    finally:
        qapp.removeTranslator(translator)
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_pseudo_texts_are_40_percent_longer_and_keep_their_places() -> None:
    text = "Refund {amount} and void %n credits"
    assert "{amount}" in pseudo(text) and "%n" in pseudo(text)
    assert len(pseudo(text)) >= len(text) * 1.39


def test_habits_are_remembered(tmp_path: Path, look: None) -> None:
    path = tmp_path / "preferences.ini"
    first = Preferences(path)
    assert (first.scheme, first.text_scale, first.language, first.staff_id) == (
        Scheme.SYSTEM,
        1.0,
        "system",
        None,
    )
    first.scheme, first.text_scale, first.language, first.staff_id = Scheme.DARK, 1.2, "de", 7
    first.set_text("payments/period", "week")
    first.save()
    second = Preferences(path)
    assert (second.scheme, second.text_scale, second.language, second.staff_id) == (Scheme.DARK, 1.2, "de", 7)
    assert second.text("payments/period") == "week"


def test_a_spoiled_file_of_habits_does_no_harm(tmp_path: Path, look: None) -> None:
    path = tmp_path / "preferences.ini"
    path.write_text("[look]\nscheme=plaid\ntext_scale=huge\n[desk]\nstaff_id=Ana\n", encoding="utf-8")
    read = Preferences(path)
    assert (read.scheme, read.text_scale, read.staff_id) == (Scheme.SYSTEM, 1.0, None)


def test_watchers_hear_their_topics_as_long_as_they_live(look: None) -> None:
    notifier = ChangeNotifier()
    owner: QObject | None = QObject()
    heard: list[Topic] = []
    assert owner is not None
    notifier.watch(owner, [Topic.SALES], lambda changes: heard.extend(change.topic for change in changes))
    notifier.broadcast([Change(Topic.SALES, (1,)), Change(Topic.CLIENTS, (2,))])
    notifier.broadcast([Change(Topic.CLIENTS, (2,))])
    assert heard == [Topic.SALES]
    owner = None
    gc.collect()
    notifier.broadcast([Change(Topic.SALES, (1,))])
    assert heard == [Topic.SALES]


def test_a_change_knows_whom_it_touches() -> None:
    assert Change(Topic.CREDITS, (1, 2)).touches(Topic.CREDITS, 2)
    assert not Change(Topic.CREDITS, (1, 2)).touches(Topic.CREDITS, 3)
    assert Change(Topic.CREDITS).touches(Topic.CREDITS, 3)
    assert not Change(Topic.SALES, (1,)).touches(Topic.CREDITS, 1)


async def test_errors_from_threads_are_told_on_the_qt_thread(running: UiContext) -> None:
    told: list[int] = []
    running.errors.reported.connect(lambda _report: told.append(threading.get_ident()))
    worker = threading.Thread(target=lambda: running.errors.report(Refused("field.required")))
    worker.start()
    await until(lambda: told)
    worker.join()
    assert told == [threading.get_ident()]


def test_a_draft_without_a_form_tells_all_its_problems(context: UiContext) -> None:
    reports: list[Report] = []
    context.errors.reported.connect(reports.append)
    context.errors.report(
        InvalidDraft([Problem("a", "field.required"), Problem("b", "field.too_long", {"limit": 9})])
    )
    assert reports[0].text.splitlines() == [
        "Fill this in to go on.",
        "This is longer than 9 characters. Shorten it.",
    ]


def test_every_message_can_be_filled_in(context: UiContext) -> None:
    """U6: a template with a stray brace would break when it is needed."""
    for code in templates():
        text = context.messages.text(code, {})
        assert text and text != code


def test_a_code_without_wording_still_says_something(context: UiContext) -> None:
    assert context.messages.text("nobody.wrote_this", {"count": 3}) == "nobody.wrote_this (count: 3)"


def test_garbage_is_collected_on_the_thread_of_the_window(look: None) -> None:
    """PySide objects in cycles must not die in a worker thread."""
    died_in: list[int] = []

    class Cycle:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            died_in.append(threading.get_ident())

    collector = GarbageCollector()
    assert not gc.isenabled()
    before = gc.get_threshold()
    gc.set_threshold(10, 1, 1)
    try:
        Cycle()
        worker = threading.Thread(target=lambda: [[] for _ in range(5_000)])
        worker.start()
        worker.join()
        kept: list[list[int]] = [[] for _ in range(50)]
        assert not died_in and kept
        collector.check()
    finally:
        gc.set_threshold(*before)
    assert died_in == [threading.get_ident()]
    collector.deleteLater()


def test_everything_is_walked_over_for_garbage_only_once_in_a_while(
    look: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F6: the youngest often, which is quick; all that lives seldom, which is not."""
    collected: list[int] = []
    counts = iter([(800, 0, 0), (800, 3, 50), (800, 0, 50), (800, 0, 50)])
    monkeypatch.setattr(gc, "get_count", lambda: next(counts))
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "collect", collected.append)
    collector = GarbageCollector()
    for _ in range(3):
        collector.check()
    assert collected == [0, 1, 0]
    monkeypatch.setattr(garbage, "_ALL_AFTER", -1.0)
    collector.check()
    assert collected[3:] == [2]
    collector.deleteLater()


def test_actions_keep_their_words(context: UiContext) -> None:
    host = QWidget()
    action: QAction = context.actions.add("a.b", "Save && &close…", lambda: None, owner=host)
    assert context.actions.all()[0].text == "Save & close"
    action.setVisible(False)
    assert context.actions.usable() == ()
    host.deleteLater()


@pytest.mark.parametrize(("way", "starts"), [("LeftToRight", 0), ("RightToLeft", 80)])
def test_things_on_one_line_never_cover_each_other(way: str, starts: int) -> None:
    """U7: in both directions what is left lies beside what was drawn, at its start and its end."""
    line, direction = QRect(0, 0, 100, 30), Qt.LayoutDirection[way]
    for at_end in (False, True):
        drawn = placed(direction, at_end, QSize(20, 10), line)
        left = beside(direction, at_end, 20, line)
        assert left.width() == 80 and not left.intersects(drawn)
    assert placed(direction, False, QSize(20, 10), line).left() == starts
