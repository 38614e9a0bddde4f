"""Money, numbers, dates and instants in the person's locale, the studio's currency and the studio's zone.

Everything is exact: amounts are integers of minor units from end to end, never floats (S9, U8).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QDate, QLocale, Qt, QTime

from frontdesk.errors import FrontdeskError
from frontdesk.services.views.money import MAX_AMOUNT, Money, currency

MINUS = "−"
# Linguist knows calls of this name.
translate = QCoreApplication.translate
_MINUSES = "-−‐‑–﹣-"
# Marks of direction that locales put around signs and digits.
_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c"))
#: One of each month, with as many digits as there can be.
_LONG_DAYS = tuple(dt.date(2028, month, 28) for month in range(1, 13))
_YEAR_FIRST = {
    QLocale.Language.Japanese,
    QLocale.Language.Chinese,
    QLocale.Language.Korean,
    QLocale.Language.Hungarian,
    QLocale.Language.Lithuanian,
}


def utc_now() -> dt.datetime:
    """The time of this computer, aware UTC."""
    return dt.datetime.now(dt.UTC)


class Formats:
    """How values are shown and read. `currency_code` is ISO 4217, `zone` an IANA name."""

    def __init__(
        self,
        locale: QLocale,
        currency_code: str,
        zone: str,
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self.locale = locale
        self.currency = currency_code
        self._zone_name = zone
        self._zone: dt.tzinfo | None = None
        self._clock = clock

    def follow(self, currency_code: str, zone: str) -> None:
        """The studio counts in another currency or lives in another zone from now on."""
        self.currency = currency_code
        if zone != self._zone_name:
            self._zone_name, self._zone = zone, None

    # Money and numbers

    def amount(self, minor: int | Money, code: str | None = None) -> str:
        """Minor units without the currency, for columns that name it once: "1,090.00", "−5.00"."""
        if isinstance(minor, Money):
            code, minor = minor.currency, minor.amount
        exponent = currency(code or self.currency).exponent
        major, rest = divmod(abs(minor), 10**exponent)
        text = self._grouped(major)
        if exponent:
            text += self.locale.decimalPoint() + self._digits(f"{rest:0{exponent}d}")
        return self._minus() + text if minor < 0 else text

    def money(self, minor: int | Money, code: str | None = None) -> str:
        """Minor units with their currency: "90.00 USD"."""
        if isinstance(minor, Money):
            code, minor = minor.currency, minor.amount
        return f"{self.amount(minor, code)} {code or self.currency}"

    def parse_money(self, text: str, code: str | None = None) -> int:
        """What a person typed, as minor units; understands what `amount` and `money` write, and plain typing.

        Raises FrontdeskError `field.not_money`, `field.too_many_decimals` or `field.too_large`.
        """
        code = code or self.currency
        exponent = currency(code).exponent
        sign, digits = self._unsigned(text, code)
        major, decimals = self._split(digits, exponent)
        if major is None or not (major + decimals):
            raise FrontdeskError("field.not_money", text=text.strip(), example=self.amount(9000, code))
        if len(decimals) > exponent:
            raise FrontdeskError(
                "field.too_many_decimals",
                currency=code,
                decimals=exponent,
                example=self.amount(9000 if exponent else 90, code),
            )
        value = int((major or "0") + decimals.ljust(exponent, "0"))
        if value > MAX_AMOUNT:
            raise FrontdeskError("field.too_large", most=Money(MAX_AMOUNT, code))
        return sign * value

    def number(self, value: int) -> str:
        """A whole number: "1,234", "−3"."""
        return (self._minus() if value < 0 else "") + self._grouped(abs(value))

    def signed(self, value: int) -> str:
        """A change: "+1", "−3", "0"."""
        return ("+" if value > 0 else "") + self.number(value)

    # Dates and instants

    def now(self) -> dt.datetime:
        """This instant, aware UTC."""
        return self._clock()

    def today(self) -> dt.date:
        """The calendar day in the studio's zone."""
        return self._local(self._clock()).date()

    def date(self, day: dt.date) -> str:
        """A day without any doubt about which number is the month: "4 Apr 2027"."""
        qdate = QDate(day.year, day.month, day.day)
        if self.locale.language() in _YEAR_FIRST:
            return self.locale.toString(qdate, QLocale.FormatType.ShortFormat)
        return self.locale.toString(qdate, "d MMM yyyy")

    def relative(self, day: dt.date) -> str:
        """How far off a day is: "today", "in 12 days", "3 days ago"."""
        days = (day - self.today()).days
        match days:
            case 0:
                return translate("Formats", "today")
            case 1:
                return translate("Formats", "tomorrow")
            case -1:
                return translate("Formats", "yesterday")
        if days > 0:
            return translate("Formats", "in %n days", None, days).replace("%n", self.number(days))
        return translate("Formats", "%n days ago", None, -days).replace("%n", self.number(-days))

    def date_in_words(self, day: dt.date | None) -> str:
        """Relative and exact: "in 12 days · 4 Apr 2027"; "never" for None (a lot that never expires)."""
        if day is None:
            return translate("Formats", "never")
        return f"{self.relative(day)} · {self.date(day)}"

    def parse_date(self, text: str) -> dt.date:
        """A typed day: "4 Apr 2027", "2027-04-04", the locale's order of numbers, without a year, or "+30".

        Raises FrontdeskError `field.not_a_date`.
        """
        cleaned = " ".join(text.translate(_INVISIBLE).split())
        if ahead := re.fullmatch(r"\+(\d{1,4})", cleaned):
            return self.today() + dt.timedelta(days=int(ahead[1]))
        found = self._numeric_date(cleaned) or self._worded_date(cleaned)
        if found is None:
            raise FrontdeskError("field.not_a_date", text=cleaned, example=self.date(self.today()))
        return found

    def time(self, instant: dt.datetime) -> str:
        """The time of day in the studio's zone: "18:02"."""
        local = self._local(instant)
        return self.locale.toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)

    def instant(self, instant: dt.datetime) -> str:
        """Day and time in the studio's zone: "12 Mar 2027 18:02"."""
        return f"{self.date(self.local_day(instant))} {self.time(instant)}"

    def some_instants(self) -> tuple[str, ...]:
        """Instants as long as they come in this language, for columns that show one."""
        late = self.locale.toString(QTime(22, 58), QLocale.FormatType.ShortFormat)
        return tuple(f"{self.date(day)} {late}" for day in _LONG_DAYS)

    def some_dates_in_words(self) -> tuple[str, ...]:
        """Dates in words as long as they come within a year, for columns that show one."""
        far = self.relative(self.today() + dt.timedelta(days=288))
        return tuple(f"{far} · {self.date(day)}" for day in _LONG_DAYS)

    def local_day(self, instant: dt.datetime) -> dt.date:
        """The calendar day of an instant in the studio's zone."""
        return self._local(instant).date()

    def value(self, value: Any) -> str:
        """Any parameter of a message: Money, date, aware datetime, int, text, or several of them."""
        match value:
            case Money():
                return self.money(value)
            case dt.datetime():
                return self.instant(value)
            case dt.date():
                return self.date(value)
            case bool():
                return translate("Formats", "yes") if value else translate("Formats", "no")
            case int():
                return self.number(value)
            case None:
                return ""
            case tuple() | list() | frozenset():
                return self.locale.createSeparatedList([self.value(one) for one in value])
        return str(value)

    # Pieces

    def _local(self, instant: dt.datetime) -> dt.datetime:
        if self._zone is None:
            from zoneinfo import ZoneInfo

            self._zone = ZoneInfo(self._zone_name)
        return instant.astimezone(self._zone)

    def _minus(self) -> str:
        # Where text runs from right to left, a bare minus would end up behind its number.
        mirrored = self.locale.textDirection() is Qt.LayoutDirection.RightToLeft
        return "\u200e" + MINUS if mirrored else MINUS

    def _grouped(self, value: int) -> str:
        return self.locale.toString(value)

    def _digits(self, text: str) -> str:
        zero = ord(self.locale.zeroDigit())
        return text if zero == 48 else "".join(chr(zero + ord(digit) - 48) for digit in text)

    def _unsigned(self, text: str, code: str) -> tuple[int, str]:
        """Sign and what is left: no currency, no spaces, no marks, digits 0–9."""
        symbol = self.locale.currencySymbol(QLocale.CurrencySymbolFormat.CurrencySymbol)
        bare = text.translate(_INVISIBLE).strip()
        for name in (code, code.lower(), symbol):
            if name:
                bare = bare.removeprefix(name).removesuffix(name).strip()
        sign = 1
        if bare[:1] and bare[0] in _MINUSES:
            sign, bare = -1, bare[1:]
        elif bare[:1] == "+":
            bare = bare[1:]
        return sign, "".join(str(int(c)) if c.isdecimal() else c for c in bare if not c.isspace())

    def _split(self, digits: str, exponent: int) -> tuple[str | None, str]:
        """Whole part and decimals of a number without sign; None when it is not a number."""
        point = self.locale.decimalPoint()
        group = "".join(self.locale.groupSeparator().split())
        separators = {group, "'", "’"} - {point, ""}
        whole, found, decimals = digits.partition(point)
        if self._is_whole(whole, separators) and (decimals.isdecimal() or not decimals):
            return "".join(c for c in whole if c.isdecimal()), decimals
        # A person may well type the other decimal sign: "90.50" where the comma rules.
        other = re.fullmatch(r"(\d*)[.,٫](\d+)", digits)
        if other and not found and len(other[2]) <= max(exponent, 1) and (exponent or len(other[2]) != 3):
            return other[1], other[2]
        return None, ""

    @staticmethod
    def _is_whole(text: str, separators: set[str]) -> bool:
        """Digits only, or digits grouped as locales do it: last group of three, others of two or three."""
        if text.isdecimal() or not text:
            return True
        for separator in separators:
            first, *groups = text.split(separator)
            if groups and 1 <= len(first) <= 3 and first.isdecimal():
                rest = all(group.isdecimal() and len(group) in (2, 3) for group in groups)
                if rest and len(groups[-1]) == 3:
                    return True
        return False

    def _numeric_date(self, text: str) -> dt.date | None:
        parts = re.fullmatch(
            r"(\d{1,4})\s*[-/.\s年년]\s*(\d{1,2})(?:\s*[-/.\s月월]\s*(\d{1,4})?\s*[.日일]?)?", text
        )
        if not parts:
            return None
        numbers = [int(one) for one in parts.groups() if one]
        if len(parts[1]) == 4:
            order = "yMd"
        else:
            pattern = self.locale.dateFormat(QLocale.FormatType.ShortFormat)
            order = "".join(sorted("dMy", key=lambda letter: pattern.find(letter)))
        if len(numbers) == 2:
            order = order.replace("y", "")
        found = dict(zip(order, numbers, strict=False))
        if "d" not in found or "M" not in found:
            return None
        year = found.get("y", self.today().year)
        if year < 100:
            year += 2000 if 2000 + year <= self.today().year + 20 else 1900
        try:
            return dt.date(year, found["M"], found["d"])
        except ValueError:
            return None

    def _worded_date(self, text: str) -> dt.date | None:
        for pattern in (
            "d MMM yyyy",
            "d MMMM yyyy",
            "MMM d yyyy",
            "MMMM d yyyy",
            "d. MMM yyyy",
            "d. MMMM yyyy",
        ):
            for tried in (text, text.replace(",", ""), text.title()):
                qdate = self.locale.toDate(tried, pattern)
                if qdate.isValid():
                    return dt.date(qdate.year(), qdate.month(), qdate.day())
        return None
