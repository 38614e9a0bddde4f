"""Pictures of every screen and dialog of the demo studio: ``python -m tools.shots DIR [NAME …]``.

Light and dark, 1024×640 and 1920×1080, without a display. Names choose scenes, e.g. ``sell refund``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import time_ns
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import sqlalchemy as sa
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from frontdesk.app import open_window
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services import decisions
from frontdesk.services.demo import fill_demo
from frontdesk.services.stripe.accounts import account_view
from frontdesk.services.transaction_detail import transaction_detail
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.online_packages import Drift, OnlineState
from frontdesk.services.views.stripe_account import LineState
from frontdesk.services.views.sync_status import SyncProgress, SyncStatus
from frontdesk.ui.command_palette import palette_of
from frontdesk.ui.context import UiContext
from frontdesk.ui.crash_dialog import CrashDialog
from frontdesk.ui.dialogs.first_start import FirstStart
from frontdesk.ui.dialogs.import_clients import ImportClientsDialog, Step
from frontdesk.ui.dialogs.mark_failed import open_mark_failed
from frontdesk.ui.dialogs.packages import DeletePackageDialog, SavePackageDialog
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.dialogs.settings import ClassTypeDialog, DeskDialog, StaffDialog
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.screens.packages import PackagesScreen
from frontdesk.ui.screens.payments import PaymentsScreen
from frontdesk.ui.screens.settings_payments import PaymentsSection
from frontdesk.ui.sync_board import SyncBoard
from frontdesk.ui.sync_words import state_line
from frontdesk.ui.theme import Scheme
from frontdesk.ui.widgets.table_view import PagedTable
from tools import stripe_rows
from tools.decision_rows import every_kind

SIZES = ((1024, 640), (1920, 1080))
SCHEMES = (Scheme.LIGHT, Scheme.DARK)

ONLINE_STATES = {
    "sold": OnlineState("on_sale", url="https://buy.stripe.com/test_65pg7cAvU1EGgBleWH", has_link=True),
    "refused": OnlineState(
        "failed",
        step="catalogue.create_price",
        trouble="stripe.declined",
        trouble_params={"said": "Your account cannot currently make live charges."},
    ),
    "drift": OnlineState(
        "on_sale",
        has_link=True,
        drift=(Drift("name", "Single class", "Einzelstunde"), Drift("product", True, False)),
    ),
}

LINE_STATES = {
    "wrong-account": LineState(
        "wrong_key", "stripe.another_account", {"found": "acct_1Elsewhere", "expected": "acct_1Sunrise"}
    ),
    "no-key": LineState("no_key", "stripe.no_key"),
    "locked": LineState("keyring", "keyring.locked"),
}

#: What another system exports.
MEMBERS = """Vorname;Nachname;E-Mail;Telefon;Paket;Restguthaben;Gültig bis
Zoë;Ångström;zoe@example.com;+49 30 901820;10-class pack;4;31.12.2027
Jörg;Weiß;joerg@example.com;0171 5550123;;;
Ann;Lee;ann(at)example.com;;10-class pack;drei;31.12.2027
Zoë;Ångström;zoe@example.com;+49 30 901820;10-class pack;4;31.12.2027
"""

BECAME_OF_IT: dict[str, tuple[Callable[..., None], *tuple[str, ...]]] = {
    "disputed": (stripe_rows.dispute, "needs_response"),
    "dispute-lost": (stripe_rows.dispute, "lost"),
    "refund-under-way": (stripe_rows.refund_under_way,),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what of the demo studio the scenes show, by id."""

    regular: int
    frozen: int
    package: int
    lot: int
    sale: int
    sale_line: int
    refund: int
    pack: int
    twin: int
    visit: int
    freeze: int
    undone: int
    pending: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: ``show`` brings it about and answers the dialog that belongs to it, if one does."""

    name: str
    show: Callable[[Stage], Awaitable[QWidget | None]]


@dataclass(slots=True)
class Stage:
    """The window with its studio."""

    window: MainWindow
    cast: Cast
    #: What scenes have put into the books, which every size and colour shows again.
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> UiContext:
        return self.window.context

    async def go(self, *route: Any) -> None:
        """Show a screen and wait until it has its rows."""
        self.window.navigate(*route)
        await self.rest()

    async def ask(self, name: str, *args: Any, **kwargs: Any) -> QWidget:
        """Open a dialog and wait until it has what it shows."""
        dialog: QWidget = self.context.ask(name, *args, **kwargs)
        await self.rest()
        return dialog

    async def once(self, what: str, use_case: Callable[..., Any], *arguments: Any) -> Any:
        """What a use case answered when it was first asked for under this name."""
        if what not in self.made:
            self.made[what] = await self.context.tasks.write(use_case, *arguments)
        return self.made[what]

    async def rest(self) -> None:
        """Until nothing is running and everything has been laid out."""
        for _ in range(4):
            await self.context.tasks.settled()
            await asyncio.sleep(0.05)


def _screen(name: str, *route: Any) -> Scene:
    async def show(stage: Stage) -> None:
        await stage.go(*(part(stage.cast) if callable(part) else part for part in route))

    return Scene(name, show)


def _dialog(name: str, asked: str, *args: Any, on: str = "client", **kwargs: Any) -> Scene:
    async def show(stage: Stage) -> QWidget:
        await stage.go(on, *((stage.cast.regular, "credits") if on == "client" else ()))
        given = [arg(stage.cast) if callable(arg) else arg for arg in args]
        named = {key: arg(stage.cast) if callable(arg) else arg for key, arg in kwargs.items()}
        return await stage.ask(asked, *given, **named)

    return Scene(name, show)


async def _palette(stage: Stage) -> QWidget | None:
    await stage.go("clients")
    stage.window.open_palette()
    await stage.rest()
    return palette_of(stage.window)


async def _first_start(stage: Stage, page: int) -> QWidget:
    """A page of the first start's window, which stands alone."""

    shown = [one for one in QApplication.topLevelWidgets() if isinstance(one, FirstStart) and one.isVisible()]
    if shown:
        window = shown[0]
    else:
        window = FirstStart(stage.context, create=_nothing, demo=_nothing, cancelled=lambda: None)
        window.resize(760, 620)
    window.go(page)
    window.show()
    await stage.rest()
    return window


