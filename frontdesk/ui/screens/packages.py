"""The Packages screen: the list on the left, the chosen package on the right, what was typed into each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget

from frontdesk.errors import InvalidDraft
from frontdesk.services.changes import Change, Topic
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.ui.context import UiContext
from frontdesk.ui.screen import Screen
from frontdesk.ui.screens.package_acts import PackageActs, Write
from frontdesk.ui.screens.package_editor import PackageEditor
from frontdesk.ui.screens.package_list_pane import PackageListPane
from frontdesk.ui.screens.package_online import DECISIONS, add_online_actions
from frontdesk.ui.screens.package_saving import PackageSaving
from frontdesk.ui.task_runner import Late
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.surfaces import EmptyState

if TYPE_CHECKING:
    from frontdesk.ui.presenters.packages import PackageList, PackagesPresenter

Typed = dict[str, Any]
_EDITOR_WIDTH = 440


class PackagesScreen(Screen):
    """What is typed stays with its package until it is saved or discarded, wherever one goes meanwhile."""

    topics = (Topic.PACKAGES, Topic.CLASS_TYPES, Topic.STUDIO, Topic.SALES, Topic.SYNC)

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "packages", name="packagesScreen")
        self._presenter: Late[PackagesPresenter] = context.late(
            "frontdesk.ui.presenters.packages", "PackagesPresenter"
        )
        self._known: PackageList | None = None
        #: What was typed and not saved, by package; keys below 0 are packages that were never saved.
        self._unsaved: dict[int, Typed] = {}
        self._next_new = -1
        self._wanted: int | None = None
        #: How many writes are under way: the next one waits for the person, not the other way round.
        self._writes = 0
        self._add_actions()
        self.editor = PackageEditor(context)
        self.editor.edited.connect(self._show_list)
        self._acts = PackageActs(context, self)
        self._saving = PackageSaving(context, self, self._acts)
        self._list = PackageListPane(context)
        self._list.chosen.connect(self._open)
        self._list.opened.connect(self._open_fields)
        self._list.ordered.connect(self._acts.keep_order)
        context.session.changed.connect(self._list.name_currency)
        self._right = QStackedWidget()
        self._hint = EmptyState(
            self.tr("Choose a package to see its terms and what clients read."), name="packagesHint"
        )
        self._right.addWidget(self._hint)
        self._first = EmptyState(
            self.tr(
                "A package is what you sell: a number of credits, the classes they are for, how long they "
                "last, and a price. Once you publish it, it can be sold at the desk."
            ),
            self.tr("New package"),
            self._new,
            icon="packages",
            name="packagesFirst",
        )
        self._right.addWidget(self._first)
        self._right.addWidget(self.editor)
        self._split = MasterDetail(
            self._list,
            self._right,
            name="packagesSplit",
            back=self.tr("All packages"),
            detail_width=_EDITOR_WIDTH,
            always=True,
        )
        self.body.addWidget(self._split)

    # Screen

    def entered(self, *route: object) -> None:
        """`("new",)` begins a package, `(7,)` shows that one."""
        if route == ("new",):
            self._new()
        elif route and isinstance(route[0], int):
            self._wanted = route[0]
        if route != ("new",):
            self._list.table.setFocus()
        self.reload()

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Reads the list again, and the package that is shown unless it is just being written."""
        key = self.editor.key
        shown = key if key is not None and key > 0 and not self._writes else None
        if all(change.topic is Topic.SYNC for change in changes):
            if shown is not None:
                self.context.tasks.start(self._look_at_stripe(shown), latest="packages.stripe")
            return
        self.reload()
        if shown is not None:
            self.context.tasks.start(self._look_again(shown), latest="packages.again")

    def go_back(self) -> bool:
        """Goes from the editor to the list where only one of them has room."""
        return self._split.is_paged() and self._split.close_detail()

    def unsaved(self) -> tuple[str, ...]:
        """The packages that were typed into."""
        names = {row.id: row.name for row in (self._known.rows if self._known else ())}
        keys = set(self._unsaved)
        if self.editor.key is not None and self.editor.is_touched:
            keys.add(self.editor.key)
        told = self.tr("Package: {name}")
        return tuple(told.format(name=names.get(key) or self._name_of_new(key)) for key in sorted(keys))

    # For its acts

    def reload(self) -> None:
        """Reads the list again."""
        self.context.tasks.start(self._read_list(), latest="packages.reload")

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Starts work that writes, one at a time however fast a key is pressed."""
        if self._writes or self.context.tasks.is_closing:
            work.close()
        else:
            self._writes += 1
            self.context.tasks.start(self._alone(work))

    async def _alone(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        finally:
            self._writes -= 1

    async def writing(self, write: Write) -> Any:
        """What the write answers; None if the draft has problems, which then stand beside their fields."""
        self._writes += 1
        self.busy.start()
        try:
            return await write(await self._presenter.get())
        except InvalidDraft as invalid:
            self.editor.show_problems(invalid.problems)
            return None
        finally:
            self._writes -= 1
            self.busy.stop()

    async def show_again_all(self, key: int) -> None:
        """Shows the list and the package as they are now saved; what was typed stays."""
        typed = self.editor.form.snapshot() if self.editor.is_touched else self._unsaved.get(key)
        await self._read_list()
        package = await (await self._presenter.get()).opened(key)
        if self.editor.key == key:
            self.editor.show_saved(package, typed)
            self._right.setCurrentWidget(self.editor)
        self._show_list()

    async def show_new_one(self, key: int) -> None:
        """Shows a package that was just made, ready for its name."""
        self._put_aside()
        self._go_on_with(key)
        await self.show_again_all(key)
        self._split.show_detail()
        self.editor.form.focus_first()

    async def show_without(self, key: int) -> None:
        """Shows what is left after a package is gone."""
        self.forget(key)
        self.editor.key = None
        await self._read_list()

    # For its saving

    def is_writing(self) -> bool:
        """Whether a write is under way; the next one waits for it."""
        return self._writes > 0

    def forget(self, key: int) -> None:
        """What was typed into this package is saved, or not wanted."""
        self._unsaved.pop(key, None)
        if self.editor.key == key:
            self.editor.form.is_touched = False

    def take_over(self, new: int, key: int) -> None:
        """A new package was saved under this key: where it is shown, the editor goes on with it."""
        self.forget(new)
        if self.editor.key == new:
            self._go_on_with(key)

    def _go_on_with(self, key: int) -> None:
        self.editor.key = self._wanted = key
        self.editor.form.is_touched = False

    # Choosing and showing

    def _open_fields(self, key: int) -> None:
        self._open(key)
        self._split.show_detail()
        self.editor.form.focus_first()

    def _open(self, key: int) -> None:
        if key == self.editor.key:
            return
        if key < 0:
            self._put_aside()
            self._show_new(key, self._unsaved.get(key))
        else:
            self.context.tasks.start(self._show(key), latest="packages.open")

    async def _show(self, key: int) -> None:
        self.busy.start()
        try:
            package = await (await self._presenter.get()).opened(key)
        finally:
            self.busy.stop()
        self._put_aside()
        self.editor.show_saved(package, self._unsaved.get(key))
        self._right.setCurrentWidget(self.editor)
        self._show_list()

    async def _look_again(self, key: int) -> None:
        """The package that is shown may have been changed, here or at another desk."""
        if all(row.id != key for row in (await (await self._presenter.get()).overview()).rows):
            return
        package = await (await self._presenter.get()).opened(key)
        if self.editor.key != key or self._writes:
            return
        self.editor.show_online(package.online)
        if not self.editor.is_touched:
            self.editor.show_saved(package)
        elif package.detail.row.version != self.editor.version:
            newest = package.detail.versions[0]
            text = self.tr("{who} saved version {n} meanwhile. What you typed is still here.")
            self.editor.banner.tell(
                text.format(who=newest.saved_by, n=newest.number),
                Tone.WARNING,
                action=self.tr("Show version {n}").format(n=newest.number),
                run=self._discard,
            )

    async def _look_at_stripe(self, key: int) -> None:
        """What waits for Stripe moves on by itself, whatever is typed meanwhile."""
        online = await (await self._presenter.get()).online(key)
        if self.editor.key == key:
            self.editor.show_online(online)

    def _put_aside(self) -> None:
        """Keeps what was typed into the package that is shown, before another one is."""
        key = self.editor.key
        if key is not None and self.editor.is_touched:
            self._unsaved[key] = self.editor.form.snapshot()

    def _new(self) -> None:
        self._put_aside()
        key, self._next_new = self._next_new, self._next_new - 1
        self._show_new(key, None)
        self._list.choose(key)
        self._split.show_detail()
        self.editor.form.focus_first()

    def _show_new(self, key: int, typed: Typed | None) -> None:
        tax = self._known.default_tax_milli_percent if self._known else 0
        self.editor.show_new(key, PackageDraft(tax_milli_percent=tax), typed)
        self._right.setCurrentWidget(self.editor)
        self._show_list()

    async def _read_list(self) -> None:
        known = await (await self._presenter.get()).overview()
        if self._known is None or known.class_types != self._known.class_types:
            self.editor.offer_class_types(known.class_types)
        self._known = known
        self._show_list()
        self._choose()

    def _show_list(self) -> None:
        rows = self._known.rows if self._known else ()
        shown = self.editor.key
        unsaved = set(self._unsaved)
        if shown is not None and self.editor.is_touched:
            unsaved.add(shown)
        new = {key for key in unsaved if key < 0}
        if shown is not None and shown < 0:
            new.add(shown)
        names = {key: self._name_of_new(key) for key in sorted(new, reverse=True)}
        self._list.show_packages(rows, names, unsaved)

    def _name_of_new(self, key: int) -> str:
        if key == self.editor.key:
            name = self.editor.form.readable().get("name")
        else:
            name = self._unsaved[key].get("name", "").strip()
        return name or self.tr("New package")

    def _choose(self) -> None:
        """Chooses what was asked for, else keeps what is shown, else takes the first package."""
        wanted, self._wanted = self._wanted, None
        shown = self.editor.key
        rows = self._known.rows if self._known else ()
        if shown is not None and shown > 0 and all(row.id != shown for row in rows):
            self.editor.key = shown = None
        if wanted is not None:
            self._list.choose(wanted)
            self._split.show_detail()
        elif shown is not None:
            self._list.choose_again(shown)
        elif self._split.is_paged() or not self._list.choose_first():
            self._right.setCurrentWidget(self._hint if rows else self._first)

    # What was typed

    def _discard(self) -> None:
        """Goes back to what is saved; Undo brings back what was typed."""
        key = self.editor.key
        if key is None or not self.editor.is_touched:
            return
        typed = self.editor.form.snapshot()
        self.forget(key)
        self.editor.banner.clear()
        if key < 0:
            self.editor.key = None
            self._show_list()
            self._choose()
        else:
            self.context.tasks.start(self._show(key), latest="packages.open")
        undo = partial(self._bring_back, key, typed)
        self.context.toast(self.tr("Changes discarded."), self.tr("Undo"), undo)

    def _bring_back(self, key: int, typed: Typed) -> None:
        self._put_aside()
        self._unsaved[key] = typed
        self.editor.key = None
        self._open(key)
        self._show_list()
        self._list.choose(key)

    # Commands

    def _add_actions(self) -> None:
        def add(id: str, text: str, run: Callable[[], object], icon: str, shortcut: str = "") -> None:
            self.context.actions.add(
                f"package.{id}", text, run, owner=self, scope=self.id, shortcut=shortcut, icon=icon
            )

        def move(step: int) -> None:
            if self.editor.key is not None:
                self._list.move_line(self.editor.key, step)

        add("new", self.tr("New package"), self._new, "plus", "Ctrl+N")
        add("save", self.tr("Save"), lambda: self._saving.save(), "", "Ctrl+S")
        add("publish", self.tr("Publish"), lambda: self._saving.publish(), "", "Ctrl+Return")
        add("restore", self.tr("Restore as draft"), lambda: self._acts.set_status("restore"), "")
        add("duplicate", self.tr("Duplicate"), lambda: self._acts.duplicate(), "copy", "Ctrl+D")
        add("unpublish", self.tr("Back to draft"), lambda: self._acts.set_status("unpublish"), "undo")
        add("archive", self.tr("Archive"), lambda: self._acts.set_status("archive"), "archive")
        add("move_up", self.tr("Move up"), partial(move, -1), "chevron-up", "Alt+Up")
        add("move_down", self.tr("Move down"), partial(move, 1), "chevron-down", "Alt+Down")
        add("discard", self.tr("Discard changes"), self._discard, "close")
        add("delete", self.tr("Delete…"), lambda: self._acts.delete(), "trash")
        add_online_actions(self.context, self, self.id, self._online)

    def _online(self, verb: str) -> None:
        if verb in DECISIONS:
            self._acts.decide(verb)
        else:
            getattr(self.editor.online, verb)()
