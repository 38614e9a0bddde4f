"""The first start: three steps by keyboard, a guess of currency and zone, problems beside their fields."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from frontdesk.errors import InvalidDraft, Problem, Refused
from frontdesk.services.drafts.settings import StudioDraft
from frontdesk.ui.context import UiContext
from frontdesk.ui.dialogs.first_start import FirstStart
from frontdesk.ui.places_of_the_world import currency_choices, guessed_currency, zone_choices
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.widgets.search_select import SearchSelect
from frontdesk.ui.widgets.surfaces import KeyValues
from tests.ui.conftest import Show
from tests.ui.walk import assert_accessible, assert_nothing_cut_off

TAB, ENTER = Qt.Key.Key_Tab, Qt.Key.Key_Return
STUDIO = StudioDraft("Sunrise", "USD", "Europe/Berlin", "Front desk", "Ana")


class Caller:
    """Stands where the program does: keeps what the window asks for, or refuses it."""

    def __init__(self, context: UiContext) -> None:
        self.founded: list[StudioDraft] = []
        self.demos = self.cancelled = 0
        self.refuses: Exception | None = None
        self.window = FirstStart(
            context, create=self.create, demo=self.demo, cancelled=lambda: setattr(self, "cancelled", 1)
        )

    async def create(self, draft: StudioDraft) -> None:
        await asyncio.sleep(0)
        if self.refuses is not None:
            raise self.refuses
        self.founded.append(draft)

    async def demo(self) -> None:
        self.demos += 1

    def button(self, name: str) -> QPushButton:
        found = self.window.findChild(QPushButton, name)
        assert found is not None
        return found

    def fill(self, draft: StudioDraft) -> None:
        """Types all fields and goes on to the last step."""
        studio, desk = self.window._studio_form, self.window._desk_form
        for form, key, text in (
            (studio, "name", draft.name),
            (studio, "currency", draft.currency),
            (studio, "zone", draft.zone),
            (desk, "desk_name", draft.desk_name),
            (desk, "owner_name", draft.owner_name),
        ):
            form[key].setText(text)
        self.button("firstStartSetUpButton").click()
        self.button("firstStartNextButton").click()
        self.button("firstStartNextButton").click()


@pytest.fixture
def caller(running: UiContext, show: Show) -> Caller:
    made = Caller(running)
    show(made.window)
    return made


def typed(caller: Caller, *keys: str | Qt.Key) -> None:
    for one in keys:
        target = caller.window.focusWidget()
        assert target is not None
        if isinstance(one, str):
            QTest.keyClicks(target, one)
        else:
            QTest.keyClick(target, one)


async def test_a_studio_is_set_up_by_keyboard_alone(caller: Caller, running: UiContext) -> None:
    typed(caller, ENTER)
    form = caller.window._studio_form
    assert form["name"].hasFocus() or caller.window.focusWidget() is form["name"]
    form["currency"].setText("")
    form["zone"].setText("")
    typed(caller, "Sunrise", TAB, "usd", TAB, "europe/berlin", ENTER)
    assert caller.window.focusWidget() is caller.window._desk_form["owner_name"]
    typed(caller, "Ana", ENTER)
    told = caller.window.findChild(KeyValues, "firstStartSummary")
    assert told is not None
    assert told.value("Currency") == "USD · US dollar" and told.value("Time zone") == "Europe/Berlin"
    typed(caller, ENTER)
    await running.tasks.settled()
    assert caller.founded == [STUDIO]


async def test_the_demo_is_one_click_away(caller: Caller, running: UiContext) -> None:
    caller.button("firstStartDemoButton").click()
    await running.tasks.settled()
    assert (caller.demos, caller.founded) == (1, [])


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", "", "Fill this in to go on."),
        ("currency", "", "Fill this in to go on."),
        ("currency", "Taler", "“Taler” is not one of the choices."),
        ("zone", "Mordor", "“Mordor” is not one of the choices."),
    ],
)
async def test_a_step_is_left_only_when_its_fields_are_right(
    caller: Caller, field: str, text: str, sentence: str
) -> None:
    window = caller.window
    caller.button("firstStartSetUpButton").click()
    for key, good in (("name", "Sunrise"), ("currency", "USD"), ("zone", "Europe/Berlin"), (field, text)):
        window._studio_form[key].setText(good)
    caller.button("firstStartNextButton").click()
    assert window.pages.currentIndex() == 1
    assert sentence in window._studio_form.problem(field)


async def test_esc_goes_back_a_step_and_keeps_what_was_typed(caller: Caller) -> None:
    caller.fill(STUDIO)
    for page in (2, 1, 0, 0):
        QTest.keyClick(caller.window, Qt.Key.Key_Escape)
        assert caller.window.pages.currentIndex() == page
    assert caller.window.draft() == STUDIO and caller.window.isVisible()


async def test_what_the_books_refuse_is_told_beside_its_field(caller: Caller, running: UiContext) -> None:
    caller.fill(STUDIO)
    caller.refuses = InvalidDraft([Problem("zone", "calendar.unknown_zone", {"zone": "Europe/Berlin"})])
    caller.button("firstStartNextButton").click()
    await running.tasks.settled()
    assert caller.window.pages.currentIndex() == 1
    assert "is not a time zone" in caller.window._studio_form.problem("zone")


async def test_other_refusals_are_told_above_and_it_can_be_tried_again(
    caller: Caller, running: UiContext
) -> None:
    caller.fill(STUDIO)
    caller.refuses = Refused("studio.exists", name="Moon")
    caller.button("firstStartNextButton").click()
    await running.tasks.settled()
    assert "There is a studio in this database already: Moon" in caller.window.banner.text()
    caller.refuses = None
    caller.button("firstStartNextButton").click()
    await running.tasks.settled()
    assert caller.founded == [STUDIO]


async def test_closing_the_window_founds_nothing(caller: Caller, running: UiContext) -> None:
    caller.fill(STUDIO)
    caller.window.close()
    assert caller.cancelled and not caller.founded


async def test_a_second_enter_founds_no_second_studio(caller: Caller, running: UiContext) -> None:
    caller.fill(STUDIO)
    caller.button("firstStartNextButton").click()
    caller.window._forward()
    change = caller.button("firstStartChange")
    assert not change.isEnabled() and not change.hasFocus()
    QTest.keyClick(caller.window, ENTER)
    assert caller.window.pages.currentIndex() == 3
    await running.tasks.settled()
    assert caller.founded == [STUDIO]


async def test_every_step_is_named_and_nothing_is_cut_off(caller: Caller) -> None:
    """U3."""
    caller.fill(STUDIO)
    for size in ((520, 480), (760, 620), (1920, 1080)):
        caller.window.resize(*size)
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            theme().set_scheme(scheme)
            for page in range(4):
                caller.window.go(page)
                QCoreApplication.sendPostedEvents()
                assert_accessible(caller.window)
                assert_nothing_cut_off(caller.window)


@pytest.mark.parametrize(
    ("typed_text", "value"),
    [("usd", "USD"), ("US DOLLAR", ""), ("USD · US dollar", "USD"), ("", "")],
)
def test_a_choice_is_read_by_its_code_or_its_whole_text(
    look: None, show: Show, typed_text: str, value: str
) -> None:
    field = SearchSelect(currency_choices(), name="currency")
    show(field)
    field.setText(typed_text)
    if typed_text and not value:
        with pytest.raises(Exception, match=r"field\.not_a_choice"):
            field.value()
    else:
        assert field.value() == value


@pytest.mark.parametrize(
    ("choices", "searched", "first"),
    [
        (currency_choices, "dollar", "USD · US dollar"),
        (currency_choices, "chf", "CHF · Swiss franc"),
        (zone_choices, "new york", "America/New York"),
        (zone_choices, "portugal", "Atlantic/Azores"),
    ],
)
def test_choices_are_found_by_any_part_of_their_words(
    look: None, show: Show, choices: Callable[[], list[tuple[str, str, str]]], searched: str, first: str
) -> None:
    field = SearchSelect(choices(), name="choice")
    show(field)
    QTest.keyClicks(field, searched)
    found = field.completer().completionModel()
    assert found.index(0, 0).data() == first
    popup = field.completer().popup()
    assert popup is not None and popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert field.text() == first


def test_enter_takes_the_first_that_was_found(look: None, show: Show) -> None:
    field = SearchSelect(currency_choices(), name="currency")
    told: list[str] = []
    field.edited.connect(lambda: told.append(field.value() if "·" in field.text() else ""))
    show(field)
    QTest.keyClicks(field, "us dol")
    popup = field.completer().popup()
    assert popup is not None and popup.isVisible()
    QTest.keyClick(popup, ENTER)
    assert field.value() == "USD" and told[-1] == "USD"
    assert not popup.isVisible()


@pytest.mark.parametrize(("typed_text", "left_as"), [("berl", "Europe/Berlin"), ("america", "america")])
def test_leaving_a_field_takes_the_only_choice_that_was_found(
    caller: Caller, typed_text: str, left_as: str
) -> None:
    caller.button("firstStartSetUpButton").click()
    zone = caller.window._studio_form["zone"]
    zone.setFocus()
    zone.selectAll()
    QTest.keyClicks(zone, typed_text)
    popup = zone.completer().popup()
    assert popup is not None and popup.isVisible()
    QTest.keyClick(popup, TAB)
    assert zone.text() == left_as
    assert caller.window.focusWidget() is caller.button("firstStartNextButton")


def test_the_currency_is_guessed_from_the_locale() -> None:
    assert guessed_currency(QLocale("de_DE")) == "EUR"
    assert guessed_currency(QLocale("ja_JP")) == "JPY"
    assert guessed_currency(QLocale.c()) == ""
