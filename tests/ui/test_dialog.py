"""Dialogs: Enter commits once, refusals stay in the dialog, Esc keeps what was typed."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QSpinBox, QWidget

from frontdesk.errors import InvalidDraft, Problem, Refused
from frontdesk.ui.context import UiContext
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import SecondaryButton, Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import MoneyField, TextArea, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from tests.support.event_loop import emitted, until
from tests.support.logs import ExpectedLogs
from tests.ui.conftest import Show
from tests.ui.walk import assert_accessible, assert_nothing_cut_off


class RefundDialog(SheetDialog):
    """A dialog whose work the test decides."""

    def __init__(self, context: UiContext, parent: QWidget, about: object = 1) -> None:
        super().__init__(context, "Refund", name="refundDialog", parent=parent, about=about)
        self.form = self.add_form(Form(context.messages))
        self.form.add("amount", "Amount", MoneyField(context.formats, 5400, name="refundAmount"))
        self.form.add("reason", "Reason", TextField(name="refundReason"), required=True)
        self.form.add("notes", "Notes", TextArea(name="refundNotes"))
        self.set_primary("Refund 54.00 USD and void 8 credits", self.go, name="refundButton", danger=True)
        self.runs = 0
        self.gate = asyncio.Event()
        self.fails: Exception | None = None

    def go(self) -> None:
        self.commit(self._work())

    async def _work(self) -> str:
        self.runs += 1
        await self.gate.wait()
        if self.fails:
            raise self.fails
        return "refunded"


def host(show: Show) -> QWidget:
    window = QWidget()
    window.resize(1024, 640)
    show(window)
    return window


async def test_enter_commits_once_and_closes_when_it_went_well(running: UiContext, show: Show) -> None:
    dialog = RefundDialog(running, host(show))
    dialog.open()
    answers: list[str] = []
    dialog.done_well.connect(answers.append)
    reason = dialog.form["reason"]
    for _ in range(3):
        QTest.keyClick(reason, Qt.Key.Key_Return)
    await until(lambda: dialog.runs)
    assert not dialog.primary.isEnabled()
    QTest.keyClick(reason, Qt.Key.Key_Escape)
    assert dialog.isVisible(), "Esc waits for the answer"
    dialog.gate.set()
    await emitted(dialog.finished)
    assert answers == ["refunded"] and dialog.runs == 1


async def test_enter_on_a_chosen_segment_does_the_primary_thing(running: UiContext, show: Show) -> None:
    dialog = RefundDialog(running, host(show))
    kinds = Segments([("Money", "money"), ("Credits", "credits")], "money", name="refundKind")
    dialog.body.addWidget(kinds)
    dialog.gate.set()
    dialog.open()
    segment = dialog.findChild(QPushButton, "refundKind0")
    assert segment is not None
    segment.setFocus()
    QTest.keyClick(segment, Qt.Key.Key_Return)
    await until(lambda: dialog.runs == 1)
    await running.tasks.settled()


async def test_tab_goes_as_one_reads_then_to_the_ways_out(running: UiContext, show: Show) -> None:
    """U2: Qt's chain has a late field last, and enters a compound one by its proxy from there."""
    dialog = RefundDialog(running, host(show))
    dialog.open()
    compound = Segments([("Cash", 1), ("Card", 2)], name="refundTender")
    QWidget.setTabOrder(dialog.primary, compound)
    above = TextField(name="refundAbove")
    dialog.body.insertWidget(0, above)
    dialog.body.addWidget(compound)
    hidden, disabled = TextField(name="refundHidden"), TextField(name="refundDisabled")
    disabled.setEnabled(False)
    for field in (hidden, disabled):
        dialog.body.addWidget(field)
    hidden.hide()
    spin = QSpinBox()
    spin.setObjectName("refundCount")
    dialog.body.addWidget(spin)
    await until(lambda: above.isVisible() and spin.isVisible())
    expected = [
        "refundAbove",
        "refundAmount",
        "refundReason",
        "refundNotes",
        "refundTender0",
        "refundCount",
        "refundButton",
        "refundDialogCancelButton",
        "refundDialogCloseButton",
    ]

    def way(key: Qt.Key) -> list[str]:
        names = []
        for _ in expected:
            QTest.keyClick(dialog.focusWidget(), key)
            names.append(dialog.focusWidget().objectName())
        return names

    dialog._close_button.setFocus()
    assert way(Qt.Key.Key_Tab) == expected
    assert way(Qt.Key.Key_Backtab) == [*reversed(expected[:-1]), expected[-1]]
    spin.setFocus()
    spin.hide()
    assert dialog.focusWidget() is dialog.primary, "what is hidden hands the focus on to what follows it"
    dialog.reject()


def test_a_dialog_is_as_wide_as_its_larger_text_needs(running: UiContext, show: Show) -> None:
    window = host(show)
    window.resize(1366, 728)
    widths = []
    for scale in (1.0, 1.5):
        theme().set_scale(scale)
        dialog = RefundDialog(running, window)
        dialog.open()
        widths.append(dialog.width())
        dialog.reject()
    assert widths == [480, 720]


