"""The floor of the start: a bare PySide6 window that says when it was painted."""

from __future__ import annotations

import os
import sys
import time

from PySide6.QtWidgets import QApplication, QListWidget, QMainWindow


def main() -> int:
    """Show a list of fifty lines, paint it, say so."""
    app = QApplication(sys.argv)
    window = QMainWindow()
    rows = QListWidget()
    rows.addItems([f"Client {number}" for number in range(50)])
    window.setCentralWidget(rows)
    window.resize(1024, 640)
    window.show()
    app.processEvents()
    print(f"painted {time.time() - float(os.environ['FRONTDESK_TRACE_START']):.4f}", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
