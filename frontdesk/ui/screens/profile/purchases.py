"""The Purchases tab: sales with their lines, what became of the credits, receipt, refund and void."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from frontdesk.services.views.sales import Purchase, PurchaseLine
from frontdesk.ui import client_words, credit_words, money_words
from frontdesk.ui.screens.profile.parts import ScrollPage
from frontdesk.ui.tokens import SPACE_2, SPACE_4
from frontdesk.ui.widgets.basics import ElidedText, LinkButton, Rule, Text
from frontdesk.ui.widgets.focus_kept import focus_kept
from frontdesk.ui.widgets.surfaces import Card, Chip, EmptyState

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_profile import ClientProfilePresenter
    from frontdesk.ui.task_runner import Late

PAGE = 20
_WIDEST = 1120


class PurchasesTab(ScrollPage):
    """Read when it is shown, a page at a time."""

    def __init__(
        self,
        context: UiContext,
        presenter: Late[ClientProfilePresenter],
        client: Callable[[], int],
    ) -> None:
        super().__init__(name="profilePurchases")
        self._context, self._presenter, self._client = context, presenter, client
        self._shown: list[Purchase] = []
        self.cards: list[PurchaseCard] = []
        self.empty = EmptyState(
            self.tr("Nothing bought yet."),
            self.tr("Sell a package"),
            lambda: context.ask("sell", client_id=client()),
            icon="receipt",
            name="purchasesEmpty",
            primary=False,
        )
        self.more = LinkButton(self.tr("Show older purchases"), self._older, name="purchasesMore")
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)
        self.empty.hide()
        self.more.hide()

    def load(self) -> None:
        """Reads as many as are shown, the newest first."""
        self._context.tasks.start(self._load(max(PAGE, len(self._shown))), latest="profile.purchases.load")

    def clear(self) -> None:
        """Another client: nothing is shown until theirs are read."""
        self._show([])
        self.empty.hide()

    async def _load(self, limit: int) -> None:
        client_id = self._client()
        found = await (await self._presenter.get()).purchases(client_id, None, limit)
        if client_id == self._client():
            self._show(list(found))
            self.more.setVisible(len(found) == limit)
            self.empty.setVisible(not found)

    def _older(self) -> None:
        self._context.tasks.start(self._load_older(), latest="profile.purchases.load")

    async def _load_older(self) -> None:
        client_id, before = self._client(), self._shown[-1].sale_id
        found = await (await self._presenter.get()).purchases(client_id, before, PAGE)
        if client_id == self._client():
            self._show([*self._shown, *found])
            self.more.setVisible(len(found) == PAGE)

    def _show(self, purchases: list[Purchase]) -> None:
        self._shown = purchases
        with focus_kept(self):
            self._make_cards(purchases)

    def _make_cards(self, purchases: list[Purchase]) -> None:
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = [PurchaseCard(self._context, one) for one in purchases]
        for at, card in enumerate(self.cards):
            self.body.insertWidget(at, card)


class PurchaseCard(Card):
    """One sale."""

    def __init__(self, context: UiContext, purchase: Purchase) -> None:
        super().__init__(name=f"purchase{purchase.sale_id}")
        self.setMaximumWidth(_WIDEST)
        self._context, self.purchase = context, purchase
        self.body.addLayout(self._head())
        self.body.addWidget(Rule())
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_4)
        grid.setVerticalSpacing(SPACE_2)
        grid.setColumnStretch(0, 1)
        for row, line in enumerate(purchase.lines):
            for column, widget in enumerate(self._line(line)):
                grid.addWidget(widget, row, column)
        self.body.addLayout(grid)

    def _head(self) -> QHBoxLayout:
        formats, purchase = self._context.formats, self.purchase
        day = formats.instant(purchase.sold_at)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(Text(formats.money(purchase.total), "strong"))
        line.addWidget(Chip(*money_words.standing(purchase.status)))
        by = self.tr("{day} · {tenders} · {staff} · receipt {number}").format(
            day=day,
            tenders=money_words.tenders(purchase.tenders, purchase.at_desk),
            staff=purchase.staff,
            number=purchase.receipt,
        )
        line.addWidget(ElidedText(by, "muted"), 1)
        line.addWidget(
            self._link(
                self.tr("Receipt"),
                self.tr("Show receipt {number}").format(number=purchase.receipt),
                partial(self._context.ask, "receipt", sale_id=purchase.sale_id),
                f"purchaseReceipt{purchase.sale_id}",
            )
        )
        if purchase.can_void:
            line.addWidget(
                self._link(
                    self.tr("Void sale…"),
                    self.tr("Void the sale of receipt {number}").format(number=purchase.receipt),
                    partial(self._context.ask, "void_sale", purchase.sale_id),
                    f"purchaseVoid{purchase.sale_id}",
                )
            )
        return line

    def _line(self, line: PurchaseLine) -> list[QWidget]:
        formats = self._context.formats
        left = client_words.credits(formats, line.left)
        parts = [self.tr("{used} used").format(used=formats.number(line.used))]
        parts.append(self.tr("{credits} left").format(credits=left))
        if line.left:
            parts.append(credit_words.until_in_words(formats, line.last_day))
        fate = Text(" · ".join(parts), "muted")
        money = [formats.amount(line.total)]
        if line.refunded:
            money.append(self.tr("{amount} refunded").format(amount=formats.amount(line.refunded)))
        if line.under_way:
            money.append(self.tr("{amount} to be refunded").format(amount=formats.amount(line.under_way)))
        if line.lost:
            money.append(self.tr("{amount} lost by a dispute").format(amount=formats.amount(line.lost)))
        amount = Text(", ".join(money))
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        refund: QWidget = QWidget()
        gone = line.refunded.amount + line.under_way.amount + line.lost.amount
        if gone < line.total.amount or line.left:
            refund = self._link(
                self.tr("Refund…"),
                self.tr("Refund {name}").format(name=line.name),
                partial(self._context.ask, "refund", line.sale_line_id),
                f"purchaseRefund{line.sale_line_id}",
            )
        name = self.tr("{name} · {credits}").format(
            name=line.name, credits=money_words.package_credits(line.credits, line.bonus)
        )
        return [ElidedText(name), fate, amount, refund]

    def _link(self, text: str, told: str, run: Callable[[], object], name: str) -> LinkButton:
        link = LinkButton(text, run, name=name)
        link.setAccessibleName(told)
        link.setToolTip(told)
        return link
