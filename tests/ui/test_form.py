"""Forms: labels and names by themselves, each problem beside its field, nothing typed is lost."""

import datetime as dt

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.ui.context import UiContext
from frontdesk.ui.widgets.fields import (
    CheckField,
    DateField,
    IntField,
    MoneyField,
    Select,
    TextArea,
    TextField,
)
from frontdesk.ui.widgets.form import Form
from tests.ui.conftest import Show
from tests.ui.walk import accessible_name, assert_accessible, assert_nothing_cut_off


def package_form(context: UiContext, show: Show) -> Form:
    form = Form(context.messages)
    form.add("name", "Name", TextField(name="packageName"), required=True, help="Clients see it.")
    form.add("price", "Price", MoneyField(context.formats, 9000, name="packagePrice"))
    form.add("credits", "Credits", IntField(context.formats, 10, least=1, name="packageCredits"))
    form.add("until", "Use until", DateField(context.formats, name="packageUntil", never="never"))
    form.add("tender", "Tender", Select([("Cash", "cash"), ("Card", "card")], "card", name="packageTender"))
    form.add("notes", "Notes", TextArea(name="packageNotes"))
    form.add("online", "Sold online", CheckField("Sold online", name="packageOnline"))
    window = QWidget()
    QVBoxLayout(window).addWidget(form)
    show(window)
    return form


def test_a_form_answers_with_plain_values(context: UiContext, show: Show) -> None:
    form = package_form(context, show)
    form.set_values(name="10-class pack", until=dt.date(2027, 4, 4), notes="one\ntwo", online=True)
    assert form.values() == {
        "name": "10-class pack",
        "price": 9000,
        "credits": 10,
        "until": dt.date(2027, 4, 4),
        "tender": "card",
        "notes": "one\ntwo",
        "online": True,
    }
    assert not form.is_touched


def test_every_field_has_a_name_and_room(context: UiContext, show: Show) -> None:
    """U3."""
    form = package_form(context, show)
    assert_accessible(form)
    assert_nothing_cut_off(form)
    assert accessible_name(form["tender"]) == "Tender"
    assert form["name"].accessibleDescription() == "Clients see it."


def test_a_problem_stands_beside_its_field_and_the_first_has_the_focus(
    context: UiContext, show: Show
) -> None:
    """P6."""
    form = package_form(context, show)
    found = form.show_problems(
        [Problem("credits", "field.too_small", {"least": 1}), Problem("name", "field.required")]
    )
    assert found
    assert form.problem("name") == "Fill this in to go on."
    assert form.problem("credits") == "The least that is possible here is 1. Type 1 or more."
    assert form.focusWidget() is form["name"]
    assert form["name"].accessibleDescription() == "Fill this in to go on. Clients see it."


def test_what_cannot_be_read_is_marked_instead_of_guessed(context: UiContext, show: Show) -> None:
    """P6: a price with too many decimals."""
    form = package_form(context, show)
    form["price"].setText("90.005")
    form["credits"].setText("ten")
    assert form.values() is None
    assert form.problem("price") == "USD has 2 decimals. Type the amount like 90.00."
    assert "“ten” is not a number" in form.problem("credits")
    assert form["price"].text() == "90.005"


def test_typing_takes_the_problem_away_and_is_told(context: UiContext, show: Show) -> None:
    form = package_form(context, show)
    form.show_problems([Problem("name", "field.required")])
    told: list[bool] = []
    form.edited.connect(lambda: told.append(True))
    QTest.keyClicks(form["name"], "Ten")
    assert form.problem("name") == ""
    assert form.is_touched and len(told) == 3


def test_a_problem_of_the_whole_draft_is_not_lost(context: UiContext, show: Show) -> None:
    form = package_form(context, show)
    form.show_problems([Problem("", "field.required")])
    assert form.problem("online") == "Fill this in to go on."


def test_an_amount_is_shown_as_it_was_understood(context: UiContext, show: Show) -> None:
    form = package_form(context, show)
    price = form["price"]
    price.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClicks(price, "1234.5")
    form["name"].setFocus()
    assert price.text() == "1,234.50"
    assert price.value() == 123_450


def test_numbers_and_days_step_with_the_arrows(context: UiContext, show: Show) -> None:
    form = package_form(context, show)
    QTest.keyClick(form["credits"], Qt.Key.Key_Up)
    assert form["credits"].value() == 11
    for _ in range(20):
        QTest.keyClick(form["credits"], Qt.Key.Key_Down)
    assert form["credits"].value() == 1
    QTest.keyClick(form["until"], Qt.Key.Key_Up)
    assert form["until"].value() == context.formats.today() + dt.timedelta(days=1)


def test_the_calendar_is_driven_by_keys(context: UiContext, show: Show) -> None:
    form = package_form(context, show)
    field = form["until"]
    field.set_value(dt.date(2027, 4, 4))
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = field.findChild(QWidget, "calendar")
    view = calendar.findChild(QWidget, "qt_calendar_calendarview")
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert field.value() == dt.date(2027, 4, 5)


def test_what_was_typed_can_be_put_back_even_if_it_cannot_be_read(context: UiContext, show: Show) -> None:
    """U2: typed text is never lost."""
    form = package_form(context, show)
    form["price"].setText("ninety")
    form["notes"].set_value("call back")
    kept = form.snapshot()
    form.set_values(price=None, notes="")
    form.restore(kept)
    assert form["price"].text() == "ninety"
    assert form["notes"].value() == "call back"
