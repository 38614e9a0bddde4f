"""How clients and their credits are put into words, the same in lists, pickers, cards and dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.messages.sentences import credits_in_words

if TYPE_CHECKING:
    from frontdesk.services.views.client_rows import ClientRow
    from frontdesk.ui.formats import Formats


def translated(english: str) -> str:
    """A text of `frontdesk.messages` in the person's language."""
    return QCoreApplication.translate("messages", english)


def credits(formats: Formats, count: int) -> str:
    """ "1 credit", "8 credits"; without a sign."""
    return credits_in_words(count, formats, translated)


def contact(client: ClientRow) -> str:
    """E-mail and phone number in one line, the member code if there is neither."""
    return " · ".join(filter(None, (client.email, client.phone))) or client.member_code


def next_to_expire(formats: Formats, client: ClientRow) -> str:
    """When the first of the credits expire: "in 7 days · 30 Mar 2027"; "" without credits or expiry."""
    return formats.date_in_words(client.next_expiry) if client.credits and client.next_expiry else ""
