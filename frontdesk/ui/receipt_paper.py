"""A receipt as a document: on screen, on paper and in a PDF, in ink on white whatever the theme (S10)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.services.views.money import plain_rate
from frontdesk.services.views.sales import Receipt, ReceiptLine, ReceiptTax, ReceiptTender
from frontdesk.ui import client_words, money_words, sale_words
from frontdesk.ui.tokens import FONT_FAMILY, LIGHT

if TYPE_CHECKING:
    from frontdesk.ui.formats import Formats

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def receipt_title(receipt: Receipt) -> str:
    """What it is: "Receipt D1-000042", "Refund D1-R-000003"."""
    words = {
        "refund": translate("Receipt", "Refund {number}"),
        "void": translate("Receipt", "Voided sale {number}"),
    }
    return words.get(receipt.kind, translate("Receipt", "Receipt {number}")).format(number=receipt.number)


def receipt_html(receipt: Receipt, formats: Formats) -> str:
    """The whole receipt as rich text, in the person's language and locale."""
    way = "rtl" if formats.locale.textDirection().name == "RightToLeft" else "ltr"
    parts = [
        *_head(receipt, formats),
        _RULE,
        _table(_line_rows(receipt, formats)),
        _RULE,
        _table(_sum_rows(receipt, formats)),
        _RULE,
        _table(_tender_rows(receipt, formats)),
        *_foot(receipt, formats),
    ]
    style = f"font-family:{FONT_FAMILY}; font-size:13px; color:{LIGHT.text}"
    return f'<html><body dir="{way}" style="{style}">{"".join(parts)}</body></html>'


_RULE = '<hr width="100%">'


def _head(receipt: Receipt, formats: Formats) -> Iterable[str]:
    if receipt.copy:
        yield _centred(f"<b>{escape(translate('Receipt', 'COPY'))}</b>", 15)
    if receipt.demo:
        yield _centred(escape(translate("Receipt", "DEMO: nothing was really sold")), 12)
    yield _centred(f"<b>{escape(receipt.studio)}</b>", 20)
    if receipt.header:
        yield _centred(_lines(receipt.header), 12)
    yield _RULE
    # Beside the time a long number would be broken where it has a hyphen.
    rows = [(f"<b>{escape(receipt_title(receipt))}</b>", "")]
    if receipt.of_receipt:
        told = translate("Receipt", "for receipt {number}").format(number=receipt.of_receipt)
        rows.append((_quiet(told), ""))
    rows.append((_quiet(translate("Receipt", "Date")), escape(formats.instant(receipt.at))))
    rows.append((_quiet(translate("Receipt", "Client")), escape(receipt.client)))
    rows.append((_quiet(translate("Receipt", "Served by")), escape(receipt.staff)))
    yield _table(rows)


def _line_rows(receipt: Receipt, formats: Formats) -> Iterable[tuple[str, str]]:
    for line in receipt.lines:
        yield f"<b>{escape(line.name)}</b>", escape(formats.amount(line.list_price))
        yield _quiet(_fate(receipt, line, formats)), ""


def _fate(receipt: Receipt, line: ReceiptLine, formats: Formats) -> str:
    if receipt.kind == "sale":
        granted = sale_words.granted(formats, line.credits, line.bonus)
        return f"{granted} · {sale_words.until(formats, line.last_day, line.starts_with_first_class)}"
    credits = client_words.credits(formats, line.credits)
    return translate("Receipt", "{credits} voided").format(credits=credits)


def _sum_rows(receipt: Receipt, formats: Formats) -> Iterable[tuple[str, str]]:
    if receipt.discount:
        yield escape(translate("Receipt", "Subtotal")), escape(formats.amount(receipt.subtotal))
        yield escape(translate("Receipt", "Discount")), escape(formats.amount(-receipt.discount.amount))
    for tax in receipt.taxes:
        if tax.on_top:
            yield escape(_tax_words(tax, formats)), escape(formats.amount(tax.tax))
    words = translate("Receipt", "Total") if receipt.kind == "sale" else translate("Receipt", "Paid back")
    yield _big(words), _big(formats.money(receipt.total))
    for tax in receipt.taxes:
        if not tax.on_top:
            yield _quiet(_tax_words(tax, formats)), _quiet(formats.amount(tax.tax))


def _tax_words(tax: ReceiptTax, formats: Formats) -> str:
    rate = plain_rate(tax.rate_milli_percent).replace(".", formats.locale.decimalPoint())
    name = tax.name or translate("Receipt", "Tax")
    words = (
        translate("Receipt", "{tax} {rate} % on {net}")
        if tax.on_top
        else translate("Receipt", "{tax} {rate} % included, net {net}")
    )
    return words.format(tax=name, rate=rate, net=formats.amount(tax.net))


def _tender_rows(receipt: Receipt, formats: Formats) -> Iterable[tuple[str, str]]:
    for one in receipt.tenders:
        yield escape(_tender_words(one)), escape(formats.amount(one.amount))
        if one.cash_given is not None:
            yield _quiet(translate("Receipt", "given")), _quiet(formats.amount(one.cash_given))
        if one.cash_change is not None and one.cash_change:
            yield _quiet(translate("Receipt", "change")), _quiet(formats.amount(one.cash_change))


def _tender_words(one: ReceiptTender) -> str:
    name = money_words.tender_name(one.tender, one.at_desk)
    if not one.reference:
        return name
    return translate("Receipt", "{tender}, reference {reference}").format(
        tender=name, reference=one.reference
    )


def _foot(receipt: Receipt, formats: Formats) -> Iterable[str]:
    if receipt.footer:
        yield _RULE
        yield _centred(_lines(receipt.footer), 12)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f'<tr><td>{left}</td><td align="right" style="white-space:nowrap">{right}</td></tr>'
        if right
        else f'<tr><td colspan="2">{left}</td></tr>'
        for left, right in rows
    )
    return f'<table width="100%" cellspacing="0" cellpadding="2">{cells}</table>'


def _centred(html: str, pixels: int) -> str:
    return f'<p align="center" style="margin:2px; font-size:{pixels}px">{html}</p>'


def _lines(text: str) -> str:
    return "<br>".join(escape(text).splitlines())


def _quiet(text: str) -> str:
    return f'<span style="font-size:12px; color:{LIGHT.text_muted}">{escape(text)}</span>'


def _big(text: str) -> str:
    return f'<span style="font-size:17px; font-weight:600">{escape(text)}</span>'