async def _by_stripe(tab: str, row: int, stage: Stage) -> None:
    """A tab of Payments with one of its rows in full, in a studio that is connected to Stripe."""
    await _connect(stage)
    await stage.go("payments", tab)
    table = stage.window.findChild(PagedTable, f"{tab}Table")
    assert table is not None
    table.selectRow(row)
    await stage.rest()


async def _sync(stage: Stage) -> None:
    """A sync under way, as its worker would tell of it."""
    await _connect(stage)
    board = SyncBoard(stage.window)
    at = stage.context.formats.now() - timedelta(minutes=1)
    board.show(SyncStatus("test", True, None, at, 3, SyncProgress("sweep", 1_240, 4_000, 48.0, 57)))
    stage.context.serve("sync", lambda: board)
    told = state_line(board.status, stage.context.formats, stage.context.messages)
    stage.window.status.show_sync(*told)
    await stage.go("payments", "sync")


async def _settings_payments(stage: Stage) -> None:
    """The account as Stripe described it last, and the key that can be put in."""
    await _connect(stage)
    await stage.go("settings", "payments")


async def _stripe_dialog(asked: str, stage: Stage) -> QWidget:
    """A dialog of Settings, Payments, in a studio that is connected to Stripe."""
    await _settings_payments(stage)
    return await stage.ask(asked)


async def _checkout(stage: Stage) -> QWidget:
    """A sale whose code the client can scan, with the clock that it can still be paid."""
    await _connect(stage)
    await stage.go("payments", "pending")
    return await stage.ask("checkout", await stage.context.tasks.read(stripe_rows.shown_checkout))


