"""A Payment Link on paper and as a picture: a name, what it buys, and the QR code to scan."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from frontdesk.errors import Refused
from frontdesk.ui.printing import PrintJob, pdf_of, print_receipt_on

#: Pixels of the code on paper, as it is laid out, and of a saved picture, which may go on a poster.
_ON_PAPER = 220
PICTURE_SIDE = 1200


def link_html(studio: str, name: str, sentence: str, code: QImage) -> str:
    """The paper's content, in the middle, with nothing that a scanner could stumble over."""
    picture = bytes(_png(code).toBase64().data()).decode("ascii")
    return (
        '<div align="center">'
        f'<p style="font-size:13px">{escape(studio)}</p>'
        f'<p style="font-size:18px; font-weight:600">{escape(name)}</p>'
        f'<p style="font-size:13px">{escape(sentence)}</p>'
        f'<p><img src="data:image/png;base64,{picture}" width="{_ON_PAPER}" height="{_ON_PAPER}"></p>'
        "</div>"
    )


def save_picture(code: QImage, path: Path) -> None:
    """Write the code as a PNG file.

    Raises:
        Refused: link_paper.cannot_save with the path and the system's word.
    """
    _write(bytes(_png(code).data()), path)


def save_link_pdf(html: str, title: str, path: Path) -> None:
    """Write the paper as a PDF file; raises as ``save_picture``."""
    _write(pdf_of(html, title), path)


def print_link_on(html: str, title: str, job: PrintJob) -> None:
    """Print the paper.

    Raises:
        Refused: link_paper.printer_failed with the printer's name.
    """
    try:
        print_receipt_on(html, title, job)
    except Refused as refused:
        raise Refused("link_paper.printer_failed", printer=job.printer or job.file) from refused


def _png(code: QImage) -> QByteArray:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(code)
    buffer.close()
    return buffer.data()


def _write(content: bytes, path: Path) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused("link_paper.cannot_save", path=str(path), detail=str(error.strerror)) from error
