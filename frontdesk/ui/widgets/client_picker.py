"""Choosing a client by typing: a field with a list under it, driven by the keyboard, usable in any form.

picker = ClientPicker(context, name="sellClient")
picker.chosen.connect(self._client_chosen)     # a ClientRow, or None when it is unchosen
picker.set_client_id(12)                       # known beforehand
picker.value()                                 # the client's id, None while the field is empty
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.errors import FrontdeskError
from frontdesk.services.views.clients import ClientRow, ClientSaved
from frontdesk.ui import client_words
from frontdesk.ui.tokens import SPACE_1
from frontdesk.ui.widgets.basics import ElidedText
from frontdesk.ui.widgets.client_popup import Choice, ClientPopup
from frontdesk.ui.widgets.fields import SearchField

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_picker import ClientPickerPresenter
    from frontdesk.ui.task_runner import Late


class ClientPicker(QWidget):
    """A field of forms; its value is a client's id. Enter takes the chosen line and goes on."""

    chosen = Signal(object)
    edited = Signal()

    def __init__(
        self,
        context: UiContext,
        *,
        name: str = "clientPicker",
        placeholder: str = "",
        offer_new: bool = True,
        leave_out: Iterable[int] = (),
    ) -> None:
        """`offer_new`: a new client may be made of what was typed. `leave_out`: ids that are not offered."""
        super().__init__()
        self._context = context
        self._offer_new = offer_new
        self._left_out = frozenset(leave_out)
        self._client: ClientRow | None = None
        # Enter came before the answer to what was typed.
        self._take_first = False
        self._asked = ""
        self._presenter: Late[ClientPickerPresenter] = context.late(
            "frontdesk.ui.presenters.client_picker", "ClientPickerPresenter"
        )
        self.setObjectName(name)
        hint = placeholder or self.tr("Name, phone, e-mail or member code")
        self.field = SearchField(hint, name=f"{name}Field")
        self.field.searched.connect(self._typed)
        self.field.installEventFilter(self)
        self.setFocusProxy(self.field)
        self._about = ElidedText("", "help", name=f"{name}About")
        self._about.hide()
        self.popup = ClientPopup(context.formats, self.field, name=f"{name}Popup")
        self.popup.taken.connect(self._taken)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        column.addWidget(self.field)
        column.addWidget(self._about)

    # As a field of a form

    def value(self) -> int | None:
        """The client's id, None while nothing is typed. Raises FrontdeskError `picking.not_chosen`."""
        if self._client is not None:
            return self._client.id
        if self.field.text().strip():
            raise FrontdeskError("picking.not_chosen", text=self.field.text().strip())
        return None

    def set_value(self, value: int | None) -> None:
        """As `set_client_id`."""
        self.set_client_id(value)

    def raw(self) -> tuple[ClientRow | None, str]:
        """Who is chosen and what is typed, for keeping a draft."""
        return self._client, self.field.text()

    def set_raw(self, raw: tuple[ClientRow | None, str]) -> None:
        """Puts back what `raw` gave."""
        client, text = raw
        self.set_client(client)
        if client is None:
            with QSignalBlocker(self.field):
                self.field.setText(text)

    def client(self) -> ClientRow | None:
        """Who is chosen."""
        return self._client

    def set_client(self, client: ClientRow | None) -> None:
        """Shows a client as chosen, without telling `edited`; `chosen` is told."""
        self._client = client
        self._take_first = False
        self.popup.hide()
        with QSignalBlocker(self.field):
            self.field.setText(client.name if client else "")
            # Of a long name its beginning says who it is.
            self.field.setCursorPosition(0)
        self._tell_about()
        self.chosen.emit(client)

    def set_client_id(self, client_id: int | None) -> None:
        """The same for an id; the row is read in the background."""
        if client_id is None:
            self.set_client(None)
        else:
            self._context.tasks.start(self._show(client_id), owner=self)

    def leave_out(self, *client_ids: int) -> None:
        """Other ids that are not offered."""
        self._left_out = frozenset(client_ids)

    def setAccessibleName(self, name: str) -> None:
        """The form's label names the field inside."""
        super().setAccessibleName(name)
        self.field.setAccessibleName(name)

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that belong to the list; leaving the field closes it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(Qt.Key(event.key()))
        if event.type() == QEvent.Type.FocusOut:
            self.popup.hide()
        elif (
            isinstance(event, QFocusEvent)
            and event.type() == QEvent.Type.FocusIn
            and event.reason() != Qt.FocusReason.MouseFocusReason
        ):
            # Typing replaces who is chosen.
            self.field.selectAll()
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """The list goes with its field."""
        self.popup.hide()
        super().hideEvent(event)

    # Pieces

    def _key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._enter()
        if key is Qt.Key.Key_Escape and self.popup.isVisible():
            self.popup.hide()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if self.popup.isVisible():
                self.popup.step(1 if key is Qt.Key.Key_Down else -1)
            else:
                self._search(self.field.text())
            return True
        return False

    def _enter(self) -> bool:
        """Takes a line, now or when the answer comes; Enter on a chosen client is the dialog's."""
        if self._client is not None or not self.field.text().strip():
            return False
        if self._asked == self.field.text() and self.popup.isVisible():
            self.popup.take_current()
        else:
            self._take_first = True
            self._search(self.field.text())
        return True

    def _typed(self, text: str) -> None:
        self._take_first = False
        if self._client is not None:
            self._client = None
            self._tell_about()
            self.chosen.emit(None)
        self.edited.emit()
        self._search(text)

    def _search(self, text: str) -> None:
        if not text.strip():
            self.popup.hide()
            return
        self._context.tasks.start(self._find(text), latest=f"{id(self)}.client_picker", owner=self)

    async def _find(self, text: str) -> None:
        found = await (await self._presenter.get()).search(text)
        if self.field.text() != text:
            return
        self._asked = text
        offered: tuple[Choice, ...] = tuple(one for one in found if one.id not in self._left_out)
        if self._offer_new:
            offered = (*offered, text.strip())
        if self._take_first and offered:
            self._taken(offered[0])
        elif self.field.hasFocus():
            self.popup.offer(offered)

    async def _show(self, client_id: int) -> None:
        self.set_client(await (await self._presenter.get()).row(client_id))

    def _taken(self, choice: Choice) -> None:
        self._take_first = False
        self.popup.hide()
        if isinstance(choice, str):
            dialog = self._context.ask("new_client", name=choice, stay=True)
            dialog.done_well.connect(self._made)
            return
        self._choose(choice)

    def _made(self, saved: Any) -> None:
        if isinstance(saved, ClientSaved):
            self._context.tasks.start(self._choose_new(saved.client_id), owner=self)

    async def _choose_new(self, client_id: int) -> None:
        self._choose(await (await self._presenter.get()).row(client_id))

    def _choose(self, client: ClientRow) -> None:
        had_focus = self.field.hasFocus()
        self.set_client(client)
        self.edited.emit()
        # Whoever heard `chosen` may have moved the focus already.
        if had_focus and self.field.hasFocus():
            self.focusNextChild()

    def _tell_about(self) -> None:
        client, formats = self._client, self._context.formats
        told: tuple[str, ...] = ()
        if client is not None:
            has = client_words.credits(formats, client.credits)
            told = (client_words.contact(client), has, client.alert)
        self._about.setText(" · ".join(filter(None, told)))
        self._about.setVisible(bool(told))
