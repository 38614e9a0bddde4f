"""``frontdesk --self-check``: proves on this computer, in a scratch folder, that the whole program works.

It founds a studio, sells, redeems, refunds, checks the books, opens the window, shows each screen and quits.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from frontdesk.app import open_window
from frontdesk.errors import FrontdeskError
from frontdesk.messages import sentence
from frontdesk.models.money import Money
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.clients import create_client
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.drafts.settings import StudioDraft
from frontdesk.services.gateways.keyring_store import keyring_state
from frontdesk.services.gateways.stripe_gateway import StripeGateway, library_state
from frontdesk.services.office import Office
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.packages import create_package, publish_package
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.sales import sell
from frontdesk.services.settings import create_studio
from frontdesk.services.stripe.wire import NotReached, StripeCall, StripeTrouble
from frontdesk.services.unit_of_work import NOBODY, Actor
from frontdesk.services.verify import check_books
from frontdesk.ui.main_window import MainWindow

SCREENS = ("clients", "packages", "payments", "settings")
_PRICE = Money(9000, "USD")


class CheckFailed(Exception):
    """A step did not do what it must; the message says which."""


def self_check() -> int:
    """Run all steps and say how each went; 0 where all went well, 1 otherwise."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="frontdesk-check-", ignore_cleanup_errors=True) as folder:
        places = Places(Path(folder))
        steps: tuple[tuple[str, Callable[[Places], str]], ...] = (
            ("books", _check_books),
            ("window", _check_window),
            ("keyring", lambda _: keyring_state().kind),
            ("stripe", _check_stripe),
        )
        return max(_step(name, run, places) for name, run in steps)


def _step(name: str, run: Callable[[Places], str], places: Places) -> int:
    started = time.perf_counter()
    try:
        told = run(places)
    except FrontdeskError as error:
        print(f"✗ {name}: {sentence(error.code, error.params)} ({error})")
        return 1
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what the check is for)
        print(f"✗ {name}: {type(error).__name__}: {error}")
        return 1
    print(f"✓ {name}: {told} ({time.perf_counter() - started:.1f} s)", flush=True)
    return 0


def _check_books(places: Places) -> str:
    """Found, migrate, sell ten credits and two free, refund all of it, and prove the books."""
    office = open_office(places)
    try:
        draft = StudioDraft("Self-check", "USD", "Europe/Berlin", "Desk 1", "Ana")
        founded = office.write(create_studio, NOBODY, None, draft).value
        actor = Actor(founded.staff_id, founded.desk_id)
        _sell_and_refund(office, actor)
        report = office.read(check_books)
    finally:
        office.database.close()
    if not report.holds:
        raise CheckFailed(", ".join(finding.code for finding in report.findings))
    return f"{report.counts['sale']} sale, {report.counts['refund']} refund, the books hold"


def _sell_and_refund(office: Office, actor: Actor) -> None:
    pack = PackageDraft(name="Ten", credits=10, bonus=2, price=_PRICE, validity_count=90)
    package_id = office.write(create_package, actor, None, pack).value.package_id
    office.write(publish_package, actor, None, package_id)
    client_id = office.write(create_client, actor, None, ClientDraft("Zoë Ångström")).value.client_id
    offer = office.read(packages_on_sale, client_id)[0]
    draft = SaleDraft(
        client_id, (SaleLineDraft(package_id, offer.version_id),), payments=(PaymentDraft("cash", _PRICE),)
    )
    sold = office.write(sell, actor, None, draft).value
    line = office.read(refund_view, sold.sale_id).lines[0]
    if line.suggested != _PRICE:
        raise CheckFailed(f"the refund of an unused sale suggests {line.suggested}")
    refund = RefundDraft(line.sale_line_id, line.suggested, line.left, "other", "self-check")
    office.write(request_refund, actor, None, refund)


def _check_window(places: Places) -> str:
    """Open the real window on these books, show every screen of the sidebar, take its picture, and quit."""
    shown: list[str] = []

    def look(window: MainWindow) -> None:
        try:
            shown.extend(screen for screen in SCREENS if _shows(window, screen))
        finally:
            window.close()

    code = open_window(places, ready=look)
    if code != 0 or len(shown) != len(SCREENS):
        raise CheckFailed(f"the window ended with {code} after showing {', '.join(shown) or 'nothing'}")
    return ", ".join(shown)


def _check_stripe(_places: Places) -> str:
    """Call Stripe at an address of this computer where nobody answers: all that a call needs is there."""
    told = library_state()
    gateway = StripeGateway("sk_test_selfcheck", "https://127.0.0.1:9")
    try:
        gateway.call(StripeCall("get", "/v1/account"))
    except NotReached:
        return told
    except StripeTrouble as trouble:
        raise CheckFailed(str(trouble)) from trouble
    finally:
        gateway.close()
    raise CheckFailed("somebody answered in Stripe's place")


def _shows(window: MainWindow, screen: str) -> bool:
    """Whether the screen paints more than an empty ground."""
    window.navigate(screen)
    picture = window.grab().toImage()
    places = ((x, y) for x in range(0, picture.width(), 16) for y in range(0, picture.height(), 16))
    return len({picture.pixel(x, y) for x, y in places}) > 3
