"""The screens of the main window in the order of the sidebar; each is imported when it is first shown."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.ui.screen import Screen, ScreenEntry

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


def screen_entries() -> tuple[ScreenEntry, ...]:
    """All screens. A client's profile is reached by its route alone."""

    translate = QCoreApplication.translate

    return (
        ScreenEntry(
            "clients", translate("screens", "Clients"), "clients", "Ctrl+1", _late("clients", "ClientsScreen")
        ),
        ScreenEntry(
            "packages",
            translate("screens", "Packages"),
            "packages",
            "Ctrl+2",
            _late("packages", "PackagesScreen"),
        ),
        ScreenEntry(
            "payments",
            translate("screens", "Payments"),
            "payments",
            "Ctrl+3",
            _late("payments", "PaymentsScreen"),
        ),
        ScreenEntry(
            "settings",
            translate("screens", "Settings"),
            "settings",
            "Ctrl+,",
            _late("settings", "SettingsScreen"),
            at_bottom=True,
        ),
        ScreenEntry(
            "client",
            translate("screens", "Client"),
            "clients",
            "",
            _late("client_profile", "ClientProfileScreen"),
            in_sidebar=False,
            parent="clients",
        ),
    )


class _late:
    """Makes a screen of a module that is imported at that moment."""

    def __init__(self, module: str, name: str) -> None:
        self._module = f"frontdesk.ui.screens.{module}"
        self._name = name

    def __call__(self, context: UiContext) -> Screen:
        screen: Screen = getattr(import_module(self._module), self._name)(context)
        return screen
