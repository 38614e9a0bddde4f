"""Wording for exports."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "export.folder_not_empty": "The folder {path} is not empty. Name a new one, so that no older export is mixed in.",
    "export.cannot_write": "The export cannot be written to {path} ({detail}). Choose a folder with enough space that you may write to.",
}
