"""A credit lot as a card: what is left, until when, where it came from, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout

from frontdesk.services.views.credits import CreditAccount, LotCard
from frontdesk.ui import credit_words
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_3, Tone
from frontdesk.ui.widgets.basics import ElidedText, MenuButton
from frontdesk.ui.widgets.surfaces import Card, Chip

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class LotCardView(Card):
    """One lot of a client's account. `first`: the one that is used next (C6)."""

    def __init__(self, context: UiContext, account: CreditAccount, lot: LotCard, *, first: bool) -> None:
        super().__init__(name=f"lotCard{lot.lot_id}", padding=SPACE_3)
        self._context = context
        self._client_id = account.client_id
        self.lot = lot
        formats = context.formats
        self.body.setSpacing(SPACE_1)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(ElidedText(lot.title, "strong", name=f"lotTitle{lot.lot_id}"), 1)
        line.addWidget(self._chip(first))
        self.menu_button = MenuButton(
            self.tr("What to do with “{title}”").format(title=lot.title), name=f"lotMenu{lot.lot_id}"
        )
        self.menu_button.setProperty("kind", "")
        line.addWidget(self.menu_button)
        self.body.addLayout(line)
        ends = credit_words.end(formats, lot)
        is_live = lot.state in ("usable", "frozen", "held", "not_started")
        told = f"{credit_words.left(formats, lot)} · {ends}" if is_live else ends
        facts = ElidedText(told, name=f"lotFacts{lot.lot_id}")
        if lot.state == "usable" and lot.days_left is not None and lot.days_left <= credit_words.SOON_DAYS:
            facts.set_tone(Tone.WARNING)
        self.body.addWidget(facts)
        origin = " · ".join(
            filter(None, (credit_words.origin(formats, lot), credit_words.eligible(formats, lot)))
        )
        self.body.addWidget(ElidedText(origin, "secondary", name=f"lotOrigin{lot.lot_id}"))
        self._fill_menu(account)

    def _chip(self, first: bool) -> Chip:
        text, tone = credit_words.state(self.lot)
        if first:
            text, tone = self.tr("Used next"), Tone.ACCENT
        return Chip(text, tone, name=f"lotState{self.lot.lot_id}")

    def _fill_menu(self, account: CreditAccount) -> None:
        lot, client, ask = self.lot, self._client_id, self._context.ask
        if "visit" in lot.actions:
            self._add(self.tr("Record visit…"), partial(ask, "record_visit", client, lot_id=lot.lot_id))
        if "extend" in lot.actions:
            self._add(self.tr("Change last day…"), partial(ask, "extend", client, lot.lot_id))
        if "transfer" in lot.actions:
            self._add(self.tr("Transfer to another client…"), partial(ask, "transfer", client, lot.lot_id))
        if "take" in lot.actions:
            self._add(self.tr("Adjust from this lot…"), partial(ask, "adjust", client, lot_id=lot.lot_id))
        if lot.remaining and lot.state != "expired":
            self._add(self.tr("Freeze credits…"), partial(ask, "freeze", client, lot.lot_id))
        if any(hold.kind == "freeze" for hold in lot.holds) and account.freezes:
            freeze = account.freezes[0]
            self._add(self.tr("End the freeze…"), partial(ask, "end_freeze", client, freeze.freeze_id))
        if lot.sale is not None:
            self._add(self.tr("Refund…"), partial(ask, "refund", lot.sale.sale_line_id))
            self._add(self.tr("Show the receipt"), partial(ask, "receipt", sale_id=lot.sale.sale_id))
        self.menu_button.setVisible(bool(self.menu_button.menu().actions()))

    def _add(self, text: str, run: Callable[[], object]) -> None:
        action = QAction(text, self)
        action.triggered.connect(lambda _checked=False: run())
        self.menu_button.menu().addAction(action)