async def _reader(stage: Stage) -> QWidget:
    """A sale that the card reader is asking the client's card for."""
    await _connect(stage)
    await stage.go("payments", "pending")
    board = SyncBoard(stage.window)
    board.show(SyncStatus("test", True))
    stage.context.serve("sync", lambda: board)
    asked = await stage.once("reader", stripe_rows.reader_checkout, stage.cast.twin)
    return await stage.ask("checkout", asked)


async def _paid_by_code(stage: Stage, then: str, after: Callable[..., None], *more: str) -> int:
    """A sale of its own that was paid by a code, and what came after; the sale."""
    await _connect(stage)
    intent: str = stage.made.setdefault(then, f"pi_{len(stage.made)}")
    sale: int = await stage.once(intent, stripe_rows.sold_by_code, stage.cast.twin, intent)
    await stage.once(f"{intent} after", after, sale, *more)
    return sale


async def _in_full(stage: Stage, then: str, after: tuple[Callable[..., None], *tuple[str, ...]]) -> None:
    """A payment by a code in full, of which something became."""
    sale = await _paid_by_code(stage, then, *after)
    await stage.go("payments", "transactions", await stage.context.tasks.read(stripe_rows.payment_of, sale))


async def _void_disputed(stage: Stage) -> QWidget:
    """Taking back a sale whose money the bank holds, which Stripe would refuse."""
    sale = await _paid_by_code(stage, "void", stripe_rows.dispute, "needs_response")
    await stage.go("payments", "transactions")
    return await stage.ask("void_sale", sale)


async def _account(stage: Stage, state: LineState, *, connected: bool = True) -> None:
    """Settings, Payments where the line to Stripe does not work from this computer."""
    await _settings_payments(stage)
    section = stage.window.findChild(PaymentsSection, "settingsPayments")
    assert section is not None
    view = await stage.context.tasks.read(account_view)
    section.show_account(replace(view, connected=connected), state)
    await asyncio.sleep(0.05)


async def _midnight(stage: Stage) -> QWidget:
    """A sale that was begun before midnight."""
    formats = stage.context.formats
    dialog = await stage.ask("sell", stage.cast.regular, stage.cast.pack)
    assert isinstance(dialog, SellDialog)
    dialog.tell_day(formats.today())
    await stage.rest()
    return dialog


async def _nothing(*_: object) -> None: ...


def _made(name: str, make: Callable[[Stage], QDialog], *route: Any) -> Scene:
    """A dialog that only its screen opens."""

    async def show(stage: Stage) -> QWidget:
        await stage.go(*route)
        dialog = make(stage)
        dialog.open()
        await stage.rest()
        return dialog

    return Scene(name, show)


async def _save_package(stage: Stage) -> QWidget:
    """What a save of a package that was sold asks."""
    await stage.go("packages", stage.cast.package)
    screen = stage.window.current_screen()
    assert isinstance(screen, PackagesScreen)
    saved = screen.editor.saved
    changed = replace(saved, credits=12, bonus=3)
    changes = screen.editor.words.changes(saved, changed)
    dialog = SavePackageDialog(stage.context, saved.name, changes, 41, _nothing, closes_link=True)
    dialog.open()
    await stage.rest()
    return dialog


async def _unsaved(stage: Stage) -> QWidget:
    """What quitting asks while a package is being typed into."""
    await stage.go("packages", stage.cast.package)
    screen = stage.window.current_screen()
    assert isinstance(screen, PackagesScreen)
    screen.editor.form.is_touched = True
    things = screen.unsaved()
    screen.editor.form.is_touched = False
    return await stage.ask("unsaved", things)


async def _package_versions(stage: Stage) -> None:
    """Who changed the terms of a package, and when."""
    await stage.go("packages", stage.cast.package)
    screen = stage.window.current_screen()
    assert isinstance(screen, PackagesScreen)
    screen.editor.tabs.show_page("versions")
    await stage.rest()


