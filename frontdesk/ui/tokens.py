"""The look in one place: spacing, sizes, type and colour roles, light and dark. Only here stand colours."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

# Distances and sizes in logical pixels.
SPACE_1: Final = 4
SPACE_2: Final = 8
SPACE_3: Final = 12
SPACE_4: Final = 16
SPACE_5: Final = 24
SPACE_6: Final = 32
RADIUS: Final = 6
FOCUS_WIDTH: Final = 2
ROW_HEIGHT: Final = 40
SIDEBAR_WIDTH: Final = 208
SIDEBAR_NARROW: Final = 56
NARROW_BELOW: Final = 1100
DETAIL_MIN: Final = 380
DETAIL_MAX: Final = 440
ICON: Final = 18
BUSY_AFTER_MS: Final = 150

FONT_FAMILY: Final = "Inter"
WEIGHT_MEDIUM: Final = 500
WEIGHT_STRONG: Final = 600
LINE_HEIGHT_PERCENT: Final = 145


class Size(StrEnum):
    """Steps of the type scale."""

    SECONDARY = "secondary"
    BODY = "body"
    SECTION = "section"
    TITLE = "title"
    BIG = "big"


TYPE_SCALE: Final[dict[Size, int]] = {
    Size.SECONDARY: 12,
    Size.BODY: 13,
    Size.SECTION: 15,
    Size.TITLE: 20,
    Size.BIG: 28,
}


class Tone(StrEnum):
    """What a chip, banner or number says besides its words."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    DANGER = "danger"
    INFO = "info"


class Colors(NamedTuple):
    """Colour roles as #rrggbb. Each `on_…` is the text on a fill of that role."""

    dark: bool
    ground: str
    surface: str
    raised: str
    sunken: str
    hover: str
    hairline: str
    control_border: str
    text: str
    text_muted: str
    accent: str
    accent_hover: str
    accent_quiet: str
    on_accent: str
    good: str
    good_quiet: str
    warning: str
    warning_quiet: str
    danger: str
    danger_hover: str
    danger_quiet: str
    on_danger: str
    info: str
    info_quiet: str
    neutral_quiet: str
    toast: str
    on_toast: str
    toast_accent: str

    def ink(self, tone: Tone | str) -> str:
        """The text colour of a tone."""
        tone = Tone(tone)
        return self.text_muted if tone is Tone.NEUTRAL else str(getattr(self, tone.value))

    def quiet(self, tone: Tone | str) -> str:
        """The quiet background that goes with a tone."""
        return str(getattr(self, f"{Tone(tone).value}_quiet"))


LIGHT: Final = Colors(
    dark=False,
    ground="#f6f6f4",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#f1f2ef",
    hover="#eeefec",
    hairline="#e3e4e0",
    control_border="#828a87",
    text="#1a1f1d",
    text_muted="#59625f",
    accent="#0b6b66",
    accent_hover="#085652",
    accent_quiet="#e1f0ee",
    on_accent="#ffffff",
    good="#17693b",
    good_quiet="#e2f2e8",
    warning="#7d4f00",
    warning_quiet="#faeed6",
    danger="#b0261c",
    danger_hover="#8f1c14",
    danger_quiet="#fbe8e6",
    on_danger="#ffffff",
    info="#1d5596",
    info_quiet="#e4eef9",
    neutral_quiet="#ecedea",
    toast="#222826",
    on_toast="#f3f5f4",
    toast_accent="#7fd1c8",
)

DARK: Final = Colors(
    dark=True,
    ground="#131615",
    surface="#1a1e1d",
    raised="#222726",
    sunken="#151918",
    hover="#262b2a",
    hairline="#2e3433",
    control_border="#7a8481",
    text="#e9edeb",
    text_muted="#a3adaa",
    accent="#5cc2b8",
    accent_hover="#7ad3ca",
    accent_quiet="#17332f",
    on_accent="#06211e",
    good="#72ca95",
    good_quiet="#193224",
    warning="#e6b557",
    warning_quiet="#382c13",
    danger="#f48f85",
    danger_hover="#f8aaa2",
    danger_quiet="#412220",
    on_danger="#2b0906",
    info="#8db8f2",
    info_quiet="#1b2c42",
    neutral_quiet="#2a302e",
    toast="#e9edeb",
    on_toast="#1a1f1d",
    toast_accent="#0b6b66",
)

# The colours a class type may have, by the token names its row holds: (light ink, dark ink). A text always
# stands beside them.
CLASS_COLOURS: Final[dict[str, tuple[str, str]]] = {
    "teal": ("#0b7a74", "#5cc2b8"),
    "blue": ("#2563b4", "#8db8f2"),
    "indigo": ("#4a4fc4", "#a9aef5"),
    "violet": ("#7a3fb0", "#c7a1ee"),
    "pink": ("#b33a6b", "#f097b9"),
    "red": ("#b0261c", "#f48f85"),
    "orange": ("#a84a0c", "#f0a56b"),
    "yellow": ("#806000", "#e3c04f"),
    "green": ("#257543", "#72ca95"),
    "grey": ("#5b6673", "#a9b4c0"),
}


def class_colour(name: str, dark: bool) -> str:
    """The colour of a class type by its token name; grey for a name that this version does not know."""
    return CLASS_COLOURS.get(name, CLASS_COLOURS["grey"])[1 if dark else 0]
