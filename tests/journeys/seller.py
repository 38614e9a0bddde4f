"""A person at the program in a process of its own, who sells until the process is killed.

``python -m tests.journeys.seller HOME`` says on its output what the screen has confirmed, sale by sale.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from frontdesk.app import open_window
from frontdesk.paths import Places
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.main_window import MainWindow
from tests.support.event_loop import until


async def sell(window: MainWindow) -> None:
    """Sells the pack to the first client for cash; says so once the screen shows it as sold."""
    dialog = window.context.ask("sell", client_id=1, package_id=1)
    assert isinstance(dialog, SellDialog)
    await until(lambda: dialog.form.basket.lines() and dialog.is_armed())
    dialog.primary.click()
    await until(lambda: dialog.result_of_sale is not None)
    assert dialog.result_of_sale is not None
    print(f"confirmed {dialog.result_of_sale.receipt}", flush=True)
    dialog.accept()


def ready(window: MainWindow) -> None:
    """The books are open: sells without end."""

    async def sell_on() -> None:
        while True:
            await sell(window)

    print("ready", flush=True)
    window.context.tasks.start(sell_on())


if __name__ == "__main__":
    sys.exit(open_window(Places(Path(sys.argv[1])), ready=ready))
