"""A receipt on screen as it looks on paper, to be printed again or saved (S10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QFrame, QTextBrowser, QVBoxLayout

from frontdesk.ui.printing import PAPER_PIXELS, receipt_document
from frontdesk.ui.receipt_acts import ReceiptActs
from frontdesk.ui.receipt_paper import receipt_html, receipt_title
from frontdesk.ui.tokens import LIGHT, SPACE_5
from frontdesk.ui.widgets.basics import LinkButton
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.services.receipts import ReceiptKind
    from frontdesk.services.views.sales import Receipt
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.receipts import ReceiptsPresenter
    from frontdesk.ui.task_runner import Late


def open_receipt(
    context: UiContext, *, sale_id: int | None = None, refund_id: int | None = None
) -> ReceiptDialog:
    """Opens the receipt of a sale or of a refund."""
    dialog = ReceiptDialog(context, sale_id, refund_id)
    dialog.open()
    return dialog


class ReceiptDialog(SheetDialog):
    """Says COPY as soon as the receipt was printed or saved once."""

    def __init__(self, context: UiContext, sale_id: int | None, refund_id: int | None) -> None:
        super().__init__(context, self.tr("Receipt"), name="receiptDialog", width=520)
        self._kind: ReceiptKind = "sale" if refund_id is None else "refund"
        self._id = sale_id if refund_id is None else refund_id
        self._presenter: Late[ReceiptsPresenter] = context.late(
            "frontdesk.ui.presenters.receipts", "ReceiptsPresenter"
        )
        self.paper = Paper()
        self.body.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignHCenter)
        self.acts = ReceiptActs(context, self, name="receipt")
        choose = LinkButton(
            self.tr("Another printer…"), self.acts.choose_printer, name="receiptChoosePrinter"
        )
        self.footer.insertWidget(0, choose)
        self.cancel_button.setText(self.tr("Close"))
        self.footer.addWidget(self.acts.pdf_button)
        # Here it is the primary button that prints, and the receipt is shown already.
        for button in (self.acts.print_button, self.acts.show_button):
            self.footer.addWidget(button)
            button.hide()
        self.set_primary(self.tr("Print"), self.acts.print_now, name="receiptPrintButton")
        self.primary.setToolTip(self.acts.print_button.toolTip())

    def open(self) -> None:
        """Shows the dialog and reads the receipt."""
        super().open()
        self.start(self._load())

    async def _load(self) -> None:
        assert self._id is not None
        receipt = await (await self._presenter.get()).receipt(self._kind, self._id)
        self._show(receipt)

    def _show(self, receipt: Receipt) -> None:
        self.title_label.setText(receipt_title(receipt))
        self.setWindowTitle(receipt_title(receipt))
        self.acts.set_receipt(self._kind, receipt.id, receipt.number)
        self.paper.show_html(receipt_html(receipt, self.context.formats), receipt_title(receipt))
        self.primary.setFocus()


class Paper(QFrame):
    """White paper, torn off at its end, in any theme: it shows what will be printed."""

    TOOTH = 6

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("receiptPaper")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_5, SPACE_5, SPACE_5, SPACE_5 + self.TOOTH)
        self.view = QTextBrowser()
        self.view.setObjectName("receiptText")
        self.view.setProperty("kind", "paper")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setFixedSize(PAPER_PIXELS, 200)
        column.addWidget(self.view)

    def show_html(self, html: str, title: str) -> None:
        """Shows a receipt at its full height."""
        document = receipt_document(html)
        document.setParent(self.view)
        self.view.setDocument(document)
        self.view.setFixedHeight(int(document.size().height()) + 2)
        self.view.setAccessibleName(title)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the paper."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(LIGHT.hairline))
        painter.setBrush(QColor(LIGHT.surface))
        painter.drawPolygon(self._outline())
        painter.end()

    def _outline(self) -> QPolygonF:
        right, bottom, tooth = self.width() - 1.0, self.height() - 1.0, float(self.TOOTH)
        points = [QPointF(0.5, 0.5), QPointF(right, 0.5), QPointF(right, bottom - tooth)]
        count = round(right / (2 * tooth))
        for at in range(count, 0, -1):
            points.append(QPointF(right * (at - 0.5) / count, bottom))
            points.append(QPointF(right * (at - 1) / count, bottom - tooth))
        return QPolygonF(points)

    def text(self) -> str:
        """What it says, line by line."""
        return self.view.toPlainText()
