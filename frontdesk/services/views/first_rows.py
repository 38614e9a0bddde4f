"""View of what the first painted frame shows."""

from __future__ import annotations

from typing import NamedTuple

from frontdesk.services.views.client_rows import ClientRow
from frontdesk.services.views.desks import DeskRow, StaffRow


class FirstRows(NamedTuple):
    """The studio's name and first rows, read before the rest of the program is loaded."""

    studio_name: str
    currency: str
    zone: str
    demo: bool
    desks: tuple[DeskRow, ...]
    staff: tuple[StaffRow, ...]
    clients: tuple[ClientRow, ...]
    test_mode: bool = False
