"""Single values of an export: names, contacts and numbers, cleaned of what spreadsheets did to them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from frontdesk.models.text import fold

# What systems write where they have nothing to say.
_NOTHING: Final = frozenset(
    {
        "", "-", "--", "---", "–", "—", ".", "n/a", "na", "n.a.", "n/v", "none", "null", "nil", "(none)",
        "(blank)", "undefined", "nan", "#n/a", "#n/v", "#value!", "#wert!", "#ref!", "0000-00-00",
        "00/00/0000", "00.00.0000",
    }
)  # fmt: skip
_NEVER: Final = frozenset(
    {
        "never", "never expires", "no expiry", "no expiration", "does not expire", "unlimited", "nie",
        "unbegrenzt", "unbefristet", "kein ablauf", "jamais", "illimite", "sans expiration", "nunca",
        "ilimitado", "sin caducidad", "sin vencimiento", "mai", "illimitato", "nooit", "onbeperkt", "∞",
    }
)  # fmt: skip
_UNLIMITED: Final = frozenset(
    {
        "unlimited", "unlimited classes", "infinite", "∞", "unbegrenzt", "flatrate", "flat", "illimite",
        "illimitee", "ilimitado", "ilimitadas", "illimitato", "onbeperkt",
    }
)  # fmt: skip

MAX_CREDITS: Final = 100_000


def cell_text(cell: str) -> str:
    """A cell without blanks around it and without what keeps spreadsheets from reckoning: ="007"."""
    value = cell.strip()
    if value.startswith('="') and value.endswith('"'):
        return value[2:-1].strip()
    return value[1:].strip() if value[:1] == "'" else value


def is_nothing(value: str) -> bool:
    """Whether the value only says that there is none: "n/a", "-", "NULL"."""
    return not value or (len(value) <= 10 and value.lower() in _NOTHING)


def may_be_a_name(value: str) -> bool:
    """Whether what mostly says nothing can be somebody's name as well: there are people called Null."""
    return value.isalpha() and value.istitle() and value != "None"


def is_never(value: str) -> bool:
    """Whether an expiry says that there is none."""
    return len(value) <= 24 and fold(value) in _NEVER


def is_unlimited(value: str) -> bool:
    """Whether a number of credits stands for a flat rate, which is no pack of credits."""
    return len(value) <= 24 and fold(value) in _UNLIMITED


_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def is_mangled_number(value: str) -> bool:
    """Whether a spreadsheet turned a long number into 4.91512E+12: its last digits are lost."""
    return _SCIENTIFIC.fullmatch(value) is not None


# Three zeros behind a separator are thousands in one country and decimals in another, so they are neither.
_WHOLE = re.compile(r"([+-]?\d{1,9})(?:[.,](?:0{1,2}|0{4,}))?")
_OF = re.compile(r"(\d{1,9})\s*(?:/|of|von|de|sur|out of)\s*\d{1,9}\b.*", re.IGNORECASE)
_WITH_UNIT = re.compile(r"(\d{1,9})\s*(?:x|[^\W\d_][^\d]{0,30})", re.IGNORECASE)


def whole_number(value: str) -> int | None:
    """8 from "8", "8.0", "8,00", "8 of 10", "8/10" or "8 classes"; None for anything else, "1,000" too."""
    found = _WHOLE.fullmatch(value) or _OF.fullmatch(value) or _WITH_UNIT.fullmatch(value)
    return int(found[1]) if found else None


def person_name(value: str) -> str:
    """ "Ruiz, Anna" → "Anna Ruiz"; any other name as it stands."""
    last, comma, first = value.partition(",")
    if comma and first.strip() and last.strip() and "," not in first:
        return f"{first.strip()} {last.strip()}"
    return value.replace(",", " ") if comma else value


def without_control_characters(value: str) -> str:
    """The value without what no keyboard types: zero bytes, escape codes, halves of characters."""
    return "".join(char for char in value if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))


_SEVERAL = re.compile(r"[;,/|\s]+")


def first_email(value: str) -> tuple[str, bool]:
    """The first address of several in one cell, without "mailto:" or brackets; whether there were more."""
    plain = value.removeprefix("mailto:").strip("<> ")
    if "<" in plain and "@" in plain.partition("<")[2]:
        plain = plain.partition("<")[2].rstrip("> ")
    parts = [part for part in _SEVERAL.split(plain) if "@" in part]
    if len(parts) > 1:
        return parts[0].strip("<>"), True
    return plain, False


_TOTALS: Final = frozenset(
    {
        "total", "totals", "grand total", "sub total", "subtotal", "sum", "count", "summe", "gesamt",
        "gesamtsumme", "gesamtanzahl", "anzahl", "zwischensumme", "total general", "totaux", "somme",
        "suma", "total clients", "total members", "total records", "records", "totale", "somma",
        "totaal", "end of report",
    }
)  # fmt: skip
_TOTALS_START = re.compile(
    r"(?:grand )?(?:total|totals|summe|gesamt|somme|suma|count|anzahl|records|rows)"
    r"(?: \w+)?\s*[:=]?\s*[\d.,]*"
    r"|\d+ (?:records|rows|clients|members|kunden|eintrage|results)(?: found| total)?"
)


def is_totals(value: str) -> bool:
    """Whether a row that begins so is a report's last line and nobody's: "Total: 214", "214 records"."""
    if len(value) > 40:
        return False
    plain = fold(value).strip(" :=#*")
    return plain in _TOTALS or _TOTALS_START.fullmatch(plain) is not None
