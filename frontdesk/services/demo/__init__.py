"""The demo studio: a small one full of invented people, made by the real use cases (look around)."""

from __future__ import annotations

from datetime import datetime

from frontdesk.services.demo.setting import STUDIO
from frontdesk.services.demo.story import Story
from frontdesk.services.office import Office
from frontdesk.services.ports import SystemClock
from frontdesk.services.views.settings import Founded


def fill_demo(office: Office, *, now: datetime | None = None, zone: str = "", seed: int = 1) -> Founded:
    """Found the demo studio in an empty database and fill it with four months up to ``now``, in seconds.

    All of it is one transaction: however it ends, there is a whole studio or none. ``zone`` is an IANA name,
    best the computer's own, so that the studio has customers while somebody looks at it ("" takes New
    York's). The same seed, zone and instant give the same studio. Returns the owner and her desk.

    Raises:
        Refused: studio.exists. CalendarError: calendar.unknown_zone.
    """
    with office.database.writing() as connection:
        return Story(connection, now or SystemClock().now(), zone or STUDIO.zone, seed).tell()
