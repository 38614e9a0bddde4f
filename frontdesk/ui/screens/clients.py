"""The Clients screen: search as one types, else the list by name; Enter opens the profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.services.views.client_rows import ClientFilter, ClientRow
from frontdesk.ui import client_words
from frontdesk.ui.client_finder import ClientFinder
from frontdesk.ui.credit_words import SOON_DAYS
from frontdesk.ui.screen import Screen
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.tokens import SPACE_3, SPACE_5, Tone
from frontdesk.ui.widgets.basics import PrimaryButton, Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable
from frontdesk.ui.widgets.text_fields import SearchField

if TYPE_CHECKING:
    from frontdesk.services.views.clients import ClientCounts
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_profile import ClientProfilePresenter
    from frontdesk.ui.presenters.clients import ClientsPresenter
    from frontdesk.ui.task_runner import Late

#: Where the list is narrower than this, in the size of the text, names need the room of the contacts.
_CONTACT_NEEDS = 740
_PREPARE_AFTER_MS = 1_500


class ClientsScreen(Screen):
    """The list and its search. What was typed, the filter and the chosen row survive navigation."""

    topics = (Topic.CLIENTS, Topic.CREDITS, Topic.IMPORTS)

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "clients", name="clientsScreen")
        self._presenter: Late[ClientsPresenter] = context.late(
            "frontdesk.ui.presenters.clients", "ClientsPresenter"
        )
        self._profiles: Late[ClientProfilePresenter] = context.late(
            "frontdesk.ui.presenters.client_profile", "ClientProfilePresenter"
        )
        self._which = ClientFilter.ACTIVE
        self._counts: ClientCounts | None = None
        #: The text that the rows on screen answer to.
        self._answered = ""
        self._found_more = False
        self._chosen_for = ""
        #: Whether a row was chosen by hand since the list was entered or asked for anew.
        self._pointed_at = False
        self._open_first = False
        self._prepared = False
        self._model: PagedTableModel[ClientRow] = PagedTableModel(
            context.tasks, self._columns(), self._page, key=lambda row: row.id
        )
        self._model.busy.connect(lambda busy: self.busy.start() if busy else self.busy.stop())
        self._model.loaded.connect(self._loaded)
        context.palette_providers.append((self.tr("Clients"), ClientFinder(context)))
        self._add_actions()
        self._build()
        first = context.services.get("first_client_rows")
        if first is not None:
            self._model.set_rows(first())

    # Screen

    def entered(self, *route: object) -> None:
        """`route` may hold a search text."""
        if route and isinstance(route[0], str):
            self.search.setText(route[0])
        self._reload()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Reads again; place and chosen row stay."""
        self._model.refresh()
        self.context.tasks.start(self._count(), latest="clients.count")

    def go_back(self) -> bool:
        """Esc: clears the search first."""
        if self.search.text():
            self.search.clear()
            self.search.setFocus()
            return True
        return False

    def chosen_client(self) -> int | None:
        """Who a command means: the chosen row, once somebody was searched for or pointed at.

        A row that is only still chosen from the last visit to the list means nobody.
        """
        meant = self.search.text().strip() or self._pointed_at or self.table.hasFocus()
        row = self.table.current() if meant else None
        return row.id if row is not None and self._is_answered() else None

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        """In a quiet moment after the first showing, the search is made ready for mistakes, and a profile."""
        super().showEvent(event)
        if not self._prepared:
            self._prepared = True
            QTimer.singleShot(_PREPARE_AFTER_MS, self, self._prepare)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters typed into the list go on in the search field."""
        if event.text().isprintable() and event.text().strip() and not self.search.hasFocus():
            self.search.setFocus()
            self.search.setText(self.search.text() + event.text())
        else:
            super().keyPressEvent(event)

    # Pieces

    def _add_actions(self) -> None:
        add = self.context.actions.add
        add(
            "clients.new_here",
            self.tr("New client with the name typed"),
            self._new,
            owner=self,
            scope=self.id,
            shortcut="Ctrl+N",
            icon="plus",
        )
        add(
            "clients.search",
            self.tr("Search clients"),
            self._to_search,
            owner=self,
            scope=self.id,
            shortcut="Ctrl+F",
            icon="search",
        )

    def _build(self) -> None:
        self.search = SearchField(self.tr("Name, phone, e-mail or member code"), name="clientsSearch")
        self.search.setMinimumWidth(250)
        self.search.setMaximumWidth(440)
        self.search.searched.connect(lambda _text: self._reload())
        self.search.returnPressed.connect(self._enter)
        self.segments = Segments(
            [
                (self.tr("Active"), ClientFilter.ACTIVE),
                (self.tr("Archived"), ClientFilter.ARCHIVED),
                (self.tr("Imported"), ClientFilter.IMPORTED),
            ],
            name="clientsFilter",
        )
        self.segments.chosen.connect(self._filter)
        self._found = Text("", "muted", name="clientsFound")
        # The filter and the number of hits take turns in one place, so that nothing moves.
        self._turns = QStackedWidget()
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.segments)
        line.addStretch(1)
        self._turns.addWidget(holder)
        self._turns.addWidget(self._found)
        new = PrimaryButton(self.tr("New client"), self._new, name="clientsNewButton", icon="plus")
        new.setToolTip(self.context.actions["clients.new_here"].toolTip())
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE_5, SPACE_3, SPACE_5, SPACE_3)
        bar.setSpacing(SPACE_3)
        bar.addWidget(self.search, 3)
        bar.addWidget(self._turns, 2)
        bar.addWidget(new)
        self.body.addLayout(bar)
        self.table = PagedTable(self._model, name="clientsTable", label=self.tr("Clients"))
        self.table.drive_from(self.search)
        self.table.opened.connect(self._open)
        self.table.row_chosen.connect(self._point)
        self.body.addWidget(self.table, 1)

    def _columns(self) -> list[Column[ClientRow]]:
        formats = self.context.formats
        return [
            Column(self.tr("Client"), self._client, share=5),
            Column(
                self.tr("Contact"),
                lambda row: Cell(client_words.contact(row), muted=True),
                hide_below=_CONTACT_NEEDS,
                share=6,
            ),
            Column(
                self.tr("Credits"),
                lambda row: Cell(formats.number(row.credits), muted=not row.credits),
                width=84,
                right=True,
            ),
            Column(self.tr("Next to expire"), self._expiry, width=190, holds=formats.some_dates_in_words()),
        ]

    def _client(self, row: ClientRow) -> Cell:
        tag, tone = (self.tr("Archived"), Tone.NEUTRAL) if row.archived else (row.alert, Tone.WARNING)
        return Cell(row.name, strong=True, tag=tag, tag_tone=tone, tooltip=row.alert)

    def _expiry(self, row: ClientRow) -> Cell:
        formats = self.context.formats
        if not row.credits:
            return Cell("")
        if row.next_expiry is None:
            return Cell(self.tr("never expires"), muted=True)
        soon = (row.next_expiry - formats.today()).days <= SOON_DAYS
        return Cell(
            formats.date_in_words(row.next_expiry), tone=Tone.WARNING if soon else None, muted=not soon
        )

    async def _show_empty_list(self) -> None:
        """What comes next: without a package nobody can buy anything."""
        begun = await (await self._presenter.get()).sells_anything()
        # Somebody may have come, or another filter, while it was read.
        if not self._model.rowCount() and self._which is ClientFilter.ACTIVE and not self._answered:
            self.table.set_empty(self._empty_list() if begun else self._empty_studio())

    def _empty_studio(self) -> EmptyState:
        return EmptyState(
            self.tr(
                "Two things are needed for the first sale: a package, which says what you sell and for how "
                "much, and a client. Begin with the package; then bring or add your clients here."
            ),
            self.tr("Make the first package"),
            lambda: self.context.navigate("packages", "new"),
            icon="packages",
            name="clientsEmpty",
        )

    def _empty_list(self) -> EmptyState:
        return EmptyState(
            self.tr(
                "Nobody is on the list yet. Bring your clients from another system, or add the first one."
            ),
            self.tr("Import clients"),
            lambda: self.context.ask("import_clients"),
            icon="clients",
            name="clientsEmpty",
        )

    def _empty_search(self, text: str) -> EmptyState:
        return EmptyState(
            self.tr("Nobody is called “{text}”, nor anything near it.").format(text=text),
            self.tr("New client “{name}”").format(name=text),
            self._new,
            icon="search",
            name="clientsNobody",
        )

    def _point(self, _row: ClientRow) -> None:
        self._pointed_at = True

    def _reload(self) -> None:
        self._pointed_at = False
        self._turns.setCurrentIndex(1 if self.search.text().strip() else 0)
        self._model.load()
        if self._counts is None:
            self.context.tasks.start(self._count(), latest="clients.count")

    async def _page(self, request: PageRequest[ClientRow]) -> Page[ClientRow]:
        presenter = await self._presenter.get()
        text = self.search.text().strip()
        if text:
            rows, self._found_more = await presenter.search(text)
            page: Page[ClientRow] = Page(rows, more=False)
        else:
            page = await presenter.page(self._which, request)
        self._answered = text
        return page

    async def _count(self) -> None:
        self._counts = counts = await (await self._presenter.get()).counts()
        number = self.context.formats.number
        words = self.tr("{filter}  {count}")
        self.segments.set_text(
            ClientFilter.ACTIVE, words.format(filter=self.tr("Active"), count=number(counts.active))
        )
        self.segments.set_text(
            ClientFilter.ARCHIVED, words.format(filter=self.tr("Archived"), count=number(counts.archived))
        )
        self.segments.set_text(
            ClientFilter.IMPORTED, words.format(filter=self.tr("Imported"), count=number(counts.imported))
        )

    def _is_answered(self) -> bool:
        return self._answered == self.search.text().strip()

    def _loaded(self) -> None:
        if not self._is_answered():
            return
        rows = self._model.rows()
        if self._answered:
            self._tell_found(rows)
            if rows and self._chosen_for != self._answered:
                self.table.selectRow(0)
                self.table.scrollToTop()
            elif not rows:
                self.table.set_empty(self._empty_search(self._answered))
        elif not rows:
            if self._which is ClientFilter.ACTIVE:
                self.context.tasks.start(self._show_empty_list(), latest="clients.empty")
            else:
                self.table.set_empty(self._none_such())
        self._chosen_for = self._answered
        if self._open_first:
            self._open_first = False
            self._enter()

    def _none_such(self) -> EmptyState:
        words = {
            ClientFilter.ARCHIVED: self.tr("Nobody is archived."),
            ClientFilter.IMPORTED: self.tr("Nobody came by an import yet."),
        }
        if self._which is ClientFilter.IMPORTED:
            return EmptyState(
                words[self._which],
                self.tr("Import clients"),
                lambda: self.context.ask("import_clients"),
                icon="import",
                name="clientsEmpty",
            )
        return EmptyState(words[self._which], icon="archive", name="clientsEmpty")

    def _tell_found(self, rows: tuple[ClientRow, ...]) -> None:
        # Late, since the first window shows no hits.
        from frontdesk.services.views.clients import ClientHit

        near = bool(rows) and all(isinstance(row, ClientHit) and row.match == "typo" for row in rows)
        if near:
            told = self.tr("No exact match. These names are close.")
        elif not rows:
            told = self.tr("Nobody found")
        elif len(rows) == 1:
            told = self.tr("1 client found")
        else:
            told = self.tr("The first {count}. Type more letters.") if self._found_more else ""
            told = told or self.tr("{count} clients found")
            told = told.format(count=self.context.formats.number(len(rows)))
        self._found.setText(told)

    def _filter(self, which: ClientFilter) -> None:
        self._which = which
        self._model.load()

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _enter(self) -> None:
        """Enter in the field: never a row of an older search, however fast one types."""
        if not self._is_answered():
            self._open_first = True
            return
        row = self.table.current()
        if row is not None:
            self._open(row)

    def _open(self, row: ClientRow) -> None:
        self.context.navigate("client", row.id)

    def _new(self) -> None:
        self.context.ask("new_client", name=self.search.text().strip())

    def _prepare(self) -> None:
        self.context.tasks.start(self._make_ready(), latest="clients.prepare")

    async def _make_ready(self) -> None:
        await (await self._presenter.get()).prepare()
        anyone = self._model.row_at(0)
        if anyone is not None:
            await (await self._profiles.get()).prepare(anyone.id)
