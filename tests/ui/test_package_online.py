"""A package at Stripe on the Packages screen: its state, link and code, and changes of the dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from frontdesk.errors import Refused
from frontdesk.models.money import Money
from frontdesk.services.changes import Change, Topic
from frontdesk.services.package_lists import package_detail
from frontdesk.services.stripe.wire import Declined, Unclear
from frontdesk.ui.context import UiContext
from frontdesk.ui.i18n import set_right_to_left
from frontdesk.ui.link_paper import link_html, save_link_pdf, save_picture
from frontdesk.ui.screens.package_online import PackageOnline
from frontdesk.ui.screens.packages import PackagesScreen
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.widgets.qr_code import QrCode, modules_of
from frontdesk.ui.widgets.surfaces import Chip
from tests.builders import MORNING
from tests.services.stripe.catalogue_desk import CatalogueDesk, once
from tests.services.stripe.direct_stripe import direct_stripe
from tests.services.stripe.studio import ConnectedStudio, connect
from tests.stripe_double import Clock
from tests.ui.conftest import Show
from tests.ui.desks import ScreenDesk, screen_desk
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off

LINK = "https://buy.stripe.com/test_abc123"


@pytest.fixture
def desk(running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show) -> Iterator[ScreenDesk]:
    """The window over fresh books."""
    with screen_desk(running, _sqlite_template, tmp_path) as made:
        show(made.window)
        yield made


@pytest.fixture
def stripe(desk: ScreenDesk) -> Iterator[CatalogueDesk]:
    """The studio's account, and a double of Stripe."""
    online = connect(desk.office, desk.ana)
    studio = ConnectedStudio(desk.office, desk.clock, desk.ana, online)
    with direct_stripe(clock=Clock(MORNING)) as double:
        yield CatalogueDesk(studio, double)


async def opened(desk: ScreenDesk, package: int) -> PackagesScreen:
    await desk.in_front()
    desk.window.navigate("packages", package)
    await desk.settled()
    screen = desk.window.current_screen()
    assert isinstance(screen, PackagesScreen)
    screen.editor.tabs.show_page("online")
    return screen


async def told(desk: ScreenDesk, topic: Topic) -> None:
    """What sync wrote reaches the screen as another desk's changes do."""
    desk.context.notifier.broadcast((Change(topic),))
    await desk.settled()


async def run(desk: ScreenDesk, command: str) -> None:
    desk.context.actions[command].trigger()
    await desk.settled()


def text(desk: ScreenDesk, name: str) -> str:
    return desk.find(QLabel, name).text()


def chip(desk: ScreenDesk) -> str:
    return desk.find(Chip, "packageOnlineState").text()


def rename_at_stripe(stripe: CatalogueDesk, **changed: object) -> None:
    (product,) = stripe.products
    stripe.stripe.double.edit_product_in_dashboard(product["id"], **changed)
    stripe.pull(product)


# --- State -----------------------------------------------------------------------------------------


async def test_a_package_on_its_way_says_what_it_waits_for(desk: ScreenDesk, stripe: CatalogueDesk) -> None:
    """P5: and needs no look at anything else."""
    package = stripe.package()
    await opened(desk, package)
    assert chip(desk) == "Waiting to sync"
    assert text(desk, "packageOnlineSentence") == (
        "Waiting since 4 Jan 2027 09:00 for Stripe to confirm its product. It goes on by itself."
    )
    assert not desk.has("packageLink")


async def test_a_draft_that_is_to_be_sold_online_needs_only_to_be_published(
    desk: ScreenDesk, stripe: CatalogueDesk
) -> None:
    """P5."""
    await opened(desk, stripe.package(publish=False))
    assert text(desk, "packageOnlineSentence") == "Publish it, and its link stands here."


async def test_its_link_and_code_stand_there_as_soon_as_stripe_has_it(
    desk: ScreenDesk, stripe: CatalogueDesk
) -> None:
    """Y1: what sync did shows without a look at anything else, and what was typed stays."""
    package = stripe.package()
    screen = await opened(desk, package)
    screen.editor.form["price"].set_value(9900)
    screen.editor.form["price"].edited.emit()
    stripe.push()
    await told(desk, Topic.SYNC)
    url = stripe.links[0]["url"]
    assert chip(desk) == "On sale online" and text(desk, "packageLink") == url
    assert desk.find(QrCode, "packageQrCode").text() == url
    assert screen.editor.is_touched
    await run(desk, "package.copy_link")
    assert QGuiApplication.clipboard().text() == url and desk.toast() == "The link is copied."


