"""The start where no books are at hand: the first start, the demo studio, a server, an older file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from frontdesk.errors import Refused
from frontdesk.paths import Places, find_places
from frontdesk.services.views.first_rows import FirstRows
from frontdesk.ui.context import UiContext, make_context
from frontdesk.ui.session import Session, StudioFacts
from frontdesk.ui.theme import theme

log = logging.getLogger("frontdesk.app")

if TYPE_CHECKING:
    from frontdesk.services.drafts.settings import StudioDraft
    from frontdesk.services.office import Office
    from frontdesk.services.ports import Clock
    from frontdesk.services.unit_of_work import Reading
    from frontdesk.ui.notice import Notice
    from frontdesk.ui.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Begun:
    """The studio that was opened or set up."""

    places: Places
    office: Office
    first: FirstRows


class Welcome:
    """Brings a studio into being or opens it, with a window that says what takes time."""

    def __init__(
        self, places: Places, preferences: Preferences, locale: QLocale, clock: Clock, *, demo: bool
    ) -> None:
        self._places = places
        self._clock = clock
        self._demo = demo
        self.context = _without_studio(preferences, locale)

    async def begin(self) -> Begun | None:
        """The opened studio; None where the person closed the wizard.

        Raises:
            FrontdeskError: the books cannot be opened or made.
        """
        if self._demo:
            return await self._open_demo(self._places)
        if self._places.database_url is None and not self._places.books.exists():
            return await self._ask()
        try:
            return await self._open(self._places)
        except Refused as refused:
            if refused.code != "studio.missing":
                raise
        # A server's database, or a file whose wizard was not finished.
        return await self._ask()

    async def _ask(self) -> Begun | None:
        from asyncio import get_running_loop

        from frontdesk.ui.dialogs.first_start import FirstStart

        begun = get_running_loop().create_future()

        def answer(result: Begun | None) -> None:
            if not begun.done():
                begun.set_result(result)

        async def create(draft: StudioDraft) -> None:
            answer(await self._found(draft))

        async def demo() -> None:
            answer(await self._open_demo(find_places(self._places.home, demo=True).make()))

        window = FirstStart(self.context, create=create, demo=demo, cancelled=partial(answer, None))
        window.show()
        result: Begun | None = await begun
        window.hide()
        window.deleteLater()
        return result

    async def _found(self, draft: StudioDraft) -> Begun:
        await self.context.tasks.chore(_found, self._places, self._clock, draft)
        return await self._open(self._places)

    async def _open_demo(self, places: Places) -> Begun:
        if not places.books.exists():
            with self._notice(QCoreApplication.translate("welcome", "Preparing the demo studio…")):
                await self.context.tasks.chore(_make_demo, places, self._clock)
        return await self._open(places)

    async def _open(self, places: Places) -> Begun:
        with self._notice(QCoreApplication.translate("welcome", "Opening the books…")):
            office, first = await self.context.tasks.chore(_opened, places, self._clock)
        return Begun(places, office, first)

    def _notice(self, text: str) -> Notice:
        from frontdesk.ui.notice import Notice

        return Notice(text)


def tell_and_quit(
    error: BaseException, preferences: Preferences, locale: QLocale, quit: Callable[[], object]
) -> None:
    """Say in a window of its own why the program cannot start, and end when it is closed."""
    from frontdesk.ui.notice import StopNotice

    report = _without_studio(preferences, locale).errors.describe(error)
    if report.bug:
        log.error("error %s", report.id, exc_info=error)
    StopNotice(report, quit).show()


def _without_studio(preferences: Preferences, locale: QLocale) -> UiContext:
    """The tools of the ui before there is a studio: its currency and zone are the wizard's to ask for."""
    nowhere = Session(StudioFacts("Frontdesk", "USD", "UTC"), desk_id=0, desk_name="", staff=())
    return make_context(session=nowhere, preferences=preferences, theme=theme(), locale=locale)


def _found(places: Places, clock: Clock, draft: StudioDraft) -> None:
    from frontdesk.opening import open_office
    from frontdesk.services.settings import create_studio
    from frontdesk.services.unit_of_work import NOBODY

    office = open_office(places, clock=clock)
    try:
        office.write(create_studio, NOBODY, None, draft)
    finally:
        office.database.close()


def _make_demo(places: Places, clock: Clock) -> None:
    from frontdesk.opening import open_office
    from frontdesk.services.demo import fill_demo
    from frontdesk.ui.places_of_the_world import guessed_zone

    office = open_office(places, clock=clock)
    try:
        fill_demo(office, now=clock.now(), zone=guessed_zone())
    finally:
        office.database.close()


def _opened(places: Places, clock: Clock) -> tuple[Office, FirstRows]:
    from frontdesk.opening import open_office

    office = open_office(places, clock=clock)
    return office, office.read(_first)


def _first(reading: Reading) -> FirstRows:
    from frontdesk.services.client_rows import client_page
    from frontdesk.services.desks import desk_rows
    from frontdesk.services.settings import studio_view
    from frontdesk.services.staff import staff_rows

    view = studio_view(reading)
    return FirstRows(
        studio_name=view.name,
        currency=view.currency,
        zone=view.zone,
        demo=view.demo,
        desks=desk_rows(reading),
        staff=staff_rows(reading),
        clients=client_page(reading).rows,
        test_mode=view.test_mode,
    )
