"""The shell: screens made when needed, history, Esc, the palette, the theme, shortcuts that do not clash."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from frontdesk.errors import Refused
from frontdesk.services.changes import Change, Topic
from frontdesk.ui.command_palette import CommandPalette, PaletteEntry, palette_of
from frontdesk.ui.context import UiContext
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.openers import DIALOGS, add_global_actions
from frontdesk.ui.placing import fitting
from frontdesk.ui.screen import Screen, ScreenEntry
from frontdesk.ui.settings_sections import section_entries
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.tokens import DARK, LIGHT, SIDEBAR_NARROW, SIDEBAR_WIDTH
from frontdesk.ui.widgets.basics import action_button
from frontdesk.ui.widgets.fields import SearchField
from tests.support.event_loop import until
from tests.ui.conftest import Show
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off


class Clients(Screen):
    """A screen that notes what it is told."""

    topics = (Topic.CLIENTS,)

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "clients", name="clientsScreen")
        self.told: list[object] = []
        self.open_thing = False
        self.search = SearchField("Search clients")
        self.body.addWidget(self.search)
        context.actions.add(
            "client.new",
            "New client",
            lambda: self.told.append("new"),
            owner=self,
            scope=self.id,
            shortcut="Ctrl+N",
        )

    def entered(self, *route: object) -> None:
        self.told.append(route)

    def refresh(self, changes: tuple[Change, ...]) -> None:
        self.told.append(changes)

    def is_open(self) -> bool:
        return self.open_thing

    def go_back(self) -> bool:
        was_open, self.open_thing = self.open_thing, False
        return was_open


class Packages(Screen):
    """Another screen."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "packages", name="packagesScreen")

    def title(self) -> str:
        return "All packages"


def make_window(context: UiContext) -> MainWindow:
    return MainWindow(
        context,
        [
            ScreenEntry("clients", "Clients", "clients", "Ctrl+1", Clients),
            ScreenEntry("packages", "Packages", "packages", "Ctrl+2", Packages),
            ScreenEntry("settings", "Settings", "settings", "Ctrl+,", Packages, at_bottom=True),
        ],
    )


@pytest.fixture
def window(context: UiContext, show: Show) -> MainWindow:
    made = make_window(context)
    made.navigate("clients")
    show(made)
    return made


def clients_of(window: MainWindow) -> Clients:
    screen = window.screen_of("clients")
    assert isinstance(screen, Clients)
    return screen


