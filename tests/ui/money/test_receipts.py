"""Receipts on screen, in files and on paper: what they say, COPY, and that no sale waits for a printer."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFileDialog, QPushButton

from frontdesk.errors import Refused
from frontdesk.services.drafts.settings import ReceiptTextDraft
from frontdesk.services.receipts import receipt
from frontdesk.services.settings import change_receipt_text
from frontdesk.ui.dialogs.receipt import ReceiptDialog
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.printing import PrintJob, pdf_of, print_receipt_on, receipt_document
from frontdesk.ui.receipt_paper import receipt_html, receipt_title
from tests.support.event_loop import until
from tests.ui.money.conftest import ENTER, ESC, Till
from tests.ui.walk import assert_accessible, assert_nothing_cut_off


async def shown(till: Till, **which: int) -> ReceiptDialog:
    """The receipt dialog, read."""
    await till.go("clients")
    till.context.ask("receipt", **which)
    return await till.opened(ReceiptDialog)


def text_of(till: Till, sale_id: int) -> str:
    """What the receipt of a sale says."""
    made = till.desk.office.read(receipt, "sale", sale_id)
    return receipt_document(receipt_html(made, till.context.formats)).toPlainText()


async def test_a_receipt_says_all_that_belongs_on_it(till: Till) -> None:
    """S10."""
    till.desk.do(change_receipt_text, ReceiptTextDraft("12 Sun Lane\nBerlin", "Thank you & Namaste"))
    sale = till.desk.sell(till.mira, till.pack, discount=500, tender="external_card")
    dialog = await shown(till, sale_id=sale.sale_id)
    said = dialog.paper.text()
    for words in (
        "Sunrise",
        "12 Sun Lane",
        "Berlin",
        "Receipt D1-000001",
        "4 Jan 2027",
        "Mira Okafor",
        "Ana",
        "10-class pack",
        "10 + 2 credits · use until 4 Apr 2027",
        "Subtotal",
        "−5.00",
        "85.00 USD",
        "Card terminal, reference T-1",
        "Thank you & Namaste",
    ):
        assert words in said, words
    assert "COPY" not in said
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    await till.press(ESC)


async def test_a_refund_has_a_receipt_of_its_own(till: Till) -> None:
    """S1, S10."""
    sale = till.desk.sell(till.mira, till.pack)
    refund = till.desk.refund(sale.sale_id)
    dialog = await shown(till, refund_id=refund.refund_id)
    said = dialog.paper.text()
    assert "Refund D1-R-000001" in said and "for receipt D1-000001" in said
    assert "12 credits voided" in said and "Paid back" in said
    await till.press(ESC)


async def test_the_pdf_is_saved_where_one_chooses_and_the_next_says_copy(till: Till, tmp_path: Path) -> None:
    """S10."""
    sale = till.desk.sell(till.mira, till.pack)
    dialog = await shown(till, sale_id=sale.sale_id)
    till.find(QPushButton, "receiptPdfButton").click()
    await until(lambda: till.window.findChildren(QFileDialog))
    asked = till.window.findChildren(QFileDialog)[0]
    assert asked.directory().path() == str(till.context.preferences.folder / "receipts")
    asked.reject()
    target = tmp_path / "elsewhere" / "mira.pdf"
    dialog.acts.save(target)
    await until(target.exists)
    await till.settled()
    content = target.read_bytes()
    assert content.startswith(b"%PDF") and b"/Font" in content
    assert till.toast() == "Saved as mira.pdf"
    assert text_of(till, sale.sale_id).startswith("COPY")
    program = shutil.which("pdftotext")
    if program:
        done = subprocess.run([program, "-layout", str(target), "-"], capture_output=True, check=True)
        said = " ".join(done.stdout.decode().split())
        assert "Receipt D1-000001" in said and "10 + 2 credits · use until 4 Apr 2027" in said
        assert "COPY" not in said
    dialog.reject()


async def test_a_folder_that_refuses_is_named_and_the_sale_is_safe(till: Till, tmp_path: Path) -> None:
    sale = till.desk.sell(till.mira, till.pack)
    dialog = await shown(till, sale_id=sale.sale_id)
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    dialog.acts.save(blocked / "mira.pdf")
    await until(lambda: dialog.banner.text())
    assert "cannot be saved" in dialog.banner.text()
    assert len(till.bought()) == 1
    await till.press(ESC)


async def test_a_missing_printer_touches_no_sale(till: Till) -> None:
    """S1."""
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await until(dialog.is_armed)
    await till.press(ENTER)
    await until(lambda: dialog.result_of_sale is not None)
    till.find(QPushButton, "sellPrintButton").click()
    await until(lambda: dialog.banner.text())
    assert dialog.banner.text().startswith("No printer is set up on this computer.")
    assert len(till.bought()) == 1
    assert "COPY" not in text_of(till, till.bought()[0].sale_id)
    await until(dialog.is_armed)
    dialog.primary.click()
    await until(lambda: not till.dialogs(SellDialog))


async def test_a_receipt_is_printed_through_the_printer_s_own_paper(till: Till, tmp_path: Path) -> None:
    sale = till.desk.sell(till.mira, till.pack)
    made = till.desk.office.read(receipt, "sale", sale.sale_id)
    html, title = receipt_html(made, till.context.formats), receipt_title(made)
    target = tmp_path / "printed.pdf"
    await till.context.tasks.paper(print_receipt_on, html, title, PrintJob("", file=str(target)))
    assert target.read_bytes().startswith(b"%PDF")
    with pytest.raises(Refused, match=r"receipt\.printer_failed"):
        print_receipt_on(html, title, PrintJob("no such printer"))


def test_a_long_receipt_is_one_page_of_pdf_as_high_as_it_needs(look: None) -> None:
    lines = "".join(f"<p>line {at}</p>" for at in range(300))
    content = pdf_of(f"<html><body>{lines}</body></html>", "long")
    assert content.count(b"/Type /Page\n") == 1


async def test_the_longest_number_of_a_receipt_stands_on_one_line(till: Till) -> None:
    """S10: also where the time of day is long."""
    sale = till.desk.sell(till.mira, till.pack)
    made = till.desk.office.read(receipt, "sale", sale.sale_id)
    voided = replace(made, kind="void", number="Online-R-000042")
    till.context.formats.locale = QLocale("en_US")
    paper = receipt_document(receipt_html(voided, till.context.formats))
    assert not paper.size().isEmpty(), "which lays it out"
    title = paper.find("Voided sale").block()
    assert title.text() == "Voided sale Online-R-000042" and title.layout().lineCount() == 1


async def test_names_are_shown_as_they_are_and_no_markup_gets_in(till: Till) -> None:
    client = till.desk.client("<b>Ann</b> & Co")
    sale = till.desk.sell(client, till.pack)
    assert "<b>Ann</b> & Co" in text_of(till, sale.sale_id)


async def test_a_receipt_reads_from_right_to_left_where_the_language_does(till: Till) -> None:
    """U7."""
    sale = till.desk.sell(till.mira, till.pack)
    made = till.desk.office.read(receipt, "sale", sale.sale_id)
    till.context.formats.locale = QLocale("ar_EG")
    assert 'dir="rtl"' in receipt_html(made, till.context.formats)