async def _import(stage: Stage, step: Step) -> QWidget:
    """Another system's file on its way in: which columns are what, or what would become of each row."""
    await stage.go("clients")
    dialog = await stage.ask("import_clients")
    assert isinstance(dialog, ImportClientsDialog)
    file = stage.context.preferences.folder / "members.csv"
    file.write_text(MEMBERS, encoding="utf-8")
    dialog.choose(str(file))
    await stage.rest()
    if step is Step.REPORT:
        dialog.primary.click()
        await stage.rest()
    assert dialog.step is step
    return dialog


def _crash(stage: Stage) -> QDialog:
    return CrashDialog(stage.context.errors.describe(ZeroDivisionError("a picture")), stage.window)


async def _connect(stage: Stage) -> None:
    """Once: what a studio has that sells by Stripe, without any Stripe."""
    write, cast = stage.context.tasks.write, stage.cast
    if (await stage.context.tasks.read(account_view)).connected:
        return
    await write(stripe_rows.connected)
    await write(stripe_rows.payouts)
    await write(stripe_rows.work_that_waits, cast.package)
    first = await write(stripe_rows.waiting_checkout, cast.regular)
    await write(stripe_rows.waiting_checkout, cast.twin)
    await write(stripe_rows.page_is_there, first)


async def _decision(stage: Stage, kind: str) -> None:
    """A task of a kind, whether the demo studio has one or not."""
    await stage.go("payments", "decisions")
    screen = stage.window.current_screen()
    assert isinstance(screen, PaymentsScreen)
    screen.decisions.both.close_detail()
    formats = stage.context.formats
    rows = every_kind(formats.now(), formats.currency)
    screen.decisions.model.set_rows(rows)
    screen.decisions.table.choose(next(one.id for one in rows if one.kind == kind))
    if screen.decisions.both.is_paged():
        screen.decisions.both.show_detail()
    screen.decisions.pane.focus_first()
    await asyncio.sleep(0.05)


async def _mark_failed(stage: Stage) -> QWidget:
    await stage.go("payments")
    detail = await stage.context.tasks.read(transaction_detail, stage.cast.pending)
    dialog = open_mark_failed(stage.context, detail)
    await stage.rest()
    return dialog


async def _package_online(stage: Stage, state: OnlineState) -> None:
    """The editor as sync leaves it, for which the demo studio would need an account at Stripe."""
    await stage.go("packages", stage.cast.package)
    screen = stage.window.current_screen()
    assert isinstance(screen, PackagesScreen)
    screen.editor.tabs.show_page("online")
    screen.editor.show_online(state)
    await stage.rest()


