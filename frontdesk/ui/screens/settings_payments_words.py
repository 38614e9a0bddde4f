"""How the studio's Stripe account, and the line to it from this computer, are put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from frontdesk.services.views.checkouts import ReaderRow
from frontdesk.services.views.stripe_account import Access, AccountView, LineState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from frontdesk.ui.formats import Formats
    from frontdesk.ui.messages import Messages

# Linguist knows calls of this name.
translate = QCoreApplication.translate

#: Stripe's codes of the readers that it sells, by what stands on them; names are not translated.
_DEVICES: Final = {
    "bbpos_wisepos_e": "BBPOS WisePOS E",
    "stripe_s700": "Stripe Reader S700",
    "verifone_P400": "Verifone P400",
}


def account_pairs(view: AccountView, connection: str, formats: Formats) -> list[tuple[str, str]]:
    """What Stripe said of the account, line by line; without the connection where it is told already."""
    yes, no = translate("PaymentsWords", "Yes"), translate("PaymentsWords", "No")
    pairs = [
        (translate("PaymentsWords", "Account"), f"{view.name} · {view.account_id}"),
        (translate("PaymentsWords", "Takes payments"), yes if view.charges_enabled else no),
        (translate("PaymentsWords", "Pays out to the bank"), yes if view.payouts_enabled else no),
        (translate("PaymentsWords", "Stripe still wants"), _wanted(view, formats)),
    ]
    if connection:
        pairs.append((translate("PaymentsWords", "Connection"), connection))
    if view.checked_at is not None:
        pairs.append((translate("PaymentsWords", "Checked"), formats.instant(view.checked_at)))
    return pairs


def boxes_to_tick(wanted: Iterable[tuple[str, Access]]) -> list[tuple[str, str]]:
    """What a key needs, by the column of Stripe's page in which it is ticked."""
    write, read = translate("PaymentsWords", "Write"), translate("PaymentsWords", "Read")
    boxes: dict[Access, list[str]] = {"write": [], "read": []}
    for label, access in wanted:
        boxes[access].append(label)
    return [(write, ", ".join(boxes["write"])), (read, ", ".join(boxes["read"]))]


def line_words(state: LineState, messages: Messages, *, asking: bool) -> str:
    """How the line is, for the section in which a key can be put in; ``asking`` while it is being asked."""
    if asking and state.kind != "ready":
        # What was found of it before says nothing of what is asked now.
        return translate("PaymentsWords", "Checking…")
    if state.kind == "ready":
        return translate("PaymentsWords", "Stripe answers, and the key works.")
    if state.code == "stripe.no_key":
        return translate("PaymentsWords", "This computer does not have the key. Put it in below.")
    if state.code == "stripe.permission_missing":
        lacks = translate("PaymentsWords", "Stripe answers, but the key lacks the permission {name}.")
        return lacks.format(name=state.params.get("permission", ""))
    if state.code:
        return messages.text(state.code, state.params)
    return translate("PaymentsWords", "Not asked yet")


def reader_words(reader: ReaderRow) -> str:
    """A card reader as it was last seen: what it is, and whether it was there."""
    there = translate("PaymentsWords", "online") if reader.online else translate("PaymentsWords", "offline")
    if reader.simulated:
        return translate("PaymentsWords", "simulated, {there}").format(there=there)
    device = _DEVICES.get(reader.device, reader.device)
    return f"{device}, {there}" if device else there


def _wanted(view: AccountView, formats: Formats) -> str:
    if not view.wanted:
        return translate("PaymentsWords", "Nothing")
    # Stripe's own names, such as tos_acceptance.date: its dashboard asks for them in full.
    names = ", ".join(one.replace("_", " ").replace(".", ": ") for one in view.wanted)
    if view.wanted_by is None:
        return names
    by = translate("PaymentsWords", "{names} (by {date})")
    return by.format(names=names, date=formats.instant(view.wanted_by))