@pytest.mark.parametrize("body", ["short", "long", "gone"])
async def test_words_that_come_later_have_room_however_long_they_are(
    running: UiContext, show: Show, body: str
) -> None:
    """U3: they break into lines at the width that the dialog has, which is not the one Qt reckons with."""
    window = host(show)
    short_of_room = []
    for letters in range(20, 260, 6):
        words = ("Veit Jäger · 165.00 USD · " * 10)[:letters]
        dialog = SheetDialog(
            running, "Void", name="voidDialog", parent=window, width=560, subtitle=" ", about=letters
        )
        lines = [Text("A line") for _ in range({"short": 1, "long": 8, "gone": 3}[body])]
        for line in lines:
            dialog.body.addWidget(line)
        dialog.open()
        await until(dialog.isVisible)
        dialog.subtitle_label.setText(words)
        dialog.banner.tell(words[:100], Tone.INFO)
        if body == "gone":
            for line in lines:
                line.hide()
        else:
            dialog.set_consequence(words + words)
        for _ in range(3):
            await asyncio.sleep(0.001)
        for text in dialog.findChildren(Text):
            if text.isVisible() and text.wordWrap() and text.height() < text.heightForWidth(text.width()):
                short_of_room.append(f"{text.objectName()} with {letters} letters")
        dialog.reject()
    assert not short_of_room


def test_a_dialog_is_as_wide_as_its_buttons(running: UiContext, show: Show) -> None:
    """U3: what a button says it will do is never cut off, whatever the amount and the language."""
    dialog = RefundDialog(running, host(show))
    dialog.footer.addWidget(SecondaryButton("Record it without payment", name="refundOtherButton"))
    dialog.primary.setText("Refund 1,234,567.00 USD and void 1,200 credits of a long name")
    dialog.open()
    assert 480 < dialog.width() <= 1024
    assert dialog.primary.width() >= dialog.primary.minimumSizeHint().width()
    dialog.reject()


async def test_problems_of_the_draft_stand_beside_their_fields(running: UiContext, show: Show) -> None:
    """P6."""
    dialog = RefundDialog(running, host(show))
    dialog.open()
    dialog.fails = InvalidDraft([Problem("reason", "field.required")])
    dialog.gate.set()
    dialog.primary.click()
    await until(lambda: dialog.form.problem("reason"))
    assert dialog.isVisible() and dialog.primary.isEnabled()
    assert dialog.focusWidget() is dialog.form["reason"]


async def test_a_refusal_stays_in_the_dialog_with_what_was_typed(running: UiContext, show: Show) -> None:
    """U6."""
    dialog = RefundDialog(running, host(show))
    dialog.open()
    QTest.keyClicks(dialog.form["reason"], "moved away")
    dialog.fails = Refused("field.required")
    dialog.gate.set()
    dialog.primary.click()
    await until(lambda: dialog.banner.text())
    assert dialog.banner.text().startswith("Fill this in to go on.")
    assert dialog.form["reason"].text() == "moved away"


async def test_esc_asks_nothing_and_what_was_typed_is_there_again(running: UiContext, show: Show) -> None:
    """U2."""
    window = host(show)
    first = RefundDialog(running, window)
    first.open()
    QTest.keyClicks(first.form["reason"], "moved away")
    first.form["amount"].setText("fifty")
    QTest.keyClick(first.form["reason"], Qt.Key.Key_Escape)
    other = RefundDialog(running, window, about=2)
    other.open()
    assert other.form["reason"].text() == ""
    other.reject()
    again = RefundDialog(running, window)
    again.open()
    assert again.form["reason"].text() == "moved away"
    assert again.form["amount"].text() == "fifty"
    assert "here again" in again.banner.text()
    button = again.findChild(QWidget, "refundDialogBannerAction")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert again.form["reason"].text() == "" and again.form["amount"].text() == "54.00"
    again.reject()


async def test_enter_writes_a_line_in_a_text_area_and_ctrl_enter_commits(
    running: UiContext, show: Show
) -> None:
    dialog = RefundDialog(running, host(show))
    dialog.open()
    notes = dialog.form["notes"]
    notes.setFocus()
    QTest.keyClick(notes, Qt.Key.Key_Return)
    assert notes.toPlainText() == "\n" and not dialog.is_busy()
    dialog.gate.set()
    QTest.keyClick(notes, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await emitted(dialog.finished)
    assert dialog.runs == 1


async def test_a_dialog_is_accessible_says_what_it_will_do_and_fits_a_small_screen(
    running: UiContext, show: Show
) -> None:
    """U3: works from 1024 × 640."""
    window = host(show)
    dialog = RefundDialog(running, window)
    dialog.set_consequence("54.00 USD go back in cash. 8 unused credits are voided.")
    for _ in range(12):
        dialog.form.add_widget(Form(running.messages))
        dialog.form.add(f"more{_}", "More", TextField(name=f"more{_}"))
    dialog.open()
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    assert dialog.height() <= 640 and dialog.consequence.text.text().startswith("54.00 USD")
    dialog.reject()


async def test_a_bug_opens_the_crash_dialog_and_leaves_the_rest_as_it_was(
    running: UiContext, show: Show, expected_logs: ExpectedLogs
) -> None:
    window = host(show)
    dialog = RefundDialog(running, window)
    dialog.open()
    QTest.keyClicks(dialog.form["reason"], "moved away")
    dialog.fails = KeyError("a bug")
    dialog.gate.set()
    expected_logs.expect("^error [2-9A-Z]{6}$")
    dialog.primary.click()
    await until(lambda: dialog.findChild(QWidget, "crashDialog"))
    crash = dialog.findChild(QWidget, "crashDialog")
    assert crash is not None
    assert_accessible(crash)
    crash.close()
    assert dialog.form["reason"].text() == "moved away"
    dialog.reject()
