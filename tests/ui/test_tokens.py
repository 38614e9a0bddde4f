"""The colours are legible: contrast of every pair that the look uses, computed from the tokens (U3)."""

import pytest

from frontdesk.ui.tokens import CLASS_COLOURS, DARK, LIGHT, Colors, Tone, class_colour

TEXT = 4.5
OTHER = 3.0
BOTH = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


def grounds(colors: Colors) -> tuple[str, ...]:
    return (colors.ground, colors.surface, colors.raised, colors.sunken, colors.hover, colors.accent_quiet)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two #rrggbb colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@BOTH
def test_text_is_legible_on_every_ground(colors: Colors) -> None:
    """U3: 4.5:1 for text, muted text included."""
    for ground in grounds(colors):
        assert contrast(colors.text, ground) >= TEXT
        assert contrast(colors.text_muted, ground) >= TEXT
        assert contrast(colors.accent, ground) >= TEXT


@BOTH
def test_each_tone_is_legible_on_its_quiet_ground_and_on_surfaces(colors: Colors) -> None:
    for tone in Tone:
        for ground in (colors.quiet(tone), colors.surface, colors.ground, colors.raised):
            assert contrast(colors.ink(tone), ground) >= TEXT, (tone, ground)
        assert contrast(colors.text, colors.quiet(tone)) >= TEXT


@BOTH
def test_text_on_filled_controls_is_legible(colors: Colors) -> None:
    for fill in (colors.accent, colors.accent_hover):
        assert contrast(colors.on_accent, fill) >= TEXT
    for fill in (colors.danger, colors.danger_hover):
        assert contrast(colors.on_danger, fill) >= TEXT
    assert contrast(colors.on_toast, colors.toast) >= TEXT
    assert contrast(colors.toast_accent, colors.toast) >= TEXT


@BOTH
def test_borders_of_controls_and_the_focus_ring_stand_out(colors: Colors) -> None:
    """U3: 3:1 for what tells a control from its ground."""
    for ground in (colors.ground, colors.surface, colors.raised, colors.sunken):
        assert contrast(colors.control_border, ground) >= OTHER
        assert contrast(colors.accent, ground) >= OTHER


@BOTH
def test_colours_of_class_types_are_legible(colors: Colors) -> None:
    for name in CLASS_COLOURS:
        assert contrast(class_colour(name, colors.dark), colors.surface) >= TEXT


def test_contrast_of_black_on_white_is_21() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
