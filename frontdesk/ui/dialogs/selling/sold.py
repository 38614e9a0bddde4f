"""What the Sell dialog shows once it is sold: the change in big figures, what the client got, the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.services.views.sales import SaleQuote, SaleResult
from frontdesk.ui import client_words, sale_words
from frontdesk.ui.tokens import SPACE_2, SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.surfaces import BigNumber, Chip

if TYPE_CHECKING:
    from frontdesk.ui.formats import Formats


class SoldPage(QWidget):
    """Stands where the form was."""

    def __init__(self, formats: Formats, client: str, quote: SaleQuote, result: SaleResult) -> None:
        super().__init__()
        self.setObjectName("soldPage")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_5, 0, SPACE_5)
        column.setSpacing(SPACE_4)
        self.number = BigNumber(name="soldNumber")
        if result.change:
            self.number.set(formats.money(result.change), self.tr("change for the client"))
        elif result.total:
            self.number.set(formats.money(result.total), self.tr("received"))
        else:
            self.number.set(self.tr("Free"), self.tr("nothing was to pay"))
        for label in (self.number.number, self.number.caption):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.chip = Chip(self.tr("Sold · receipt {number}").format(number=result.receipt), Tone.GOOD)
        column.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.number)
        facts = QVBoxLayout()
        facts.setSpacing(SPACE_2)
        for told in self._facts(formats, client, quote, result):
            line = Text(told, "body", wrap=True)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            facts.addWidget(line)
        column.addLayout(facts)

    def _facts(self, formats: Formats, client: str, quote: SaleQuote, result: SaleResult) -> list[str]:
        words = self.tr("{client}: {name}, {credits}, {until}")
        told = [
            words.format(
                client=client,
                name=line.name,
                credits=sale_words.granted(formats, line.credits, line.bonus),
                until=sale_words.until(formats, sold.last_day, sold.starts_with_first_class),
            )
            # Midnight may have passed since the quote.
            for line, sold in zip(quote.lines, result.lines, strict=True)
        ]
        if result.settled_visits == 1:
            told.append(self.tr("1 unpaid visit is settled."))
        elif result.settled_visits:
            count = formats.number(result.settled_visits)
            told.append(self.tr("{count} unpaid visits are settled.").format(count=count))
        if result.change:
            told.append(self.tr("{total} received").format(total=formats.money(result.total)))
        return told


def promise(formats: Formats, client: str, quote: SaleQuote) -> str:
    """What the client gets, said before paying: "Mira Okafor gets 12 credits, use until 20 Feb 2027." """
    days = {sale_words.until(formats, one.last_day, one.starts_with_first_class) for one in quote.lines}
    credits = client_words.credits(formats, quote.credits + quote.bonus)
    if len(days) == 1:
        words = sale_words.translate("SaleWords", "{client} gets {credits}, {until}.")
        return words.format(client=client, credits=credits, until=days.pop())
    return sale_words.translate("SaleWords", "{client} gets {credits}.").format(
        client=client, credits=credits
    )
