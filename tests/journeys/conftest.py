"""A home for each journey."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from frontdesk.paths import Places


@pytest.fixture
def places(qapp: QApplication, tmp_path: Path) -> Places:
    """The places of a studio that does not exist yet."""
    return Places(tmp_path / "home").make()
