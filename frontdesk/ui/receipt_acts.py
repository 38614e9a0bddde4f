"""Printing a receipt and saving it as a PDF, for the dialogs that show one. A sale never waits for either."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog

from frontdesk.errors import Refused
from frontdesk.services.views.sales import Receipt
from frontdesk.ui.receipt_paper import receipt_html, receipt_title
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import SecondaryButton

if TYPE_CHECKING:
    from frontdesk.services.receipts import ReceiptKind
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.receipts import ReceiptsPresenter
    from frontdesk.ui.printing import PrintJob
    from frontdesk.ui.task_runner import Late
    from frontdesk.ui.widgets.sheet_dialog import SheetDialog

_PRINTER, _FOLDER = "receipts/printer", "receipts/folder"


class ReceiptActs(QObject):
    """Buttons for a dialog's footer, and what they do."""

    def __init__(self, context: UiContext, dialog: SheetDialog, *, name: str) -> None:
        super().__init__(dialog)
        self._context, self._dialog = context, dialog
        self._kind: ReceiptKind = "sale"
        self._id, self._number = 0, ""
        self._presenter: Late[ReceiptsPresenter] = context.late(
            "frontdesk.ui.presenters.receipts", "ReceiptsPresenter"
        )
        self.show_button = SecondaryButton(
            self.tr("Receipt"), self.show_receipt, name=f"{name}ReceiptButton", icon="receipt", tall=True
        )
        self.show_button.setToolTip(self.tr("See the receipt as it looks on paper"))
        self.print_button = SecondaryButton(
            self.tr("Print"), self.print_now, name=f"{name}PrintButton", icon="print", tall=True
        )
        self.print_button.setToolTip(self.tr("Print the receipt  Ctrl+P"))
        self.pdf_button = SecondaryButton(
            self.tr("PDF"), self.choose_file, name=f"{name}PdfButton", icon="file", tall=True
        )
        self.pdf_button.setToolTip(self.tr("Save the receipt as a PDF"))
        self.buttons = (self.show_button, self.print_button, self.pdf_button)

    def set_receipt(self, kind: ReceiptKind, receipt_id: int, number: str) -> None:
        """Which receipt this is about; `number` names the file."""
        self._kind, self._id, self._number = kind, receipt_id, number

    # On screen

    def show_receipt(self) -> None:
        """Another dialog shows it, in the place of this one."""
        # The dialog takes this object with it.
        asked = {f"{self._kind}_id": self._id}
        self._dialog.finished.connect(partial(_show, self._context, asked))
        self._dialog.accept()

    # Printing

    def print_now(self) -> None:
        """Prints on the printer that was used last; asks for one if there is none yet."""
        self._context.tasks.start(self._print(ask=False), latest="receipt.print")

    def choose_printer(self) -> None:
        """Asks for a printer, also if one was used before."""
        self._context.tasks.start(self._print(ask=True), latest="receipt.print")

    async def _print(self, ask: bool) -> None:
        # Late, since most starts print nothing.
        from frontdesk.ui.printing import PrintJob, printer_names

        names = await self._context.tasks.paper(printer_names)
        if not names:
            self._dialog.banner.tell(
                self._context.messages.error(Refused("receipt.no_printer")),
                Tone.WARNING,
                action=self.tr("Save as PDF"),
                run=self.choose_file,
            )
            return
        known = self._context.preferences.text(_PRINTER)
        if known in names and not ask:
            await self._send(PrintJob(known))
        else:
            self._ask_for_printer(known if known in names else names[0])

    def _ask_for_printer(self, name: str) -> None:
        # Late, since most starts print nothing.
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from frontdesk.ui.printing import PrintJob

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPrinterName(name)
        asked = QPrintDialog(printer, self._dialog)
        asked.setObjectName("receiptPrintDialog")

        def chosen() -> None:
            self._context.preferences.set_text(_PRINTER, printer.printerName())
            job = PrintJob(printer.printerName(), printer.copyCount(), printer.outputFileName())
            self._context.tasks.start(self._send(job))

        asked.accepted.connect(chosen)
        asked.finished.connect(asked.deleteLater)
        # Its own open() wants a slot by name.
        QDialog.open(asked)

    async def _send(self, job: PrintJob) -> None:
        from frontdesk.ui.printing import print_receipt_on

        receipt = await self._noted()
        html = receipt_html(receipt, self._context.formats)
        await self._context.tasks.paper(print_receipt_on, html, receipt_title(receipt), job)
        self._context.toast(
            self.tr("{receipt} was sent to {printer}").format(
                receipt=receipt_title(receipt), printer=job.file or job.printer
            )
        )

    # Files

    def choose_file(self) -> None:
        """Asks where to save the PDF."""
        asked = QFileDialog(self._dialog, self.tr("Save the receipt as a PDF"))
        asked.setObjectName("receiptFileDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(self.tr("PDF files (*.pdf)"))
        asked.setDefaultSuffix("pdf")
        folder = self._folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        asked.setDirectory(str(folder))
        asked.selectFile(f"{self._number}.pdf")
        asked.fileSelected.connect(lambda path: self.save(Path(path)))
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def save(self, path: Path) -> None:
        """Saves the PDF there."""
        self._context.tasks.start(self._save(path))

    async def _save(self, path: Path) -> None:
        # Late, since most starts print nothing.
        from frontdesk.ui.printing import save_pdf

        receipt = await self._noted()
        html = receipt_html(receipt, self._context.formats)
        await self._context.tasks.paper(save_pdf, html, receipt_title(receipt), path)
        if path.parent != self._usual_folder():
            self._context.preferences.set_text(_FOLDER, str(path.parent))
        self._context.toast(
            self.tr("Saved as {file}").format(file=path.name),
            self.tr("Open"),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
        )

    def _usual_folder(self) -> Path:
        return self._context.preferences.folder / "receipts"

    def _folder(self) -> Path:
        kept = self._context.preferences.text(_FOLDER)
        return Path(kept) if kept and Path(kept).is_dir() else self._usual_folder()

    async def _noted(self) -> Receipt:
        return await (await self._presenter.get()).print_receipt(self._kind, self._id)


def _show(context: UiContext, asked: dict[str, int], _result: int) -> None:
    context.ask("receipt", **asked)
