"""The program in its window, offscreen: types, opens and scrolls, and prints how long each took as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView, QWidget

from frontdesk.app import open_window
from frontdesk.paths import Places
from frontdesk.ui.main_window import MainWindow

_NOTCH = QPoint(0, -120)
_LONGEST_SECONDS = 5.0


class _Painting(QObject):
    """Tells when a list was painted: with rows that came after `expect`, or at all."""

    def __init__(self, table: QTableView) -> None:
        super().__init__()
        self.table = table
        self._painted: asyncio.Future[float] | None = None
        self._rows_are_there = True
        table.viewport().installEventFilter(self)
        table.model().loaded.connect(self._loaded)  # type: ignore[attr-defined]

    def expect(self, *, rows: bool) -> asyncio.Future[float]:
        """The moment after the next painting; ``rows``: after rows have come."""
        self._painted = asyncio.get_running_loop().create_future()
        self._rows_are_there = not rows
        return self._painted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Sees the painting before it happens; its end is the loop's next turn."""
        if event.type() == QEvent.Type.Paint and self._rows_are_there and self._painted is not None:
            painted, self._painted = self._painted, None
            asyncio.get_running_loop().call_soon(self._tell, painted)
        return False

    def _loaded(self) -> None:
        self._rows_are_there = True
        # A search that finds nobody shows words in place of the rows.
        self.table.viewport().update()

    @staticmethod
    def _tell(painted: asyncio.Future[float]) -> None:
        if not painted.done():
            painted.set_result(time.perf_counter())


async def _timed(painting: _Painting, act: Callable[[], object], *, rows: bool = True) -> float:
    """Milliseconds from the act to the end of the painting that it leads to."""
    painted = painting.expect(rows=rows)
    began = time.perf_counter()
    act()
    return 1000 * (await asyncio.wait_for(painted, _LONGEST_SECONDS) - began)


def _found(window: QWidget, kind: type[QWidget], name: str) -> QWidget:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def _type(field: QWidget, letter: str) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(field, event)


async def _typed(painting: _Painting, field: QLineEdit, texts: Iterable[str]) -> list[float]:
    """Every keystroke of the texts, each once the one before is painted."""
    taken: list[float] = []
    for text in texts:
        for letter in text:
            taken.append(await _timed(painting, lambda letter=letter: _type(field, letter)))  # type: ignore[misc]
        await _timed(painting, field.clear)
    return taken


async def _opened(window: MainWindow, name: str, *route: object) -> float:
    """From the command to the end of all reading, and of the painting that follows."""
    began = time.perf_counter()
    window.navigate(name, *route)
    await window.context.tasks.settled()
    QApplication.sendPostedEvents()
    window.repaint()
    return 1000 * (time.perf_counter() - began)


async def _scrolled(painting: _Painting, turns: int) -> list[float]:
    viewport = painting.table.viewport()
    at = QPointF(viewport.rect().center())
    taken = []
    for _ in range(turns):
        wheel = QWheelEvent(
            at,
            QPointF(viewport.mapToGlobal(at.toPoint())),
            QPoint(),
            _NOTCH,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        taken.append(
            await _timed(painting, lambda wheel=wheel: QApplication.sendEvent(viewport, wheel), rows=False)  # type: ignore[misc]
        )
    return taken


async def _all(window: MainWindow, wanted: dict[str, list[str]], clients: list[int], turns: int) -> None:
    tasks = window.context.tasks
    told: dict[str, list[float]] = {}
    await tasks.settled()
    clients_list = _Painting(_found(window, QTableView, "clientsTable"))  # type: ignore[arg-type]
    field = _found(window, QLineEdit, "clientsSearch")
    assert isinstance(field, QLineEdit)
    for what, texts in wanted.items():
        told[what] = await _typed(clients_list, field, texts)
    began = time.perf_counter()
    window.navigate("payments")
    payments = _Painting(_found(window, QTableView, "transactionsTable"))  # type: ignore[arg-type]
    told["payments"] = [1000 * (await payments.expect(rows=True) - began)]
    await tasks.settled()
    told["wheel"] = await _scrolled(payments, turns)
    told["profile"] = [await _opened(window, "client", clients[0])]
    told["profiles"] = [await _opened(window, "client", one) for one in clients[1:]]
    print(json.dumps(told), flush=True)
    window.close()


def main(home: str, wanted: str) -> int:
    """``wanted`` is JSON: the texts to type by name, the clients to open, how often to turn the wheel."""
    asked = json.loads(wanted)

    def begin(window: MainWindow) -> None:
        window.context.tasks.start(_all(window, asked["texts"], asked["clients"], asked["turns"]))

    return open_window(Places(Path(home)), ready=begin)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
