"""The dialogs that any screen may ask for by name, imported when first opened, and their shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from frontdesk.ui.context import UiContext
from frontdesk.ui.settings_sections import section_entries

if TYPE_CHECKING:
    from frontdesk.ui.main_window import MainWindow

#: Name → module in ui/dialogs and its function, which takes the context and what the name is asked with.
DIALOGS: dict[str, tuple[str, str]] = {
    "sell": ("sell", "open_sell"),
    "kept_sale": ("sell", "open_kept_sale"),
    "checkout": ("checkout", "open_checkout"),
    "register_reader": ("register_reader", "open_register_reader"),
    "refund": ("refund", "open_refund"),
    "void_sale": ("void_sale", "open_void_sale"),
    "receipt": ("receipt", "open_receipt"),
    "adjust": ("adjust", "open_adjust"),
    "record_visit": ("record_visit", "open_record_visit"),
    "extend": ("extend", "open_extend"),
    "extend_many": ("extend_many", "open_extend_many"),
    "freeze": ("freeze", "open_freeze"),
    "end_freeze": ("end_freeze", "open_end_freeze"),
    "transfer": ("transfer", "open_transfer"),
    "revive": ("revive", "open_revive"),
    "change_lot": ("change_lot", "open_change_lot"),
    "new_client": ("new_client", "open_new_client"),
    "edit_client": ("edit_client", "open_edit_client"),
    "merge": ("merge", "open_merge"),
    "duplicates": ("duplicates", "open_duplicates"),
    "import_clients": ("import_clients", "open_import_clients"),
    "unsaved": ("unsaved", "open_unsaved"),
    "stripe_trial": ("stripe_trial", "open_stripe_trial"),
    "stripe_disconnect": ("stripe_disconnect", "open_stripe_disconnect"),
}


def serve_dialogs(context: UiContext) -> None:
    """Offer every dialog by its name: ``context.ask("sell", client_id)``."""
    for name, (module, function) in DIALOGS.items():
        context.serve(name, partial(_open, context, module, function))


async def import_the_rest(context: UiContext) -> None:
    """Import the other screens, the dialogs and their presenters, in a thread: the first one of each then
    opens as fast as any."""
    from pkgutil import iter_modules

    from frontdesk.ui import presenters, screens

    shown = [f"{screens.__name__}.{found.name}" for found in iter_modules(screens.__path__)]
    asked = [f"{presenters.__name__}.{found.name}" for found in iter_modules(presenters.__path__)]
    dialogs = dict.fromkeys(f"frontdesk.ui.dialogs.{module}" for module, _function in DIALOGS.values())
    for module in (*shown, *dialogs, *asked):
        await context.tasks.chore(import_module, module)


def add_global_actions(context: UiContext, owner: MainWindow) -> None:
    """The commands that work on every screen."""

    def add(id: str, text: str, run: Callable[[], object], shortcut: str, icon: str) -> None:
        context.actions.add(id, text, run, owner=owner, shortcut=shortcut, icon=icon)

    translate = QCoreApplication.translate

    def chosen() -> int | None:
        """The client that is open, or chosen in the list: the commands mean them."""
        screen = owner.current_screen()
        return None if screen is None else screen.chosen_client()

    add(
        "sale.new",
        translate("openers", "Sell"),
        lambda: context.ask("sell", client_id=chosen()),
        "F2",
        "cash",
    )
    add(
        "sale.kept",
        translate("openers", "Continue the sale that was left"),
        lambda: context.ask("kept_sale"),
        "Shift+F2",
        "cash",
    )
    add(
        "visit.new",
        translate("openers", "Record visit"),
        lambda: context.ask("record_visit", chosen()),
        "F3",
        "check",
    )
    add("client.new", translate("openers", "New client"), lambda: context.ask("new_client"), "F4", "plus")
    add(
        "packages.new",
        translate("openers", "New package"),
        lambda: context.navigate("packages", "new"),
        "",
        "plus",
    )
    add(
        "client.import",
        translate("openers", "Import clients"),
        lambda: context.ask("import_clients"),
        "",
        "import",
    )
    add(
        "client.imports",
        translate("openers", "Imports: take one back"),
        lambda: context.ask("import_clients", earlier=True),
        "",
        "undo",
    )
    add(
        "client.duplicates",
        translate("openers", "Find duplicates"),
        lambda: context.ask("duplicates"),
        "",
        "merge",
    )
    add(
        "credits.extend_many",
        translate("openers", "Extend many last days"),
        lambda: context.ask("extend_many"),
        "",
        "calendar",
    )
    for id, one in section_entries().items():
        context.actions.add(
            f"settings.go.{id}",
            translate("openers", "Settings: {section}").format(section=one.title),
            partial(context.navigate, "settings", id),
            owner=owner,
            icon=one.icon,
            keywords=one.words,
        )


def _open(context: UiContext, module: str, function: str, *args: Any, **kwargs: Any) -> Any:
    opener = getattr(import_module(f"frontdesk.ui.dialogs.{module}"), function)
    return opener(context, *args, **kwargs)