def keys(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_a_screen_is_made_when_it_is_first_shown_and_kept(window: MainWindow) -> None:
    assert window.findChild(QWidget, "packagesScreen") is None
    first = window.current_screen()
    window.context.navigate("packages")
    assert window.top.title.text() == "All packages"
    window.context.navigate("clients", 7)
    assert window.current_screen() is first
    assert clients_of(window).told == [(), (7,)]
    assert window.windowTitle() == "Clients · Sunrise Yoga"


def test_whoever_goes_to_a_screen_can_type_at_once(window: MainWindow) -> None:
    window.navigate("packages")
    QTest.mouseClick(window.sidebar.button("clients"), Qt.MouseButton.LeftButton)
    assert focused() is clients_of(window).search
    window.sidebar.button("packages").setFocus()
    QTest.keyClick(window.sidebar.button("packages"), Qt.Key.Key_Return)
    assert window.top.title.text() == "All packages"
    window.back()
    assert focused() is clients_of(window).search


def test_history_goes_back_and_forth(window: MainWindow) -> None:
    window.navigate("packages")
    window.navigate("clients", 7)
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.top.title.text() == "All packages"
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert clients_of(window).told[-1] == (7,)


def test_esc_closes_the_innermost_thing_and_then_goes_back(window: MainWindow) -> None:
    """U2: Esc goes back and never loses typed text."""
    window.navigate("packages")
    window.navigate("clients")
    screen = clients_of(window)
    screen.open_thing = True
    screen.search.setFocus()
    keys(screen.search, "mira")
    QTest.keyClick(screen.search, Qt.Key.Key_Escape)
    assert screen.search.text() == "" and screen.is_open()
    QTest.keyClick(screen.search, Qt.Key.Key_Escape)
    assert not screen.is_open() and window.current_screen() is screen
    QTest.keyClick(screen.search, Qt.Key.Key_Escape)
    assert window.top.title.text() == "All packages"


def test_every_screen_has_its_shortcut_and_none_clash(window: MainWindow) -> None:
    """U2."""
    assert_no_clashes(window.context)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.top.title.text() == "All packages"


def test_a_taken_shortcut_is_refused_when_it_is_registered(window: MainWindow) -> None:
    """U2."""
    with pytest.raises(ValueError, match=r"Ctrl\+N of package.new is taken by client.new"):
        window.context.actions.add(
            "package.new", "New", lambda: None, owner=window, scope="clients", shortcut="Ctrl+N"
        )
    window.context.actions.add(
        "package.new", "New", lambda: None, owner=window, scope="packages", shortcut="Ctrl+N"
    )


def test_the_shell_is_accessible_and_fits_at_every_width(window: MainWindow) -> None:
    """U3."""
    for width, sidebar in ((1920, SIDEBAR_WIDTH), (1024, SIDEBAR_NARROW)):
        window.resize(width, 640)
        assert window.sidebar.width() == sidebar
        assert_accessible(window)
        assert_nothing_cut_off(window)


def test_the_palette_lists_every_command_with_its_shortcut(window: MainWindow) -> None:
    """U2: every command in Ctrl+K."""
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = palette_of(window)
    assert palette.isVisible() and focused() is palette.field
    listed = {entry.text: entry.keys for entry in palette.entries()}
    for command in window.context.actions.usable("clients"):
        if command.id != "find.anything":
            assert listed[command.text] == command.shortcut
    assert listed["New client"] == "Ctrl+N"
    assert_accessible(palette)


def test_the_palette_runs_what_was_typed(window: MainWindow) -> None:
    window.open_palette()
    palette = palette_of(window)
    keys(palette.field, "pack go")
    assert [entry.text for entry in palette.entries()] == ["Go to Packages"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.top.title.text() == "All packages"


def test_the_palette_gives_the_focus_back_on_esc(window: MainWindow) -> None:
    search = clients_of(window).search
    search.setFocus()
    keys(search, "mi")
    window.open_palette()
    QTest.keyClick(palette_of(window).field, Qt.Key.Key_Escape)
    assert not palette_of(window).isVisible()
    assert focused() is search and search.text() == "mi"


def test_the_palette_walks_with_the_arrows_and_round_the_end(window: MainWindow) -> None:
    window.open_palette()
    palette = palette_of(window)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == len(palette.entries()) - 1
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 0


class People:
    """A search that finds one person."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.opened: list[str] = []

    async def search(self, text: str) -> Sequence[PaletteEntry]:
        self.asked.append(text)
        if not "mira".startswith(text):
            return []
        return [
            PaletteEntry("Mira Okafor", lambda: self.opened.append("mira"), second="8 credits", icon="user")
        ]


async def test_the_palette_finds_people_before_commands(running: UiContext, show: Show) -> None:
    window = make_window(running)
    window.navigate("clients")
    show(window)
    people = People()
    palette: CommandPalette = palette_of(window)
    running.palette_providers.append(("Clients", people))
    window.open_palette()
    keys(palette.field, "mi")
    await until(lambda: palette.entries() and palette.entries()[0].text == "Mira Okafor")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert people.opened == ["mira"]
    window.open_palette()
    keys(palette.field, "zzz")
    await running.tasks.settled()
    assert palette.entries() == ()
    assert not palette.list.isVisible()


def test_the_theme_switches_live(window: MainWindow) -> None:
    def ground() -> str:
        return window.grab().toImage().pixelColor(QPoint(window.width() - 40, window.height() // 2)).name()

    assert ground() == LIGHT.surface
    before = window.sidebar.button("clients").icon().cacheKey()
    window.context.actions["look.dark"].trigger()
    assert ground() == DARK.surface
    assert window.sidebar.button("clients").icon().cacheKey() != before
    assert window.context.preferences.scheme is Scheme.DARK
    window.context.actions["look.light"].trigger()
    assert ground() == LIGHT.surface


def test_larger_text_is_larger_everywhere_and_remembered(window: MainWindow) -> None:
    before = window.top.title.font().pixelSize()
    for _ in range(3):
        window.context.actions["look.larger"].trigger()
    assert window.top.title.font().pixelSize() == round(20 * 1.3) > before
    assert window.context.preferences.text_scale == 1.3
    QApplication.processEvents()
    assert_nothing_cut_off(window)


def test_an_error_is_told_above_the_screen_with_an_id(window: MainWindow) -> None:
    """U6."""
    window.context.errors.report(Refused("field.required"))
    assert window.banner.isVisible()
    text = window.banner.text()
    assert text.startswith("Fill this in to go on.") and text.endswith(")")


def test_a_hidden_screen_catches_up_when_it_is_shown_again(window: MainWindow) -> None:
    screen = clients_of(window)
    window.context.notifier.broadcast([Change(Topic.CLIENTS, (1,))])
    assert screen.told[-1] == (Change(Topic.CLIENTS, (1,)),)
    window.navigate("packages")
    window.context.notifier.broadcast([Change(Topic.CLIENTS, (2,)), Change(Topic.SALES, (3,))])
    assert screen.told[-1] == (Change(Topic.CLIENTS, (1,)),)
    window.navigate("clients")
    assert (Change(Topic.CLIENTS, (2,)),) in screen.told


def test_staff_switch_without_losing_what_is_on_screen(window: MainWindow) -> None:
    search = clients_of(window).search
    search.setText("mi")
    window.sidebar.open_staff_menu()
    menu = window.sidebar.findChild(QWidget, "staffMenu")
    assert menu is not None
    ben = next(action for action in menu.actions() if action.text() == "Ben")
    ben.trigger()
    menu.close()
    assert window.context.session.staff_name == "Ben"
    assert "Ben" in window.sidebar.staff_button.accessibleName()
    assert search.text() == "mi"


def test_who_is_missing_among_the_staff_is_added_from_there(window: MainWindow) -> None:
    gone: list[tuple[str, ...]] = []
    window.sidebar._go = lambda *where: gone.append(where)
    window.sidebar.open_staff_menu()
    menu = window.sidebar.findChild(QMenu, "staffMenu")
    assert menu is not None
    menu.actions()[-1].trigger()
    menu.close()
    assert gone == [("settings", "staff")] and menu.actions()[-1].text() == "Add or rename staff…"


def test_the_key_of_the_next_staff_member_deletes_nothing_that_was_typed(window: MainWindow) -> None:
    """A1: a text field keeps its own keys, so no command may have one of those."""
    search = clients_of(window).search
    QTest.keyClicks(search, "mi")
    assert window.context.actions["desk.switch_staff"].shortcut().toString() == "F9"
    QTest.keyClick(search, Qt.Key.Key_F9)
    menu = window.sidebar.findChild(QMenu, "staffMenu")
    assert menu is not None and menu.isVisible() and search.text() == "mi"
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert window.context.session.staff_name == "Ben"


def test_a_plain_button_stays_without_an_icon_when_the_colours_change(window: MainWindow) -> None:
    action = window.context.actions["desk.switch_staff"]
    plain = action_button(action, name="plain", plain=True)
    with_icon = action_button(action, name="withIcon")
    theme().set_scheme(Scheme.DARK)
    assert plain.icon().isNull() and not with_icon.icon().isNull()
    plain.deleteLater()
    with_icon.deleteLater()


def test_a_toast_offers_to_undo(window: MainWindow) -> None:
    undone: list[bool] = []
    window.context.toast("Package archived", "Undo", lambda: undone.append(True))
    button = window.findChild(QWidget, "toastAction")
    assert button is not None and button.isVisible()
    screens = window.findChild(QWidget, "screens")
    assert screens is not None
    top = window._toast.mapTo(window, QPoint(0, 0)).y()
    end = screens.mapTo(window, QPoint(0, screens.height())).y()
    assert end - top <= 12, "it covers what may be pressed next"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert undone and not button.isVisible()


def test_the_window_remembers_its_place(context: UiContext, show: Show) -> None:
    first = make_window(context)
    first.navigate("clients")
    show(first)
    first.resize(1111, 700)
    first.close()
    assert not context.preferences.state("window").isEmpty()


def test_every_section_of_settings_is_a_command_anywhere(context: UiContext, show: Show) -> None:
    """U2: in Ctrl+K, before the screen was ever shown."""
    entries = [ScreenEntry(id, id.title(), id, "", Packages) for id in ("packages", "settings")]
    window = MainWindow(context, entries)
    window.navigate("packages")
    show(window)
    add_global_actions(context, window)
    commands = {one.id: one for one in context.actions.usable("packages")}
    assert [id for id in commands if id.startswith("settings.go.")] == [
        f"settings.go.{id}" for id in section_entries()
    ]
    commands["settings.go.staff"].action.trigger()
    assert window.current_screen() is window.screen_of("settings")


def test_every_dialog_can_be_imported() -> None:
    for module, function in DIALOGS.values():
        assert callable(getattr(import_module(f"frontdesk.ui.dialogs.{module}"), function))


def test_a_new_window_fits_its_screen_with_its_frame(context: UiContext, show: Show) -> None:
    window = make_window(context)
    window.navigate("clients")
    show(window)
    room = window.screen().availableGeometry()
    assert window.width() < room.width() and window.height() + 30 < room.height()
    assert fitting(QSize(1280, 800), QRect(0, 0, 1366, 768)) == QSize(1280, 728)
    assert fitting(QSize(1280, 800), QRect(0, 0, 3840, 2160)) == QSize(1280, 800)


def test_icons_exist_and_are_drawn(look: None) -> None:
    from frontdesk.ui.icons import icon
    from frontdesk.ui.resources import resource

    for file in resource("icons").glob("*.svg"):
        made: QIcon = icon(file.stem)
        image = made.pixmap(18).toImage()
        inked = sum(image.pixelColor(x, y).alpha() > 60 for x in range(18) for y in range(18))
        assert inked > 8, file.name


def test_the_marks_of_the_style_sheet_have_the_colours_of_the_tokens(look: None) -> None:
    from frontdesk.ui.resources import resource

    for name, colors in (("light", LIGHT), ("dark", DARK)):
        assert colors.on_accent in resource("theme", f"check-{name}.svg").read_text(encoding="utf-8")
        assert colors.text_muted in resource("theme", f"down-{name}.svg").read_text(encoding="utf-8")
    assert theme().colors in (LIGHT, DARK)
