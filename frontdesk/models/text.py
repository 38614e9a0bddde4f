"""Text as people type it: folding for search, tidying of names, and what must not be stored."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from frontdesk.errors import FrontdeskError

NAME_LIMIT: Final = 120
EMAIL_LIMIT: Final = 254
PHONE_LIMIT: Final = 40
CODE_LIMIT: Final = 64
LINE_LIMIT: Final = 500
NOTES_LIMIT: Final = 20_000


class TextError(FrontdeskError):
    """A text that cannot be stored as it is: `text.too_long` (limit, length) or `text.control_character`."""


# Letters that compatibility decomposition leaves whole, as people without that key type them.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h",
        "ı": "i", "ŧ": "t", "ĸ": "k", "ŋ": "n", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ɛ": "e", "ɔ": "o", "ə": "e",
        "ƙ": "k", "ƴ": "y", "ʼ": "'", "ʻ": "'", "’": "'", "‘": "'", "`": "'", "´": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """`text` as search compares it (D2): no accents, no case, one space between words.

    NFKD, marks off, casefold, and letters like ß, ø, ł, đ and æ spelt out. The result is stable under
    folding again. Marks that make another letter rather than an accent stay (Indic vowels, kana voicing).
    """
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(
        char for char in decomposed if unicodedata.combining(char) < 10 and unicodedata.category(char) != "Cf"
    )
    folded = unicodedata.normalize("NFKC", letters.translate(_LETTERS).casefold().translate(_LETTERS))
    return " ".join(folded.split())


_NO_DIGITS = re.compile("[^0-9]+")


def digits(text: str) -> str:
    """The digits of a phone number as ASCII, everything else dropped: "+49 (0)30-12" → "4903012"."""
    if text.isascii():
        return _NO_DIGITS.sub("", text)
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


# Characters that turn the reading direction of what follows: they can make a name read as another one.
_DIRECTION_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE: Final = frozenset("\ufeff\u200b\u2060\u00ad") | _DIRECTION_CONTROLS


def tidy(text: str, limit: int = NAME_LIMIT) -> str:
    """One line as it is stored: NFC, one space between words, none at the ends.

    Keeps every script, emoji and their joiners. Invisible characters and direction controls are dropped.
    Raises TextError `text.control_character`, or `text.too_long` beyond `limit` characters.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", "".join(char for char in text if char not in _INVISIBLE))
    line = " ".join(text.split())
    _check(line, limit, allowed="")
    return line


def tidy_lines(text: str, limit: int = NOTES_LIMIT) -> str:
    """Several lines as they are stored (notes): each stripped at its end, no empty lines at the ends.

    Raises TextError as `tidy` does.
    """
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFC", text) if char not in _INVISIBLE)
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    whole = "\n".join(lines).strip()
    _check(whole, limit, allowed="\n\t")
    return whole


def _check(text: str, limit: int, allowed: str) -> None:
    if len(text) > limit:
        raise TextError("text.too_long", limit=limit, length=len(text))
    for char in allowed:
        text = text.replace(char, "")
    if text.isascii() and text.isprintable():
        return
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise TextError("text.control_character")


_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])"
)


def is_plausible_email(text: str) -> bool:
    """Whether `text` could be an e-mail address. Only sending one proves it, so this lets odd ones pass."""
    if len(text) > EMAIL_LIMIT or _EMAIL.fullmatch(text) is None:
        return False
    local = text.rpartition("@")[0]
    return not (local.startswith(".") or local.endswith(".") or ".." in text)


