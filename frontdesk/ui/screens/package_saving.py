"""Saves what was typed into a package, after a question where sold terms change (P4); publishes it (P2)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject

from frontdesk.services.drafts.packages import PackageDraft, closes_link
from frontdesk.ui.context import UiContext
from frontdesk.ui.dialogs.packages import SavePackageDialog
from frontdesk.ui.screens.package_acts import PackageActs, PackageDesk

Then = Callable[[int], Coroutine[Any, Any, None]]


class SavingDesk(PackageDesk, Protocol):
    """What saving needs of the screen."""

    def is_writing(self) -> bool: ...

    def take_over(self, new: int, key: int, /) -> None: ...

    def forget(self, key: int, /) -> None: ...


class PackageSaving(QObject):
    """Saves the package that the editor shows."""

    def __init__(self, context: UiContext, desk: SavingDesk, acts: PackageActs) -> None:
        super().__init__()
        self._context = context
        self._desk = desk
        self._acts = acts

    def save(self) -> None:
        """Saves what was typed, or says that there is nothing to save."""
        self._save_and(self._say_saved, asks=True)

    def publish(self) -> None:
        """Saves what was typed, then puts the package on sale (P2)."""
        editor = self._desk.editor
        if editor.key is not None and editor.key > 0 and not editor.is_touched:
            self._desk.begin(self._acts.put_on_sale(editor.key))
        else:
            self._save_and(self._acts.put_on_sale, asks=False)

    # Pieces

    def _save_and(self, then: Then, *, asks: bool) -> None:
        """Saves, after asking where sold terms or a package on sale would change (P4)."""
        editor = self._desk.editor
        if editor.key is None or self._desk.is_writing():
            return
        draft = editor.draft()
        if draft is None:
            return
        if editor.key < 0:
            self._desk.begin(self._create(editor.key, draft, then))
            return
        changes = editor.words.changes(editor.saved, draft)
        work = partial(self._change, editor.key, draft, editor.version, then)
        if not changes:
            self._keep(editor.key, then, asks=asks)
        elif asks and (editor.status == "published" or editor.sold):
            on_top = not self._context.session.studio.prices_include_tax
            closes = editor.online.state.has_link and closes_link(editor.saved, draft, tax_on_top=on_top)
            SavePackageDialog(
                self._context, editor.saved.name, changes, editor.sold, work, closes_link=closes
            ).open()
        else:
            self._desk.begin(work())

    def _keep(self, key: int, then: Then, *, asks: bool) -> None:
        """What was typed says what is saved already."""
        self._desk.forget(key)
        self._context.tasks.start(self._desk.show_again_all(key))
        if asks:
            self._context.toast(self.tr("Nothing has changed, so there is nothing to save."))
        else:
            self._desk.begin(then(key))

    async def _create(self, new: int, draft: PackageDraft, then: Then) -> None:
        saved = await self._desk.writing(lambda presenter: presenter.create(draft))
        if saved is not None:
            self._desk.take_over(new, saved.package_id)
            await self._desk.show_again_all(saved.package_id)
            await then(saved.package_id)

    async def _change(self, key: int, draft: PackageDraft, version: int, then: Then) -> None:
        saved = await self._desk.writing(lambda presenter: presenter.save(key, draft, version))
        if saved is not None:
            self._desk.forget(key)
            await self._desk.show_again_all(key)
            await then(key)

    async def _say_saved(self, key: int) -> None:
        editor = self._desk.editor
        if editor.key != key or editor.version == 1:
            self._context.toast(self.tr("Saved as a draft. It is not on sale yet."))
        else:
            self._context.toast(self.tr("Saved as version {n}.").format(n=editor.version))
