"""Says what became of a sale that waited for Stripe when no dialog shows it any more (S4)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from frontdesk.services.changes import Change, Topic
from frontdesk.ui import checkout_words

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.checkouts import CheckoutsPresenter
    from frontdesk.ui.task_runner import Late


class CheckoutWatch(QObject):
    """Knows what waits, and tells by a toast what of it is over."""

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: frozenset[int] = frozenset()
        self._presenter: Late[CheckoutsPresenter] = context.late(
            "frontdesk.ui.presenters.checkouts", "CheckoutsPresenter"
        )
        context.notifier.watch(self, (Topic.CHECKOUTS,), self._changed)
        self._changed(())

    def _changed(self, _changes: tuple[Change, ...]) -> None:
        self._context.tasks.start(self._look(), owner=self)

    async def _look(self) -> None:
        presenter = await self._presenter.get()
        now = frozenset(row.id for row in await presenter.pending())
        # Taken at once: another look that began meanwhile must not tell the same.
        over, self._waiting = self._waiting - now, now
        for checkout_id in sorted(over):
            if self._is_shown(checkout_id):
                continue
            view = await presenter.view(checkout_id)
            told = checkout_words.ended(self._context.formats, view)
            if told:
                show = partial(self._context.ask, "checkout", checkout_id)
                self._context.toast(told, self.tr("Show"), show)

    def _is_shown(self, checkout_id: int) -> bool:
        window = self._context.window
        found = window.findChildren(QDialog, "checkoutDialog") if window is not None else []
        return any(one.isVisible() and getattr(one, "checkout_id", None) == checkout_id for one in found)
