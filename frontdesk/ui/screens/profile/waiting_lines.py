"""What a client has bought and not paid yet: a quiet line for each sale that waits for Stripe (S4)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.services.views.checkouts import CheckoutRow
from frontdesk.ui import client_words
from frontdesk.ui.tokens import SPACE_1
from frontdesk.ui.widgets.basics import LinkButton, empty

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.checkouts import CheckoutsPresenter
    from frontdesk.ui.task_runner import Late


class WaitingLines(QWidget):
    """Not there while nothing waits; a line opens the sale again."""

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._context = context
        self._client_id = 0
        self._presenter: Late[CheckoutsPresenter] = context.late(
            "frontdesk.ui.presenters.checkouts", "CheckoutsPresenter"
        )
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_1)
        self.hide()
        context.notifier.watch(self, (Topic.CHECKOUTS,), self._changed)

    def show_client(self, client_id: int) -> None:
        """Whose sales these are."""
        if client_id != self._client_id:
            self._client_id = client_id
            self.hide()
        self._context.tasks.start(self._load(client_id), latest="profile.waiting", owner=self)

    def _changed(self, _changes: tuple[Change, ...]) -> None:
        if self._client_id:
            self.show_client(self._client_id)

    async def _load(self, client_id: int) -> None:
        rows = await (await self._presenter.get()).of_client(client_id)
        if client_id == self._client_id:
            self._show(rows)

    def _show(self, rows: tuple[CheckoutRow, ...]) -> None:
        empty(self._column)
        formats = self._context.formats
        for row in rows:
            told = self.tr("{credits} as soon as {amount} is paid").format(
                credits=client_words.credits(formats, row.credits), amount=formats.money(row.amount)
            )
            link = LinkButton(
                told, partial(self._context.ask, "checkout", row.id), name=f"{self.objectName()}{row.id}"
            )
            self._column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(rows))
