"""What every screen, dialog and presenter gets: UiContext. This docstring is the guide for their authors.

Screens
-------
A screen is a `frontdesk.ui.screen.Screen` in `ui/screens/`, built when first shown and then kept, so that
what was typed survives navigation. It is registered as a `ScreenEntry` (id, title, icon, shortcut, factory).
All its asynchronous code is in one plain presenter class in `ui/presenters/`, which alone may import use
cases; the screen imports it under TYPE_CHECKING and asks for it by name, so that the window paints early:

    class PackagesScreen(Screen):
        topics = (Topic.PACKAGES,)                  # refresh() is called when these change

        def __init__(self, context: UiContext) -> None:
            super().__init__(context, "packages", name="packagesScreen")
            self._presenter: Late[PackagesPresenter] = context.late(
                "frontdesk.ui.presenters.packages", "PackagesPresenter")  # made as PackagesPresenter(context)
            self._model = PagedTableModel(context.tasks, self._columns(), self._page, key=lambda row: row.id)
            self._table = PagedTable(self._model, name="packagesTable", label=self.tr("Packages"))
            self._table.set_empty(EmptyState(self.tr("No packages yet."), self.tr("New package"), self._new))
            self._table.opened.connect(self._open)  # Enter or double click; row_chosen: arrows and clicks
            self.body.addWidget(self._table)
            context.actions.add("package.new", self.tr("New package"), self._new, owner=self,
                                scope=self.id, shortcut="Ctrl+N", icon="plus")

        def _columns(self) -> list[Column[PackageRow]]:
            return [Column(self.tr("Name"), lambda row: row.name, sort="name"),
                    Column(self.tr("Status"), lambda row: Cell(row.status, chip=Tone.GOOD), width=110),
                    Column(self.tr("Price"), lambda row: formats.amount(row.price), width=110, right=True)]

        async def _page(self, request: PageRequest[PackageRow]) -> Page[PackageRow]:
            return await (await self._presenter.get()).page(request)   # after, limit, sort, descending

        def entered(self, *route: object) -> None:  # context.navigate("packages", 7) arrives here as (7,)
            self._model.load()

        def refresh(self, changes: tuple[Change, ...]) -> None:
            self._model.refresh()                   # keeps selection and place

    class PackagesPresenter:                        # ui/presenters/packages.py
        def __init__(self, context: UiContext) -> None: ...
        async def page(self, request): return await self.context.tasks.read(package_rows, latest="packages")
        async def save(self, draft): return await self.context.tasks.write(save_package, draft)

Work: `context.tasks.start(self._reload(), latest="packages.reload")` starts a coroutine; never asyncio,
threads or timers of your own. `tasks.read(query, ...)` and `tasks.write(use_case, ...)` are awaited in
presenters; a write carries the actor of `context.session` and broadcasts its changes by itself. Errors that
leave a coroutine are told by `context.errors`: catch only what the screen itself answers.
`tasks.chore(function)`: files, PDF.

Dialogs
-------
Subclass `widgets.sheet_dialog.SheetDialog`, fill `body`, `set_primary(text, self._take, name="sellTake")`,
`set_consequence("Refund 54.00 USD and void 8 credits")`, then `self.commit(self._sell())`: it runs once,
shows problems in the dialog's form (`add_form`) or banner, closes when it went well; `done_well` carries the
answer. Open with `dialog.open()`, never `exec()`. Esc keeps what was typed by itself; `about` tells drafts of
different clients apart. A dialog is deleted once it has closed: don't keep it.

Kit (`ui/widgets/`)
-------------------
basics: Text, Paragraph, PrimaryButton, SecondaryButton, DangerButton, LinkButton, IconButton, MenuButton,
action_button, Rule. surfaces: Card, Chip, Banner, EmptyState, BusyBar, BigNumber, KeyValues,
Icon, ScrollPage (a page that may be higher than the window). fields: TextField, TextArea, MoneyField,
IntField, DateField, SearchField, Select, CheckField. form: Form (its docstring shows a form from draft
to problems). choices: Segments, Tabs. master_detail: MasterDetail. table_view: PagedTable. sheet_dialog:
SheetDialog. Toasts by `context.toast(text, "Undo", undo)`. Colours and distances only from `ui/tokens.py` and
`theme().colors`; kinds and tones by these widgets.

Formats: `context.formats.money(9000)` "90.00 USD", `.amount`, `.signed(-3)`, `.date_in_words(day)`,
`.instant`. Texts only in `self.tr()`, filled with `.format(name=...)`. A widget that a test or help text
names gets an objectName by `name=`. Every command is a `context.actions.add(...)`: palette, menu and shortcut
test read it. Screens meet by name: `context.serve("sell", open_sell)` and elsewhere `context.ask("sell",
client_id)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from frontdesk.ui.actions import Actions
from frontdesk.ui.change_notifier import ChangeNotifier
from frontdesk.ui.error_reporter import ErrorReporter
from frontdesk.ui.formats import Formats, utc_now
from frontdesk.ui.messages import Messages
from frontdesk.ui.preferences import Preferences
from frontdesk.ui.session import Session, StudioFacts
from frontdesk.ui.task_runner import Late, TaskRunner
from frontdesk.ui.theme import Theme

if TYPE_CHECKING:
    from frontdesk.ui.command_palette import PaletteProvider


def _nowhere(*_route: object) -> None:
    """Before there is a window."""


@dataclass(slots=True, weakref_slot=True, repr=False, eq=False)
class UiContext:
    """The tools of the ui, made once by `make_context`; the main window fills in the last four."""

    tasks: TaskRunner
    notifier: ChangeNotifier
    errors: ErrorReporter
    theme: Theme
    actions: Actions
    preferences: Preferences
    formats: Formats
    messages: Messages
    session: Session
    #: `navigate("client", 12)` shows a screen and hands it the rest of the route.
    navigate: Callable[..., None] = _nowhere
    #: `toast("Sold", "Undo", self._undo)` says what was done.
    toast: Callable[..., None] = _nowhere
    #: Goes back one step, as Esc does.
    back: Callable[[], None] = _nowhere
    window: QWidget | None = None
    #: Things a screen offers to others by name, e.g. "sell" → opens the Sell dialog for a client.
    services: dict[str, Callable[..., Any]] = field(default_factory=dict)
    #: What Ctrl+K finds besides commands: the title over the results, and a PaletteProvider.
    palette_providers: list[tuple[str, PaletteProvider]] = field(default_factory=list)
    #: What was typed into dialogs that were left with Esc, by dialog and subject.
    drafts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def studio(self) -> StudioFacts:
        """The studio: name, currency, zone."""
        return self.session.studio

    def late(self, module: str, name: str) -> Late[Any]:
        """The presenter class `name` of `module`, imported when first needed and made with this context."""
        return self.tasks.late(module, name, self)

    def serve(self, name: str, opener: Callable[..., Any]) -> None:
        """Offers something to the other screens under a name."""
        self.services[name] = opener

    def ask(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """Does what was offered under that name. Raises KeyError for a name that nobody serves."""
        return self.services[name](*args, **kwargs)


def make_context(
    *,
    session: Session,
    preferences: Preferences,
    theme: Theme,
    locale: QLocale | None = None,
    now: Callable[[], datetime] = utc_now,
) -> UiContext:
    """Builds the context; the office and the loop are attached to `context.tasks` later.

    `now` tells the time, aware UTC, to whatever is shown relative to it.
    """
    studio = session.studio
    formats = Formats(locale or QLocale(), studio.currency, studio.zone, now)
    session.changed.connect(lambda: formats.follow(session.studio.currency, session.studio.zone))
    messages = Messages(formats)
    errors = ErrorReporter(messages)
    notifier = ChangeNotifier()
    return UiContext(
        tasks=TaskRunner(errors, notifier),
        notifier=notifier,
        errors=errors,
        theme=theme,
        actions=Actions(),
        preferences=preferences,
        formats=formats,
        messages=messages,
        session=session,
    )
