"""The sections of Settings by id, title and icon: for their screen, and for the palette before it exists."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication


class SectionEntry(NamedTuple):
    """What is known of a section before it is shown."""

    title: str
    icon: str
    #: Further words that the palette finds it by.
    words: str = ""


def section_entries() -> dict[str, SectionEntry]:
    """All sections in their order, by the id that `context.navigate("settings", id)` takes."""

    translate = QCoreApplication.translate

    return {
        "studio": SectionEntry(
            translate("SettingsScreen", "Studio"),
            "home",
            translate("SettingsScreen", "currency time zone business day"),
        ),
        "tax": SectionEntry(translate("SettingsScreen", "Tax"), "percent"),
        "desks": SectionEntry(translate("SettingsScreen", "Desks"), "desk"),
        "staff": SectionEntry(
            translate("SettingsScreen", "Staff"),
            "user",
            translate("SettingsScreen", "colleagues team people"),
        ),
        "class_types": SectionEntry(
            translate("SettingsScreen", "Class types"),
            "class",
            translate("SettingsScreen", "classes cost in credits"),
        ),
        "receipts": SectionEntry(
            translate("SettingsScreen", "Receipts"), "receipt", translate("SettingsScreen", "text print")
        ),
        "payments": SectionEntry(
            translate("SettingsScreen", "Payments"),
            "card",
            translate("SettingsScreen", "Stripe key account online cards test mode"),
        ),
        "look": SectionEntry(
            translate("SettingsScreen", "Look"),
            "palette",
            translate("SettingsScreen", "theme dark light text size language"),
        ),
        "data": SectionEntry(
            translate("SettingsScreen", "Data"),
            "folder",
            translate("SettingsScreen", "export check the books folder import"),
        ),
    }
