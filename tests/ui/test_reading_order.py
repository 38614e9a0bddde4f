"""Names that run from right to left, in sentences that run from left to right."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QRegion, QTextLayout
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from frontdesk.ui.reading_order import in_order
from frontdesk.ui.widgets.basics import ElidedText, Paragraph, Text
from tests.ui.conftest import Show

HEBREW, ARABIC = "עמית כהן", "محمد الأحمد"


def places(text: str, *parts: str) -> list[float]:
    """Where the first letter of each part is drawn in a line, in pixels from its left."""
    layout = QTextLayout(in_order(text))
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(2_000)
    layout.endLayout()
    # What PySide answers is the place, and the letter that it belongs to.
    return [line.cursorToX(in_order(text).index(part))[0] for part in parts]  # type: ignore[index]


@pytest.mark.parametrize("name", [HEBREW, ARABIC])
def test_a_sentence_runs_on_behind_such_a_name(qapp: QApplication, name: str) -> None:
    gets, twelve, day = places(f"{name} gets 12 credits, use until 25 Feb.", "gets", "12", "25")
    assert gets < twelve < day
    first, ten, colon = places(f"To {name}: 10 credits for a friend", "To", "10", ": ")
    assert first < colon < ten
    assert not in_order(f"{name} gets 12").startswith(name)


def test_a_name_of_several_words_stays_one_piece() -> None:
    assert in_order(f"{HEBREW}: {ARABIC}-{HEBREW}") == f"\u2067{HEBREW}\u2069: \u2067{ARABIC}-{HEBREW}\u2069"


@pytest.mark.parametrize("text", ["", "Mira Okafor", "José · 12 → 8", "Zoë 🌸", "株式会社"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert in_order(text) == text


def test_in_a_language_that_runs_that_way_the_line_runs_as_it_is(qapp: QApplication) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        assert in_order(HEBREW) == HEBREW
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.parametrize("kind", [Text, ElidedText, Paragraph])
def test_texts_begin_at_the_left_and_say_what_they_were_given(
    kind: type[Text] | type[Paragraph], show: Show
) -> None:
    told = f"{HEBREW} gets 12 credits."
    shown = kind(told)
    shown.resize(900, 40)
    show(shown)
    assert ink_of(shown).right() < 450
    assert told == (shown.plain_text() if isinstance(shown, Paragraph) else shown.text())
    if isinstance(shown, Text):
        shown.setText("Mira gets 12 credits.")
        shown.setText(told)
        assert ink_of(shown).right() < 450 and shown.text() == told
        assert isinstance(shown, QLabel)


def ink_of(widget: QWidget) -> QRect:
    """What is drawn into, of a widget with a plain ground."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    mask = image.createMaskFromColor(image.pixel(image.width() - 1, 0))
    mask.invertPixels()
    columns = [x for x in range(mask.width()) if any(mask.pixelIndex(x, y) for y in range(mask.height()))]
    return QRegion(min(columns), 0, max(columns) - min(columns) + 1, 1).boundingRect()