def email_key(text: str) -> str:
    """The form of an e-mail address by which two are held to be the same."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


_NO_DECIMALS = re.compile(r"\D+")
# Groups of digits joined by one separator each. A card number may stand among other digits ("… 4242 12/27").
_DIGIT_RUN = re.compile(r"\d+(?:[ \u00a0\u202f._\-‐‑–/]\d+|[ \u00a0]{2,3}\d+)*")
# The groups that are printed on cards, whatever stands between them: "4242, 4242, 4242, 4242", one to a line,
# or with signs that nobody sees. What is found overlaps, since other groups may stand before.
_BETWEEN = r"[\W_]{1,3}"
_SHAPED = re.compile(
    rf"(?<!\d)(?=(\d{{4}}{_BETWEEN}\d{{6}}{_BETWEEN}\d{{4,5}}(?!\d))|"
    rf"((?:\d{{4}}{_BETWEEN}){{3}}\d(?:\d{{2,3}})?(?!\d))({_BETWEEN}\d{{3}}(?!\d))?)"
)
_GROUP_SHAPES: Final = frozenset(
    {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1), (4, 4, 4, 3)}
)
_IBAN_START = re.compile(r"[A-Za-z]{2}$")


def looks_like_card_number(text: str, *, phone: bool = False) -> bool:
    """Whether a payment card's number seems to stand anywhere in `text` (A5: such a text is refused).

    Counts as one: 13 to 19 digits, alone or in groups, that begin and are as long as a card scheme's
    numbers are and pass the Luhn check. Of a longer row of groups, the groups that are printed on cards
    (4-4-4-4 and the like) are looked at as well, so that an expiry date behind the number hides nothing.

    Such groups are looked at too where one to three signs of any other kind part them, as commas, stars or
    line ends. With `phone` these have to be the same everywhere, since two numbers may stand in the field:
    "4212 3456, 5312 3456".

    Not taken for one, although one in ten such numbers passes Luhn by chance: an international phone number
    (+ or 00 and up to 15 digits), an IBAN, a 13-digit EAN barcode, and with `phone` (a field for phone
    numbers) any 13 digits, since German numbers without their + look just so and 13-digit cards are extinct.
    """
    if len(text) < 13 or len(_NO_DECIMALS.sub("", text)) < 13:
        return False
    for run in _DIGIT_RUN.finditer(text):
        if len(run[0]) >= 13 and _run_has_card(run[0], text[: run.start()], phone):
            return True
    return any(
        _is_shaped_card((found[1] or found[2]) + more, text[: found.start()], phone)
        for found in _SHAPED.finditer(text)
        for more in {"", found[3] or ""}
    )


def _is_shaped_card(groups: str, before: str, phone: bool) -> bool:
    """Whether groups in a card's shape are a card, unless they are joined as usual and so were looked at."""
    number = digits(groups)
    if _DIGIT_RUN.fullmatch(groups) or (before.rstrip(" (").endswith("+") and len(number) <= 15):
        return False
    if phone and len(set(_NO_DECIMALS.findall(groups))) > 1:
        return False
    return _is_card(number, phone)


def _run_has_card(run: str, before: str, phone: bool) -> bool:
    groups = [digits(group) for group in _NO_DECIMALS.split(run)]
    number = "".join(groups)
    if len(number) < 13:
        return False
    international = before.rstrip(" (").endswith("+") or number.startswith("00")
    if (international and len(number) <= 15) or (len(groups[0]) == 2 and _IBAN_START.search(before)):
        return False
    if _is_card(number, phone) or any(len(group) >= 13 and _is_card(group, phone) for group in groups):
        return True
    shape = [len(group) for group in groups]
    return any(
        tuple(shape[start : start + len(wanted)]) == wanted
        and _is_card("".join(groups[start : start + len(wanted)]), phone)
        for wanted in _GROUP_SHAPES
        for start in range(len(groups) - len(wanted) + 1)
    )


def _is_card(number: str, phone: bool) -> bool:
    if not 13 <= len(number) <= 19 or not _is_of_a_scheme(number) or not _passes_luhn(number):
        return False
    return not (len(number) == 13 and (phone or _is_ean13(number)))


def _is_of_a_scheme(number: str) -> bool:
    """Whether some card scheme issues numbers that begin like this one and are as long."""
    length, two, four = len(number), int(number[:2]), int(number[:4])
    if number[0] == "4":
        return length in (13, 16, 18, 19)  # Visa
    if 2221 <= four <= 2720 or 51 <= two <= 55:
        return length == 16  # Mastercard
    if two in (34, 37):
        return length == 15  # American Express
    if 3528 <= four <= 3589 or 2200 <= four <= 2204:
        return 16 <= length <= 19  # JCB, Mir
    if two in (30, 36, 38, 39):
        return length in (14, 16, 19)  # Diners Club
    # Maestro, Discover, UnionPay, RuPay, Elo, Troy
    return number[0] == "6" or two in (50, 56, 57, 58, 81, 82) or four == 9792


def _passes_luhn(number: str) -> bool:
    checksum = 0
    for place, char in enumerate(reversed(number)):
        value = ord(char) - 48
        checksum += value if place % 2 == 0 else value * 2 - (9 if value > 4 else 0)
    return checksum % 10 == 0


def _is_ean13(number: str) -> bool:
    weighted = sum((ord(char) - 48) * (3 if place % 2 else 1) for place, char in enumerate(number))
    return weighted % 10 == 0