async def test_no_clear_answer_is_unknown_and_not_failed(desk: ScreenDesk, stripe: CatalogueDesk) -> None:
    """Y4."""
    package = stripe.package()
    stripe.stripe.before = once(lambda call: _raise(Unclear("stripe.no_answer", detail="x")))
    stripe.push()
    await opened(desk, package)
    assert chip(desk) == "Unknown, checking"
    assert text(desk, "packageOnlineSentence").startswith("Its product was sent to Stripe")


async def test_what_stripe_refused_is_told_with_its_reason_and_tried_again(
    desk: ScreenDesk, stripe: CatalogueDesk
) -> None:
    """U6."""
    package = stripe.package()
    no = Declined("stripe.declined", stripe_code="x", said="Your account is restricted.")
    stripe.stripe.before = once(lambda call: _raise(no))
    stripe.push()
    await opened(desk, package)
    assert chip(desk) == "Not in step with Stripe"
    assert "Stripe refused: Your account is restricted." in text(desk, "packageOnlineSentence")
    assert desk.has("packageTryAgainButton")
    await run(desk, "package.try_again")
    assert chip(desk) == "Waiting to sync" and not desk.has("packageTryAgainButton")


async def test_a_link_that_still_sells_the_terms_of_before_is_owned_up_to(
    desk: ScreenDesk, stripe: CatalogueDesk
) -> None:
    package = stripe.package()
    stripe.push()
    stripe.edit(package, price=Money(9900, "USD"))
    await opened(desk, package)
    assert "the link that is out there sells what it sold before" in text(desk, "packageOnlineSentence")


async def test_a_studio_without_stripe_is_told_where_to_connect(desk: ScreenDesk) -> None:
    """P5, U6."""
    from tests.builders import make_package

    package = make_package(desk.office, desk.ana, online=True)
    await opened(desk, package)
    assert chip(desk) == "Stripe not connected"
    assert "Connect it in the settings" in text(desk, "packageOnlineSentence")
    local = make_package(desk.office, desk.ana, name="Local")
    await opened(desk, local)
    assert chip(desk) == "" and "Choose “Desk and online”" in text(desk, "packageOnlineSentence")


# --- Saving ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "closes"), [("price", 9900, True), ("name", "Ten", False), ("online", False, True)]
)
async def test_the_save_dialog_says_that_printed_codes_stop_working(
    desk: ScreenDesk, stripe: CatalogueDesk, key: str, value: object, closes: bool
) -> None:
    """Y1, beside P4: only where they do."""
    package = stripe.package()
    stripe.push()
    screen = await opened(desk, package)
    field = screen.editor.form[key]
    field.set_value(value)
    screen.editor.form.is_touched = True
    await run(desk, "package.save")
    said = text(desk, "savePackageDialogConsequenceText")
    assert said.startswith("Changes apply to future sales; nothing was sold of it yet.")
    assert ("Printed QR codes of the old link stop working." in said) is closes


# --- Changed in the dashboard ----------------------------------------------------------------------


async def test_what_was_changed_in_the_dashboard_is_shown_and_can_be_taken(
    desk: ScreenDesk, stripe: CatalogueDesk
) -> None:
    package = stripe.package()
    stripe.push()
    await opened(desk, package)
    assert not desk.has("packageDrift")
    rename_at_stripe(stripe, name="Zehnerkarte")
    await told(desk, Topic.PACKAGES)
    assert desk.has("packageDrift") and chip(desk) == "Changed at Stripe"
    assert text(desk, "packageDriftText") == "Name: 10-class pack → Zehnerkarte"
    await run(desk, "package.take_theirs")
    assert not desk.has("packageDrift") and desk.toast() == "Zehnerkarte is now as it is at Stripe."
    assert desk.office.read(package_detail, package).row.name == "Zehnerkarte"


async def test_ours_can_be_kept(desk: ScreenDesk, stripe: CatalogueDesk) -> None:
    package = stripe.package()
    stripe.push()
    rename_at_stripe(stripe, active=False)
    await opened(desk, package)
    assert "nobody can buy it online" in text(desk, "packageDriftText")
    assert not desk.has("packageLink")
    await run(desk, "package.keep_ours")
    assert chip(desk) == "Waiting to sync" and not desk.has("packageDrift")
    stripe.push()
    assert stripe.products[0]["active"]


async def test_a_name_that_cannot_be_taken_is_told_beside_the_field(
    desk: ScreenDesk, stripe: CatalogueDesk
) -> None:
    """P6."""
    package = stripe.package()
    stripe.package(name="Zehnerkarte", online=False)
    stripe.push()
    rename_at_stripe(stripe, name="Zehnerkarte")
    screen = await opened(desk, package)
    await run(desk, "package.take_theirs")
    assert "Another package on sale is called Zehnerkarte" in screen.editor.form.problem("name")
    assert desk.has("packageDrift")


