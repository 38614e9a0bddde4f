"""Which line of a sale is refunded: the only one, or one that a person chooses from a menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from frontdesk.services.views.refunds import RefundableLine
    from frontdesk.services.views.transactions import DetailLine
    from frontdesk.ui.formats import Formats


def choose_line(
    formats: Formats,
    lines: Sequence[RefundableLine | DetailLine],
    run: Callable[[int], object],
    *,
    below: QWidget | None,
    owner: QWidget,
) -> None:
    """Calls `run` with the id of the line to refund; of several, once one is chosen `below` the button."""
    if len(lines) == 1:
        run(lines[0].sale_line_id)
        return
    menu = QMenu(owner)
    menu.setObjectName("refundLineMenu")
    menu.aboutToHide.connect(menu.deleteLater)
    for line in lines:
        action = menu.addAction(f"{line.name}   {formats.amount(line.total)}")
        action.triggered.connect(partial(_chosen, run, line.sale_line_id))
    menu.popup(QCursor.pos() if below is None else below.mapToGlobal(below.rect().bottomLeft()))


def _chosen(run: Callable[[int], object], sale_line_id: int, _checked: bool = False) -> None:
    run(sale_line_id)