def scenes() -> tuple[Scene, ...]:
    """Every screen, every tab that differs, every dialog."""

    def client(cast: Cast) -> int:
        return cast.regular

    return (
        _screen("clients", "clients"),
        *(
            _screen(f"client-{tab}", "client", client, tab)
            for tab in ("overview", "credits", "purchases", "notes", "history")
        ),
        _screen("client-frozen", "client", lambda cast: cast.frozen, "credits"),
        _screen("packages", "packages", lambda cast: cast.package),
        *(
            Scene(f"package-online-{name}", partial(_package_online, state=state))
            for name, state in ONLINE_STATES.items()
        ),
        Scene("package-versions", _package_versions),
        _screen("payments-transactions", "payments", "transactions"),
        _screen("payments-overview", "payments", "overview"),
        Scene("payments-pending", partial(_by_stripe, "pending", 0)),
        Scene("payments-payouts", partial(_by_stripe, "payouts", 2)),
        Scene("payments-sync", _sync),
        _screen("payments-decisions", "payments", "decisions"),
        *(
            Scene(f"decision-{kind}", partial(_decision, kind=kind))
            for kind in (*decisions.OUTCOMES, decisions.REFUND_HELD)
        ),
        *(
            _screen(f"settings-{section}", "settings", section)
            for section in ("studio", "tax", "desks", "staff", "class_types", "receipts", "look", "data")
        ),
        Scene("settings-payments", _settings_payments),
        *(
            Scene(f"settings-payments-{name}", partial(_account, state=state))
            for name, state in LINE_STATES.items()
        ),
        Scene("settings-payments-first", partial(_account, state=LineState("unasked"), connected=False)),
        Scene("stripe-trial", partial(_stripe_dialog, "stripe_trial")),
        Scene("stripe-disconnect", partial(_stripe_dialog, "stripe_disconnect")),
        Scene("register-reader", partial(_stripe_dialog, "register_reader")),
        _made("desk", lambda stage: DeskDialog(stage.context, None, _nothing, "D2"), "settings", "desks"),
        _made("staff-member", lambda stage: StaffDialog(stage.context, None, _nothing), "settings", "staff"),
        _made(
            "class-type",
            lambda stage: ClassTypeDialog(stage.context, None, _nothing),
            "settings",
            "class_types",
        ),
        Scene("save-package", _save_package),
        Scene("unsaved", _unsaved),
        _made(
            "delete-package", lambda stage: DeletePackageDialog(stage.context, "Trial", _nothing), "packages"
        ),
        _made("crash", _crash, "clients"),
        *(Scene(f"first-start-{page}", partial(_first_start, page=page)) for page in range(4)),
        _dialog("refund", "refund", lambda cast: cast.sale_line, on="payments"),
        _dialog("void-sale", "void_sale", lambda cast: cast.sale, on="payments"),
        _dialog("receipt", "receipt", on="payments", sale_id=lambda cast: cast.sale),
        _dialog("adjust", "adjust", client),
        _dialog("record-visit", "record_visit", client),
        _dialog("extend", "extend", client, lambda cast: cast.lot),
        _dialog("extend-many", "extend_many", on="clients"),
        _dialog("freeze", "freeze", client),
        _dialog("transfer", "transfer", client, lambda cast: cast.lot),
        _dialog("new-client", "new_client", on="clients"),
        _dialog("edit-client", "edit_client", client),
        _dialog("merge", "merge", client, lambda cast: cast.twin),
        _dialog("change-lot", "change_lot", lambda cast: cast.visit),
        _dialog("end-freeze", "end_freeze", lambda cast: cast.frozen, lambda cast: cast.freeze),
        _dialog("revive", "revive", lambda cast: cast.undone, 1),
        Scene("mark-failed", _mark_failed),
        _dialog("duplicates", "duplicates", on="clients"),
        _dialog("import-clients", "import_clients", on="clients"),
        Scene("import-columns", partial(_import, step=Step.COLUMNS)),
        Scene("import-report", partial(_import, step=Step.REPORT)),
        Scene("find-anything", _palette),
        # Late, since it is told on every screen for some seconds that it waits.
        Scene("checkout", _checkout),
        Scene("checkout-reader", _reader),
        Scene("void-disputed", _void_disputed),
        *(
            Scene(f"payments-{then}", partial(_in_full, then=then, after=after))
            for then, after in BECAME_OF_IT.items()
        ),
        # Last, since what is left of it is offered on every screen after.
        _dialog("sell", "sell", client, lambda cast: cast.pack),
        Scene("sell-after-midnight", _midnight),
    )


