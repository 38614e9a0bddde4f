"""Receipts on paper and in PDF files. All but the layout runs in the printer's queue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QMarginsF, QRectF, QSizeF
from PySide6.QtGui import (
    QFont,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from frontdesk.errors import Refused
from frontdesk.ui.tokens import FONT_FAMILY

#: Paper of receipt printers: 80 mm wide, 4 mm of it on either side left white.
PAPER_MM = 80.0
_MARGIN_MM = 4.0
_PIXELS_PER_MM = 96 / 25.4
#: Receipts are laid out in so many pixels, as on screen.
PAPER_PIXELS = round((PAPER_MM - 2 * _MARGIN_MM) * _PIXELS_PER_MM)


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Where to print: a printer by its name, or the file that the print dialog chose instead."""

    printer: str
    copies: int = 1
    file: str = ""


def receipt_document(html: str, width: int = PAPER_PIXELS) -> QTextDocument:
    """The document of a receipt, laid out for a column of so many pixels."""
    document = QTextDocument()
    document.setDocumentMargin(0)
    font = QFont(FONT_FAMILY)
    font.setPixelSize(13)
    # The plain shapes of figures and signs alone: others are glyphs of a PDF that nobody can search or copy.
    font.setFeature(QFont.Tag("tnum"), 0)
    font.setFeature(QFont.Tag("calt"), 0)
    document.setDefaultFont(font)
    document.setHtml(html)
    document.setTextWidth(width)
    return document


def printer_names() -> list[str]:
    """The printers of this computer, the default one first; may take long where one is on a network."""
    # Late, since most starts print nothing.
    from PySide6.QtPrintSupport import QPrinterInfo

    default = QPrinterInfo.defaultPrinterName()
    return sorted(QPrinterInfo.availablePrinterNames(), key=lambda name: (name != default, name))


def pdf_of(html: str, title: str) -> bytes:
    """The receipt as a PDF of one page, as high as it needs, with text that can be selected."""
    document = receipt_document(html)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("Frontdesk")
    height = document.size().height() / _PIXELS_PER_MM + 2 * _MARGIN_MM
    paper = QPageSize(
        QSizeF(PAPER_MM, height), QPageSize.Unit.Millimeter, title, QPageSize.SizeMatchPolicy.ExactMatch
    )
    writer.setPageLayout(
        QPageLayout(
            paper,
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    _paint(document, writer, writer.resolution())
    buffer.close()
    return bytes(buffer.data().data())


def save_pdf(html: str, title: str, path: Path) -> None:
    """Write the receipt to a file.

    Raises:
        Refused: receipt.cannot_save with the path and the system's word.
    """
    content = pdf_of(html, title)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise Refused("receipt.cannot_save", path=str(path), detail=str(error.strerror)) from error


def print_receipt_on(html: str, title: str, job: PrintJob) -> None:
    """Print the receipt in the middle of the printer's paper.

    Raises:
        Refused: receipt.printer_failed with the printer's name.
    """
    # Late, since most starts print nothing.
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    if job.file:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(job.file)
    else:
        found = QPrinterInfo.printerInfo(job.printer)
        if found.isNull():
            raise Refused("receipt.printer_failed", printer=job.printer)
        printer = QPrinter(found, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setCopyCount(job.copies)
    page = printer.pageRect(QPrinter.Unit.DevicePixel).width() * 96 / printer.resolution()
    document = receipt_document(html, min(PAPER_PIXELS, int(page)))
    if not _paint(document, printer, printer.resolution()):
        raise Refused("receipt.printer_failed", printer=job.printer or job.file)


def _paint(document: QTextDocument, device: QPagedPaintDevice, dots_per_inch: int) -> bool:
    """Draws the document from the top of the first page on, centred; False if the device does not begin."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    scale = dots_per_inch / 96
    painter.scale(scale, scale)
    room = QSizeF(device.width() / scale, device.height() / scale)
    wanted = document.size()
    painter.translate(max(0.0, (room.width() - wanted.width()) / 2), 0)
    at = 0.0
    # A hair more than a page is still one page.
    while at < wanted.height() - 1:
        if at:
            device.newPage()
        painter.save()
        painter.translate(0, -at)
        document.drawContents(painter, QRectF(0, at, wanted.width(), room.height()))
        painter.restore()
        at += room.height()
    return painter.end()
