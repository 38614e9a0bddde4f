"""Currencies and time zones to choose from, with the words that find them, and a guess from the system."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QLocale, QTimeZone

from frontdesk.models.money import currencies

Choice = tuple[str, str, str]
#: Areas of the IANA database that people live in; the others are aliases for machines.
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian",
          "Pacific")  # fmt: skip

_MOST_USED = ("EUR", "USD", "GBP", "CHF", "CAD", "AUD", "JPY")


def currency_choices() -> list[Choice]:
    """(shown text, ISO 4217 code, further words), the most used first, then by code."""
    shown = {one.code: one for one in currencies()}
    ordered = [*_MOST_USED, *(code for code in shown if code not in _MOST_USED)]
    return [(f"{code} · {shown[code].name}", code, "") for code in ordered]


def zone_choices() -> list[Choice]:
    """(shown text, IANA name, further words) by name; the words are the land and the name without dashes."""
    made = []
    for id in QTimeZone.availableTimeZoneIds():
        name = _text(id)
        if name.partition("/")[0] not in _AREAS or "/" not in name:
            continue
        land = QLocale.territoryToString(QTimeZone(id).territory())
        made.append((name.replace("_", " "), name, land))
    return [*sorted(made), ("UTC", "UTC", "")]


def guessed_currency(locale: QLocale) -> str:
    """The currency of a locale, "" if it has none that a studio can use."""
    code = locale.currencySymbol(QLocale.CurrencySymbolFormat.CurrencyIsoCode)
    return code if code in {one.code for one in currencies()} else ""


def guessed_zone() -> str:
    """The time zone of this computer, "" if it does not say."""
    name = _text(QTimeZone.systemTimeZoneId())
    known = name == "UTC" or (name.partition("/")[0] in _AREAS and "/" in name)
    return name if known else ""


def _text(id: QByteArray) -> str:
    return bytes(id.data()).decode("ascii", "replace")
