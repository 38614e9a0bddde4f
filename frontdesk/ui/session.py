"""Who acts at which desk in which studio: facts that the shell shows and every write carries."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal


class StudioFacts(NamedTuple):
    """The studio as the ui needs it. `currency` is an ISO 4217 code, `zone` an IANA name."""

    name: str
    currency: str
    zone: str
    demo: bool = False
    prices_include_tax: bool = True
    #: Whether no real money moves here: a copy for trying, or an account in Stripe's test mode.
    test_mode: bool = False


class StaffFacts(NamedTuple):
    """One staff member who may act."""

    id: int
    name: str


class Session(QObject):
    """The desk as it is now. `changed` tells of another studio name, staff member or list of staff."""

    changed = Signal()

    def __init__(
        self,
        studio: StudioFacts,
        *,
        desk_id: int,
        desk_name: str,
        staff: tuple[StaffFacts, ...],
        staff_id: int | None = None,
        version: str = "",
        parent: QObject | None = None,
    ) -> None:
        """`staff_id` is who acts first; without it, or if they have left, the first of `staff`."""
        super().__init__(parent)
        self.studio = studio
        self.desk_id = desk_id
        self.desk_name = desk_name
        self.staff = staff
        self.version = version
        known = {one.id for one in staff}
        self.staff_id = staff_id if staff_id in known else (staff[0].id if staff else 0)

    @property
    def staff_name(self) -> str:
        """The name of who acts."""
        return next((one.name for one in self.staff if one.id == self.staff_id), "")

    def switch_to(self, staff_id: int) -> None:
        """Another staff member takes over; nothing on screen is lost."""
        if staff_id != self.staff_id and any(one.id == staff_id for one in self.staff):
            self.staff_id = staff_id
            self.changed.emit()

    def update(
        self,
        *,
        studio: StudioFacts | None = None,
        staff: tuple[StaffFacts, ...] | None = None,
        desk_name: str | None = None,
    ) -> None:
        """After Settings changed one of these."""
        self.studio = studio or self.studio
        self.desk_name = desk_name or self.desk_name
        if staff is not None:
            self.staff = staff
            if staff and not self.staff_name:
                self.staff_id = staff[0].id
        self.changed.emit()