# --- Paper and pictures ----------------------------------------------------------------------------


def test_a_code_is_dark_on_white_in_every_theme(look: None, show: Show) -> None:
    """U3: scanners read nothing else; each module is as large as the next, with white around."""
    code = QrCode("A link")
    code.set_text(LINK)
    show(code)
    for scheme in Scheme.LIGHT, Scheme.DARK:
        theme().set_scheme(scheme)
        assert _rows_of(code.grab().toImage()) == [list(row) for row in modules_of(LINK)]
    assert code.accessibleName() == "A link"


def test_a_saved_picture_holds_the_whole_code(look: None, tmp_path: Path) -> None:
    code = QrCode("A link")
    code.set_text(LINK)
    save_picture(code.image(1200), tmp_path / "code.png")
    saved = QImage(str(tmp_path / "code.png"))
    assert 1100 < saved.width() <= 1200
    assert _rows_of(saved) == [list(row) for row in modules_of(LINK)]


def test_the_paper_holds_the_code_and_what_it_buys(look: None, tmp_path: Path) -> None:
    code = QrCode("A link")
    code.set_text(LINK)
    html = link_html("Sunrise & Sons", "10-class pack", "12 credits for 90.00 USD", code.image(1200))
    assert "Sunrise &amp; Sons" in html and "12 credits for 90.00 USD" in html
    save_link_pdf(html, "10-class pack", tmp_path / "code.pdf")
    content = (tmp_path / "code.pdf").read_bytes()
    assert content.startswith(b"%PDF") and b"/Subtype /Image" in content


def test_a_folder_that_cannot_be_written_is_named(look: None, tmp_path: Path) -> None:
    """U6."""
    with pytest.raises(Refused) as refused:
        save_picture(QImage(QSize(9, 9), QImage.Format.Format_RGB32), tmp_path / "no" / "code.png")
    assert refused.value.code == "link_paper.cannot_save"


async def test_without_a_printer_the_code_can_be_saved(desk: ScreenDesk, stripe: CatalogueDesk) -> None:
    """U6."""
    package = stripe.package()
    stripe.push()
    screen = await opened(desk, package)
    await run(desk, "package.print_code")
    assert "No printer is set up" in screen.editor.online.banner.text()


async def test_saving_says_where_it_is(desk: ScreenDesk, stripe: CatalogueDesk, tmp_path: Path) -> None:
    package = stripe.package()
    stripe.push()
    page: PackageOnline = (await opened(desk, package)).editor.online
    page.paper.save_picture(tmp_path / "code.png", page.code)
    await desk.settled()
    assert desk.toast() == "Saved as code.png" and (tmp_path / "code.png").exists()
    page.paper.save_pdf(tmp_path / "code.pdf", "10-class pack", "12 credits", page.code)
    await desk.settled()
    assert desk.toast() == "Saved as code.pdf"


# --- Walked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mirrored", [False, True])
async def test_nothing_is_cut_off_and_everything_has_a_name(
    desk: ScreenDesk, stripe: CatalogueDesk, mirrored: bool
) -> None:
    """U2, U3, U7: at the smallest window, with text half as large again."""
    theme().set_scale(1.5)
    set_right_to_left(mirrored)
    try:
        package = stripe.package()
        stripe.push()
        rename_at_stripe(stripe, name="Zehnerkarte", active=True)
        desk.window.resize(1024, 640)
        await opened(desk, package)
        assert_accessible(desk.window)
        assert_nothing_cut_off(desk.window)
        assert_no_clashes(desk.context)
    finally:
        set_right_to_left(False)


async def test_the_code_can_be_reached_by_the_keyboard(desk: ScreenDesk, stripe: CatalogueDesk) -> None:
    """U2."""
    package = stripe.package()
    stripe.push()
    await opened(desk, package)
    button = desk.find(QWidget, "packageCopyLinkButton")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == stripe.links[0]["url"]


def _rows_of(image: QImage) -> list[list[int]]:
    """The modules that a picture shows, read in their middles."""
    dark = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y) == QColor(Qt.GlobalColor.black)
    ]
    left, top = min(x for x, _ in dark), min(y for _, y in dark)
    side = max(x for x, _ in dark) - left + 1
    count = len(modules_of(LINK))
    module = side / count
    assert left >= 4 * module - 1 and top >= 4 * module - 1, "too little white around the code"
    middles = [(at + 0.5) * module for at in range(count)]
    colors = [[image.pixelColor(int(left + x), int(top + y)) for x in middles] for y in middles]
    return [[int(color.lightness() < 128) for color in row] for row in colors]


def _raise(error: Exception) -> None:
    raise error
