"""Currencies and time zones to choose from, with the words that find them, and a guess from the system."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QLocale, QTimeZone

from frontdesk.services.views.calendar import available_zones
from frontdesk.services.views.money import currencies

Choice = tuple[str, str, str]
_MOST_USED = ("EUR", "USD", "GBP", "CHF", "CAD", "AUD", "JPY")


def currency_choices() -> list[Choice]:
    """(shown text, ISO 4217 code, further words), the most used first, then by code."""
    shown = {one.code: one for one in currencies()}
    ordered = [*_MOST_USED, *(code for code in shown if code not in _MOST_USED)]
    return [(f"{code} · {shown[code].name}", code, "") for code in ordered]


def zone_choices() -> list[Choice]:
    """(shown text, IANA name, further words) by name; the words are the land and the name without dashes."""
    return [(name.replace("_", " "), name, _land(name)) for name in available_zones()]


def guessed_currency(locale: QLocale) -> str:
    """The currency of a locale, "" if it has none that a studio can use."""
    code = locale.currencySymbol(QLocale.CurrencySymbolFormat.CurrencyIsoCode)
    return code if code in {one.code for one in currencies()} else ""


def guessed_zone() -> str:
    """The time zone of this computer, "" if it does not say."""
    name = _text(QTimeZone.systemTimeZoneId())
    return name if name in available_zones() else ""


def _land(zone: str) -> str:
    """The country of a zone in the person's language, "" where it has none."""
    if zone == "UTC":
        return ""
    return QLocale.territoryToString(QTimeZone(QByteArray(zone.encode())).territory())


def _text(id: QByteArray) -> str:
    return bytes(id.data()).decode("ascii", "replace")
