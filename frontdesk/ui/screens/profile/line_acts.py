"""What can be done about the chosen line of the ledger: undo a visit, change its lot, revive, receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from frontdesk.services.views.statement import StatementLine
from frontdesk.services.views.visits import UndoneVisit
from frontdesk.ui import client_words
from frontdesk.ui.screens.profile.statement_table import StatementTable

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import CreditActsPresenter
    from frontdesk.ui.task_runner import Late


class LineActs(QObject):
    """Commands of the palette and buttons over the ledger; each is there while the chosen line allows it."""

    def __init__(self, context: UiContext, table: StatementTable, *, owner: QWidget) -> None:
        super().__init__(owner)
        self._context = context
        self._table = table
        self._presenter: Late[CreditActsPresenter] = context.late(
            "frontdesk.ui.presenters.credit_acts", "CreditActsPresenter"
        )
        add = context.actions.add
        self.undo = add(
            "line.undo_visit",
            self.tr("Undo this visit"),
            self._undo_visit,
            owner=owner,
            scope="client",
            shortcut="Ctrl+Z",
            icon="undo",
        )
        self.change = add(
            "line.change_lot",
            self.tr("Let another lot pay"),
            self._change_lot,
            owner=owner,
            scope="client",
            shortcut="Ctrl+L",
            icon="credits",
        )
        self.revive = add(
            "line.revive",
            self.tr("Revive expired credits"),
            self._revive,
            owner=owner,
            scope="client",
            icon="refresh",
        )
        self.receipt = add(
            "line.receipt",
            self.tr("Show receipt"),
            self._receipt,
            owner=owner,
            scope="client",
            icon="receipt",
        )
        table.selectionModel().selectionChanged.connect(lambda _new, _old: self._follow())
        table.lines.loaded.connect(self._follow)
        self._follow()

    def actions(self) -> tuple[QAction, ...]:
        """All four, whether they can be used now or not."""
        return (self.undo, self.change, self.revive, self.receipt)

    def _line(self) -> StatementLine | None:
        line: StatementLine | None = self._table.current()
        return line

    def _follow(self) -> None:
        line = self._line()
        allowed = line.actions if line is not None else ()
        self.undo.setVisible("undo_visit" in allowed)
        self.change.setVisible("change_lot" in allowed)
        self.revive.setVisible("revive" in allowed)
        money = line is not None and (line.sale_id is not None or line.refund_id is not None)
        self.receipt.setVisible(money)
        for action in self.actions():
            action.setEnabled(action.isVisible())

    def _undo_visit(self) -> None:
        line = self._line()
        if line is not None and line.visit_id is not None:
            self._context.tasks.start(self._take_back(line.visit_id))

    async def _take_back(self, visit_id: int) -> None:
        undone = await (await self._presenter.get()).undo_visit(visit_id)
        self._tell(undone)

    def _tell(self, undone: UndoneVisit) -> None:
        formats = self._context.formats
        if undone.revivable:
            told = self.tr("Visit taken back. {credits} came back to credits that have expired.").format(
                credits=client_words.credits(formats, undone.revivable)
            )
            self._context.toast(
                told, self.tr("Revive"), lambda: self._context.ask("revive", undone.op_id, undone.revivable)
            )
            return
        told = self.tr("Visit taken back. {credits} returned, {usable} usable now.")
        self._context.toast(
            told.format(
                credits=client_words.credits(formats, undone.returned),
                usable=formats.number(undone.usable),
            )
        )

    def _change_lot(self) -> None:
        line = self._line()
        if line is not None and line.visit_id is not None:
            self._context.ask("change_lot", line.visit_id)

    def _revive(self) -> None:
        line = self._line()
        if line is not None:
            self._context.ask("revive", line.op_id, line.revivable)

    def _receipt(self) -> None:
        line = self._line()
        if line is None:
            return
        if line.refund_id is not None:
            self._context.ask("receipt", refund_id=line.refund_id)
        elif line.sale_id is not None:
            self._context.ask("receipt", sale_id=line.sale_id)
