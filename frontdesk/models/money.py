"""Money: integers of ISO 4217 minor units with their currency, and the exact arithmetic that sales need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from frontdesk.errors import FrontdeskError

# 10**15 minor units fit a BIGINT many times over and still survive JSON readers and
# spreadsheets, which count in doubles (exact up to 2**53).
MAX_AMOUNT: Final = 10**15

# A whole (100 %) in thousandths of a percent: some taxes need three decimals (8.875 %).
WHOLE_MILLI_PERCENT: Final = 100_000


class MoneyError(FrontdeskError):
    """An amount, a rate or a currency that cannot be used; the codes are `money.…`."""


@dataclass(frozen=True, slots=True)
class Currency:
    """One ISO 4217 currency; `exponent` is how many decimals its minor unit has (S9)."""

    code: str
    exponent: int
    name: str


# The national currencies of ISO 4217 that are legal tender somewhere. Units of account (CLF, UYW, XDR …),
# metals and testing codes are left out: nobody pays a class with them, and that leaves exponents 0, 2 and 3.
_EXPONENT_0 = """
BIF Burundian franc|CLP Chilean peso|DJF Djiboutian franc|GNF Guinean franc|ISK Icelandic króna|
JPY Japanese yen|KMF Comorian franc|KRW South Korean won|PYG Paraguayan guaraní|RWF Rwandan franc|
UGX Ugandan shilling|VND Vietnamese đồng|VUV Vanuatu vatu|XAF Central African CFA franc|
XOF West African CFA franc|XPF CFP franc
"""
_EXPONENT_2 = """
AED UAE dirham|AFN Afghan afghani|ALL Albanian lek|AMD Armenian dram|AOA Angolan kwanza|
ARS Argentine peso|AUD Australian dollar|AWG Aruban florin|AZN Azerbaijani manat|
BAM Bosnian convertible mark|BBD Barbados dollar|BDT Bangladeshi taka|BMD Bermudian dollar|
BND Brunei dollar|BOB Bolivian boliviano|BRL Brazilian real|BSD Bahamian dollar|BTN Bhutanese ngultrum|
BWP Botswana pula|BYN Belarusian ruble|BZD Belize dollar|CAD Canadian dollar|CDF Congolese franc|
CHF Swiss franc|CNY Chinese yuan|COP Colombian peso|CRC Costa Rican colón|CUP Cuban peso|
CVE Cape Verdean escudo|CZK Czech koruna|DKK Danish krone|DOP Dominican peso|DZD Algerian dinar|
EGP Egyptian pound|ERN Eritrean nakfa|ETB Ethiopian birr|EUR Euro|FJD Fijian dollar|
FKP Falkland Islands pound|GBP Pound sterling|GEL Georgian lari|GHS Ghanaian cedi|GIP Gibraltar pound|
GMD Gambian dalasi|GTQ Guatemalan quetzal|GYD Guyanese dollar|HKD Hong Kong dollar|HNL Honduran lempira|
HTG Haitian gourde|HUF Hungarian forint|IDR Indonesian rupiah|ILS Israeli new shekel|INR Indian rupee|
IRR Iranian rial|JMD Jamaican dollar|KES Kenyan shilling|KGS Kyrgyzstani som|KHR Cambodian riel|
KPW North Korean won|KYD Cayman Islands dollar|KZT Kazakhstani tenge|LAK Lao kip|LBP Lebanese pound|
LKR Sri Lankan rupee|LRD Liberian dollar|LSL Lesotho loti|MAD Moroccan dirham|MDL Moldovan leu|
MGA Malagasy ariary|MKD Macedonian denar|MMK Myanmar kyat|MNT Mongolian tögrög|MOP Macanese pataca|
MRU Mauritanian ouguiya|MUR Mauritian rupee|MVR Maldivian rufiyaa|MWK Malawian kwacha|MXN Mexican peso|
MYR Malaysian ringgit|MZN Mozambican metical|NAD Namibian dollar|NGN Nigerian naira|
NIO Nicaraguan córdoba|NOK Norwegian krone|NPR Nepalese rupee|NZD New Zealand dollar|
PAB Panamanian balboa|PEN Peruvian sol|PGK Papua New Guinean kina|PHP Philippine peso|PKR Pakistani rupee|
PLN Polish złoty|QAR Qatari riyal|RON Romanian leu|RSD Serbian dinar|RUB Russian ruble|SAR Saudi riyal|
SBD Solomon Islands dollar|SCR Seychellois rupee|SDG Sudanese pound|SEK Swedish krona|
SGD Singapore dollar|SHP Saint Helena pound|SLE Sierra Leonean leone|SOS Somali shilling|
SRD Surinamese dollar|SSP South Sudanese pound|STN São Tomé and Príncipe dobra|SVC Salvadoran colón|
SYP Syrian pound|SZL Swazi lilangeni|THB Thai baht|TJS Tajikistani somoni|TMT Turkmenistani manat|
TOP Tongan paʻanga|TRY Turkish lira|TTD Trinidad and Tobago dollar|TWD New Taiwan dollar|
TZS Tanzanian shilling|UAH Ukrainian hryvnia|USD US dollar|UYU Uruguayan peso|UZS Uzbekistani soʻm|
VED Venezuelan digital bolívar|VES Venezuelan bolívar|WST Samoan tālā|XCD East Caribbean dollar|
XCG Caribbean guilder|YER Yemeni rial|ZAR South African rand|ZMW Zambian kwacha|ZWG Zimbabwe gold
"""
_EXPONENT_3 = """
BHD Bahraini dinar|IQD Iraqi dinar|JOD Jordanian dinar|KWD Kuwaiti dinar|LYD Libyan dinar|OMR Omani rial|
TND Tunisian dinar
"""


def _table(exponent: int, rows: str) -> Iterable[tuple[str, Currency]]:
    for row in rows.replace("\n", "").split("|"):
        code, _, name = row.partition(" ")
        yield code, Currency(code, exponent, name)


@cache
def _currencies() -> dict[str, Currency]:
    return dict(sorted((*_table(0, _EXPONENT_0), *_table(2, _EXPONENT_2), *_table(3, _EXPONENT_3))))


def currencies() -> tuple[Currency, ...]:
    """Every currency that a studio may choose, by code."""
    return tuple(_currencies().values())


def currency(code: str) -> Currency:
    """The currency with this ISO code; raises MoneyError `money.unknown_currency`."""
    found = _currencies().get(code) or _currencies().get(code.strip().upper())
    if found is None:
        raise MoneyError("money.unknown_currency", currency=code)
    return found


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `amount` counts minor units (cents, yen, fils) of `currency`, an ISO 4217 code."""

    amount: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.plain()} {self.currency}"

    def times(self, count: int) -> Money:
        """This amount `count` times."""
        return Money(self.amount * count, self.currency)

    def plain(self) -> str:
        """The amount with a decimal point and all its decimals, for files and the command line: "90.00"."""
        return plain(self.amount, self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError("money.mixed_currencies", one=self.currency, other=other.currency)
        return other.amount


def plain(amount: int, code: str) -> str:
    """`amount` minor units with a decimal point and all decimals of the currency: "90.00", "90", "90.000"."""
    exponent = currency(code).exponent
    sign = "-" if amount < 0 else ""
    if exponent == 0:
        return f"{sign}{abs(amount)}"
    major, minor = divmod(abs(amount), 10**exponent)
    return f"{sign}{major}.{minor:0{exponent}d}"


def total(amounts: Iterable[Money], code: str) -> Money:
    """The sum of `amounts`, zero of the currency `code` when there are none."""
    result = Money(0, code)
    for amount in amounts:
        result += amount
    return result


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` split in proportion to `weights`, exact to the unit (S5: a discount over its lines).

    The units left by rounding down go to the largest remainders, at a tie to the earlier place. With
    |total| ≤ Σ weights no share is larger than its weight, so a discount never exceeds a line.
    Raises ValueError for a negative weight, and for a total other than 0 without any weight.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to split by: every weight is zero")
        return (0,) * len(weights)
    sign = -1 if total < 0 else 1
    shares: list[int] = []
    remainders: list[tuple[int, int]] = []
    for index, weight in enumerate(weights):
        share, remainder = divmod(abs(total) * weight, whole)
        shares.append(share)
        remainders.append((-remainder, index))
    remainders.sort()
    for _, index in remainders[: abs(total) - sum(shares)]:
        shares[index] += 1
    return tuple(sign * share for share in shares)


def share_half_up(amount: int, numerator: int, denominator: int) -> int:
    """amount × numerator ÷ denominator, rounded half up (away from zero, so that −x mirrors x)."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    product = amount * numerator
    rounded = (2 * abs(product) + denominator) // (2 * denominator)
    return -rounded if product < 0 else rounded


def tax_included(gross: int, rate_milli_percent: int) -> int:
    """The tax inside a price that includes it, in minor units; the rate in thousandths of a percent (S2)."""
    _check_rate(rate_milli_percent)
    return share_half_up(gross, rate_milli_percent, WHOLE_MILLI_PERCENT + rate_milli_percent)


def tax_on_top(net: int, rate_milli_percent: int) -> int:
    """The tax to add to a net price, in minor units; the rate is in thousandths of a percent (S2)."""
    _check_rate(rate_milli_percent)
    return share_half_up(net, rate_milli_percent, WHOLE_MILLI_PERCENT)


def percent_of(amount: int, rate_milli_percent: int) -> int:
    """A percentage of an amount, in minor units, half up (a discount by percent, S2)."""
    _check_rate(rate_milli_percent)
    return share_half_up(amount, rate_milli_percent, WHOLE_MILLI_PERCENT)


def _check_rate(rate_milli_percent: int) -> None:
    if not 0 <= rate_milli_percent <= WHOLE_MILLI_PERCENT:
        raise ValueError("a rate lies between 0 and 100 percent")


_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,3}))?", re.ASCII)


def parse_rate(text: str) -> int:
    """ "8.875" → 8875 thousandths of a percent; raises MoneyError `money.not_a_rate`."""
    match = _PERCENT.fullmatch(text.strip().removesuffix("%").strip())
    rate = int(match[1] + (match[2] or "").ljust(3, "0")) if match else -1
    if not 0 <= rate <= WHOLE_MILLI_PERCENT:
        raise MoneyError("money.not_a_rate", text=text)
    return rate


def plain_rate(rate_milli_percent: int) -> str:
    """8875 → "8.875", 19000 → "19": what `parse_rate` reads."""
    major, minor = divmod(rate_milli_percent, 1000)
    return f"{major}.{minor:03d}".rstrip("0").rstrip(".")
