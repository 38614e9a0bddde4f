"""Choosing files and folders: each time where it was done last, the first time among one's documents."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from frontdesk.ui.preferences import Preferences

_LAST = "files/folder"


def file_dialog(parent: QWidget, preferences: Preferences, title: str, *, name: str) -> QFileDialog:
    """A dialog to be set up and opened by the caller; it deletes itself. `name` is its objectName."""
    dialog = QFileDialog(parent, title)
    dialog.setObjectName(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setDirectory(_folder(preferences))
    dialog.fileSelected.connect(lambda path: _remember(preferences, Path(path)))
    return dialog


def _folder(preferences: Preferences) -> str:
    last = preferences.text(_LAST)
    if last and Path(last).is_dir():
        return last
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return documents if Path(documents).is_dir() else str(Path.home())


def _remember(preferences: Preferences, path: Path) -> None:
    preferences.set_text(_LAST, str(path if path.is_dir() else path.parent))