def take(folder: Path, wanted: set[str]) -> int:
    """Make the demo studio in a scratch folder and take the pictures; the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [scene for scene in scenes() if not wanted or scene.name in wanted]
    failed: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        places = Places(Path(home))
        office = open_office(places)
        fill_demo(office, zone="Europe/Berlin")
        cast = office.read(_cast)
        office.database.close()

        def ready(window: MainWindow) -> None:
            window.context.tasks.start(_take_all(Stage(window, cast), folder, chosen, failed))

        open_window(places, demo=True, ready=ready)
    for name in failed:
        print(f"failed: {name}")
    print(f"{len(chosen) - len(failed)} scenes in {folder}")
    return 1 if failed else 0


async def _take_all(stage: Stage, folder: Path, chosen: list[Scene], failed: list[str]) -> None:
    # As a task of its own: Stage.rest waits for all tasks of the runner but the one that asks.
    try:
        for scheme, size in _settings():
            stage.context.theme.set_scheme(scheme)
            stage.window.resize(*size)
            for scene in chosen:
                await _take(stage, scene, folder / f"{scene.name}-{scheme.value}-{size[0]}.png", failed)
    finally:
        stage.window.close()


def _settings() -> Iterator[tuple[Scheme, tuple[int, int]]]:
    return ((scheme, size) for scheme in SCHEMES for size in SIZES)


async def _take(stage: Stage, scene: Scene, target: Path, failed: list[str]) -> None:
    try:
        shown = await scene.show(stage)
        _picture(stage.window, shown).save(str(target))
        if isinstance(shown, QDialog):
            shown.reject()
        elif shown is not None:
            shown.hide()
            if shown.isWindow():
                shown.deleteLater()
        await stage.rest()
    except Exception as error:  # noqa: BLE001  (one scene that fails must not cost the others)
        failed.append(f"{target.name}: {type(error).__name__}: {error}")


def _picture(window: MainWindow, shown: QWidget | None) -> QPixmap:
    """The window and, on a shaded ground, the dialog in its middle."""
    picture = window.grab()
    if shown is None or not shown.isWindow():
        return picture
    if not isinstance(shown, QDialog):
        return shown.grab()
    dialog = shown.grab()
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
    middle = picture.rect().center() - dialog.rect().center()
    painter.drawPixmap(QPoint(max(0, middle.x()), max(0, middle.y())), dialog)
    painter.end()
    return picture


def _cast(reading: Reading) -> Cast:
    """The client with the most history who has credits, a frozen one, and money to look at."""

    def one(statement: str) -> int:
        return int(reading.connection.execute(sa.text(statement)).scalar_one())

    regular = one(
        "SELECT b.client_id FROM lot_balance b JOIN ledger_op o ON o.client_id = b.client_id"
        f" WHERE b.remaining > 1 AND b.expires_at > {time_ns() // 1000}"
        " AND b.client_id NOT IN (SELECT client_id FROM lot_hold)"
        " GROUP BY b.client_id ORDER BY count(*) DESC, b.client_id LIMIT 1"
    )
    sale = one(f"SELECT max(id) FROM sale WHERE client_id = {regular} AND total > 0")
    return Cast(
        regular=regular,
        frozen=one("SELECT client_id FROM lot_hold WHERE kind = 'freeze' ORDER BY id LIMIT 1"),
        package=one("SELECT id FROM package WHERE status = 'published' ORDER BY position LIMIT 1"),
        lot=one(f"SELECT lot_id FROM lot_balance WHERE client_id = {regular} AND remaining > 0 LIMIT 1"),
        sale=sale,
        sale_line=one(f"SELECT max(id) FROM sale_line WHERE sale_id = {sale}"),
        refund=one("SELECT max(id) FROM refund"),
        pack=one("SELECT package_id FROM package_version WHERE bonus > 0 ORDER BY id LIMIT 1"),
        twin=one(f"SELECT min(id) FROM client WHERE id <> {regular} AND merged_into IS NULL"),
        visit=one(f"SELECT max(id) FROM visit WHERE client_id = {regular} AND paid"),
        freeze=one("SELECT op_id FROM lot_hold WHERE kind = 'freeze' ORDER BY id LIMIT 1"),
        undone=one("SELECT max(id) FROM ledger_op WHERE kind = 'undo_visit'"),
        pending=one(
            "SELECT id FROM money_transaction WHERE kind = 'refund' ORDER BY status = 'pending' DESC LIMIT 1"
        ),
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="dev.py shots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    return take(options.folder, set(options.names))


if __name__ == "__main__":
    raise SystemExit(main())
