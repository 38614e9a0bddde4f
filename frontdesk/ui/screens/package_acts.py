"""What can be done to a saved package besides editing it: status, order, copies, deleting (P2)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject

from frontdesk.ui.context import UiContext
from frontdesk.ui.dialogs.packages import DeletePackageDialog
from frontdesk.ui.screens.package_editor import PackageEditor

if TYPE_CHECKING:
    from frontdesk.ui.presenters.packages import PackagesPresenter

Write = Callable[["PackagesPresenter"], Coroutine[Any, Any, Any]]
_BACK = {"published": "publish", "archived": "archive"}


class PackageDesk(Protocol):
    """What the acts need of the screen."""

    editor: PackageEditor

    def begin(self, work: Coroutine[Any, Any, Any], /) -> None: ...

    async def writing(self, write: Write, /) -> Any: ...

    async def show_again_all(self, key: int, /) -> None: ...

    async def show_new_one(self, key: int, /) -> None: ...

    async def show_without(self, key: int, /) -> None: ...

    def reload(self) -> None: ...


class PackageActs(QObject):
    """Acts on the package that the editor shows; what was typed into it stays."""

    def __init__(self, context: UiContext, desk: PackageDesk) -> None:
        super().__init__()
        self._context = context
        self._desk = desk

    def set_status(self, verb: str) -> None:
        """Archives, restores or takes it off sale: `verb` is the presenter's."""
        key = self._key()
        if key is not None:
            before = self._desk.editor.status
            self._desk.begin(self._change_status(key, verb, _BACK.get(before, "restore")))

    async def put_on_sale(self, key: int) -> None:
        """Publishes it; problems stand beside their fields."""
        await self._change_status(key, "publish", "unpublish")

    def decide(self, verb: str) -> None:
        """Settles where it differs from Stripe: `verb` is the presenter's."""
        key = self._key()
        if key is not None:
            self._desk.begin(self._decide(key, verb))

    def duplicate(self) -> None:
        """Saves a copy as a draft and shows it."""
        key = self._key()
        if key is not None:
            self._desk.begin(self._duplicate(key))

    def delete(self) -> None:
        """Asks, and deletes one that was never sold."""
        key, editor = self._key(), self._desk.editor
        if key is None:
            return
        if editor.sold:
            # The service refuses, and says why and what to do instead.
            self._desk.begin(self._delete(key))
        else:
            DeletePackageDialog(self._context, editor.saved.name, partial(self._delete, key)).open()

    def keep_order(self, ids: tuple[int, ...]) -> None:
        """Stores the order that the list shows already."""
        self._context.tasks.start(self._keep_order(ids), latest="packages.order")

    # Pieces

    def _key(self) -> int | None:
        key = self._desk.editor.key
        return key if key is not None and key > 0 else None

    async def _change_status(self, key: int, verb: str, back: str | None) -> None:
        name = self._desk.editor.saved.name
        done = await self._desk.writing(lambda presenter: _done(getattr(presenter, verb)(key)))
        if not done:
            return
        await self._desk.show_again_all(key)
        words = {
            "archive": self.tr("{name} is archived. Sold credits live on."),
            "restore": self.tr("{name} is a draft again."),
            "unpublish": self.tr("{name} is off sale, as a draft."),
            "publish": self.tr("{name} is on sale."),
        }[verb].format(name=name)
        if back is None:
            self._context.toast(words)
            return
        undo = partial(self._change_status, key, back, None)
        self._context.toast(words, self.tr("Undo"), lambda: self._desk.begin(undo()))

    async def _decide(self, key: int, verb: str) -> None:
        if await self._desk.writing(lambda presenter: _done(getattr(presenter, verb)(key))):
            await self._desk.show_again_all(key)
            words = {
                "take_theirs": self.tr("{name} is now as it is at Stripe."),
                "keep_ours": self.tr("{name} is set right at Stripe as soon as it answers."),
                "try_again": self.tr("{name} is sent to Stripe again."),
            }[verb]
            self._context.toast(words.format(name=self._desk.editor.saved.name))

    async def _duplicate(self, key: int) -> None:
        name = self.tr("{name} (copy)").format(name=self._desk.editor.saved.name)
        saved = await self._desk.writing(lambda presenter: presenter.duplicate(key, name))
        if saved is not None:
            await self._desk.show_new_one(saved.package_id)
            self._context.toast(self.tr("Duplicated as a draft."))

    async def _delete(self, key: int) -> None:
        name = self._desk.editor.saved.name
        if await self._desk.writing(lambda presenter: _done(presenter.delete(key))):
            await self._desk.show_without(key)
            self._context.toast(self.tr("{name} is deleted.").format(name=name))

    async def _keep_order(self, ids: tuple[int, ...]) -> None:
        try:
            await self._desk.writing(lambda presenter: presenter.reorder(ids))
        except Exception:
            self._desk.reload()
            raise


async def _done(work: Coroutine[Any, Any, None]) -> bool:
    """True once the work is done, for writes that answer nothing."""
    await work
    return True
