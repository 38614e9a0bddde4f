"""Settings, Payments: a key is put in, proved and kept in the keyring; what it lacks is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLockFile, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.stripe.accounts import account_view
from frontdesk.services.stripe.keys import PERMISSIONS
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.mirror import store
from frontdesk.services.stripe.wire import NotAllowed, StripeCall
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.checkouts import ReaderRow
from frontdesk.services.views.sync_status import SyncStatus
from frontdesk.ui.another_program import command_for
from frontdesk.ui.context import UiContext
from frontdesk.ui.openers import serve_dialogs
from frontdesk.ui.screens.settings_payments import PaymentsSection
from frontdesk.ui.screens.settings_payments_words import reader_words
from frontdesk.ui.session import StudioFacts
from frontdesk.ui.sync_board import SyncBoard
from frontdesk.ui.widgets.surfaces import Chip, KeyValues
from tests.stripe_double import ACCOUNT, StripeDouble
from tests.support.secrets import KeptSecrets
from tests.ui.conftest import Show
from tests.ui.desks import ScreenDesk, screen_desk
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off

LIVE = "rk_live_CanaryCanaryCanary"
ALL = {one.slug("owner").removeprefix("rak_") for one in PERMISSIONS}


class Bench:
    """The window with Stripe behind it, and what it opened outside."""

    def __init__(self, desk: ScreenDesk, stripe: StripeDouble) -> None:
        self.desk, self.stripe, self.secrets = desk, stripe, KeptSecrets()
        stripe.add_key(LIVE, permissions=ALL)
        self.gateways: list[StripeGateway] = []
        self.line = StripeLine(desk.office, self.secrets, self._open, desk.clock.now)
        self.opened: list[Any] = []
        desk.context.serve("stripe_line", lambda: self.line)
        desk.context.serve("open_address", self.opened.append)
        desk.context.serve("open_program", self._started)
        self.starts = True
        serve_dialogs(desk.context)

    def _open(self, secret: str) -> StripeGateway:
        self.gateways.append(StripeGateway(secret, self.stripe.url))
        return self.gateways[-1]

    def _started(self, folder: Path) -> bool:
        self.opened.append(folder)
        return self.starts

    async def section(self) -> PaymentsSection:
        """Goes to the section."""
        await self.desk.in_front()
        self.desk.window.navigate("settings", "payments")
        await self.desk.settled()
        shown = self.desk.window.current_screen().current()  # type: ignore[union-attr]
        assert isinstance(shown, PaymentsSection)
        return shown

    async def put_in(self, secret: str) -> PaymentsSection:
        """Pastes a key and presses Enter."""
        section = await self.section()
        section.form["pasted"].setText(secret)
        QTest.keyClick(section.form["pasted"], Qt.Key.Key_Return)
        await self.desk.settled()
        return section

    async def press(self, name: str) -> None:
        """Presses a button."""
        self.desk.find(QPushButton, name).click()
        await self.desk.settled()

    def value(self, name: str) -> str:
        """A line of the account."""
        return self.desk.find(KeyValues, "paymentsAccount").value(name)

    def banner(self) -> str:
        """What the section says."""
        return self.desk.find(QLabel, "paymentsBannerText").text()

    @property
    def view(self) -> Any:
        """The account in the books."""
        return self.desk.office.read(account_view)


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble(livemode=True) as double:
        yield double


@pytest.fixture
def bench(
    running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show, stripe: StripeDouble
) -> Iterator[Bench]:
    """The window over fresh books, and Stripe."""
    with screen_desk(running, _sqlite_template, tmp_path) as made:
        show(made.window)
        bench = Bench(made, stripe)
        yield bench
        for gateway in bench.gateways:
            gateway.close()


async def test_a_key_is_put_in_by_keyboard_and_the_account_is_told(bench: Bench) -> None:
    """A4, Y6, Y7."""
    section = await bench.put_in(f"  {LIVE}\n")
    assert (bench.view.connected, bench.view.account_id) == (True, ACCOUNT)
    assert list(bench.secrets.kept.values()) == [LIVE]
    assert "may do all that it needs" in bench.banner()
    assert ACCOUNT in bench.value("Account") and bench.value("Takes payments") == "Yes"
    assert bench.value("Stripe still wants") == "Nothing"
    assert bench.value("Connection") == "Not asked yet"
    assert bench.desk.find(Chip, "paymentsMode").text() == "Live"
    assert section.permissions.words("product") == "Write" and section.permissions.words("event") == "Read"
    assert section.form["pasted"].text() == ""
    await bench.press("paymentsCheckButton")
    assert bench.value("Connection") == "Stripe answers, and the key works."


async def test_the_card_readers_are_listed_and_one_more_can_be_set_up(bench: Bench) -> None:
    """S2: not only in the middle of a sale."""
    section = await bench.put_in(LIVE)
    assert bench.desk.has("paymentsReaderButton") and not bench.desk.has("paymentsReaders")
    bench.desk.office.write(take_in, bench.desk.ana)
    section.show_settings(None)  # type: ignore[arg-type]
    await bench.desk.settled()
    assert bench.desk.find(KeyValues, "paymentsReaders").value("Front desk") == "simulated, online"
    bench.desk.find(QPushButton, "paymentsReaderButton").click()
    await bench.desk.settled()
    assert bench.desk.has("registerReaderDialog")
    bench.desk.find(QDialog, "registerReaderDialog").reject()


def take_in(work: UnitOfWork) -> None:
    """A reader that Stripe tells of."""
    body = {
        "id": "tmr_1", "object": "terminal.reader", "label": "Front desk", "status": "online",
        "device_type": "simulated_wisepos_e", "livemode": False,
    }  # fmt: skip
    store(work, [body], work.now)


def test_a_reader_is_called_what_stands_on_it() -> None:
    told = reader_words(ReaderRow("tmr_1", "Front desk", "bbpos_wisepos_e", online=True, simulated=False))
    assert told == "BBPOS WisePOS E, online"
    new = reader_words(ReaderRow("tmr_2", "Bar", "of_tomorrow", online=False, simulated=False))
    assert new == "of_tomorrow, offline"


async def test_while_sync_is_about_to_ask_it_says_so(bench: Bench) -> None:
    board = SyncBoard()
    bench.desk.context.serve("sync", lambda: board)
    section = await bench.put_in(LIVE)
    assert bench.value("Connection") == "Checking…"
    bench.line.gateway()
    board.show(SyncStatus(online=True))
    await bench.desk.settled()
    assert bench.value("Connection") == "Stripe answers, and the key works." and section.isVisible()


async def test_the_key_is_dots_and_stays_in_no_field_and_no_draft(bench: Bench) -> None:
    """A4."""
    section = await bench.section()
    field = section.form["pasted"]
    assert field.echoMode() is QLineEdit.EchoMode.Password
    field.setText(LIVE)
    bench.desk.window.navigate("packages")
    await bench.desk.settled()
    await bench.section()
    assert field.text() == ""
    field.undo()
    assert field.text() == "" and not field.isUndoAvailable()
    await bench.put_in(LIVE)
    assert "Canary" not in repr(bench.desk.context.drafts) + repr(section.form.snapshot())


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("", "Fill this in to go on."),
        ("pk_live_51Abc9DefG", "This is a public key"),
        ("4242 4242 4242 4242", "card"),
        ("rk_live_51Abc*****DefG", "shown whole only once"),
    ],
)
async def test_what_is_no_key_is_told_beside_the_field(bench: Bench, pasted: str, sentence: str) -> None:
    """P6, A5."""
    section = await bench.put_in(pasted)
    assert sentence in section.form.problem("pasted")
    assert bench.stripe.requests.total == 0 and not bench.view.connected


async def test_a_key_for_everything_is_taken_only_after_a_tick(bench: Bench) -> None:
    """A4."""
    await bench.section()
    tick = bench.desk.find(QCheckBox, "paymentsUnrestricted")
    assert not tick.isVisible()
    section = await bench.put_in(bench.stripe.key)
    assert tick.isVisible() and "may do everything" in section.form.problem("unrestricted")
    assert not bench.view.connected
    tick.click()
    await bench.press("paymentsConnectButton")
    assert bench.view.connected and not tick.isVisible() and not tick.isChecked()


async def test_a_test_key_is_refused_in_the_studio_with_the_way_to_try(bench: Bench) -> None:
    """Y7."""
    await bench.put_in(bench.stripe.add_key("rk_test_51Abc9DefG"))
    assert "use a copy of the studio" in bench.banner()
    await bench.press("paymentsBannerAction")
    bench.desk.find(QDialog, "stripeTrialDialog").reject()
    assert not bench.view.connected and bench.secrets.kept == {}
    assert bench.desk.find(QLabel, "windowBannerText").text() == ""


async def test_a_key_that_stripe_does_not_know_is_told_beside_its_field(bench: Bench) -> None:
    """P6, A5: and not as one that worked before."""
    section = await bench.put_in("rk_live_51Abc9DefG")
    assert "Stripe does not accept this key: “" in section.form.problem("pasted")
    assert bench.banner() == "" and not bench.view.connected


async def test_missing_permissions_are_named_one_by_one_and_found_once_they_are_there(bench: Bench) -> None:
    """A4."""
    bench.stripe.add_key(LIVE, permissions=ALL - {"charge_write", "payout_read"})
    section = await bench.put_in(LIVE)
    assert bench.view.connected
    assert "lacks: Charges and Refunds, Payouts." in bench.banner()
    assert section.permissions.words("charge") == "Write is missing (rak_charge_write)"
    assert section.permissions.words("payout") == "Read is missing (rak_payout_read)"
    with pytest.raises(NotAllowed):
        bench.line.gateway().call(StripeCall("get", "/v1/payouts"))
    bench.desk.window.navigate("settings", "look")
    await bench.section()
    assert bench.value("Connection") == "Stripe answers, but the key lacks the permission rak_payout_read."
    bench.stripe.add_key(LIVE, permissions=ALL)
    await bench.press("paymentsCheckButton")
    assert "may do all that it needs" in bench.banner()
    assert section.permissions.words("charge") == "Write"


async def test_the_boxes_to_tick_at_stripe_are_listed_before_there_is_a_key(bench: Bench) -> None:
    """A4: whatever Stripe's page ticks by itself; less of them for a computer that only sells."""
    section = await bench.section()
    assert bench.desk.has("paymentsBoxes") and not bench.view.connected
    ticked = {key: set(section.boxes.value(key).split(", ")) for key in ("Write", "Read")}
    assert ticked["Write"] | ticked["Read"] == {one.label for one in PERMISSIONS}
    assert {"Products", "Prices", "Locations"} <= ticked["Write"] and "Events" in ticked["Read"]
    bench.desk.find(QPushButton, "paymentsUse1").click()
    await bench.desk.settled()
    assert "Products" in section.boxes.value("Read") and "Products" not in section.boxes.value("Write")


async def test_what_this_computer_does_is_known_at_the_next_start(bench: Bench) -> None:
    """A4: else a key that was made for selling alone would lack what it never needed."""
    permissions = {one.slug("desk").removeprefix("rak_") for one in PERMISSIONS}
    bench.stripe.add_key(LIVE, permissions=permissions)
    await bench.section()
    bench.desk.find(QPushButton, "paymentsUse1").click()
    await bench.put_in(LIVE)
    again = PaymentsSection(bench.desk.context, bench.desk.context.late(
        "frontdesk.ui.presenters.settings", "SettingsPresenter"
    ))  # fmt: skip
    assert again.form["use"].value() == "desk"
    again.deleteLater()
    await bench.press("paymentsCheckButton")
    assert "may do all that it needs" in bench.banner()


async def test_a_computer_that_only_sells_needs_less(bench: Bench) -> None:
    desk_key = {one.slug("desk").removeprefix("rak_") for one in PERMISSIONS}
    bench.stripe.add_key(LIVE, permissions=desk_key)
    section = await bench.section()
    section.form["use"].set_value("desk")
    await bench.put_in(LIVE)
    assert "may do all that it needs" in bench.banner()
    await bench.press("paymentsStripeLink")
    (link,) = bench.opened
    assert link.startswith("https://dashboard.stripe.com/apikeys/create?")
    assert "rak_product_read" in link and "rak_product_write" not in link


@pytest.mark.parametrize("code", ["keyring.locked", "keyring.missing", "keyring.unsafe", "keyring.failed"])
async def test_a_keyring_that_takes_nothing_is_told_and_the_books_stay_as_they_were(
    bench: Bench, code: str
) -> None:
    """A4: the program works on without Stripe."""
    bench.secrets.refuses = code
    await bench.put_in(LIVE)
    assert bench.banner() == bench.desk.context.messages.text(code, {"detail": "a test"})
    assert bench.banner().endswith("All else works without Stripe.") and not bench.view.connected
    assert ("a test" in bench.banner()) is (code in ("keyring.unsafe", "keyring.failed"))
    assert bench.desk.find(QPushButton, "paymentsConnectButton").isEnabled()


async def test_without_a_network_the_key_waits_in_its_field_and_goes_in_at_the_next_press(
    bench: Bench,
) -> None:
    bench.stripe.go_offline()
    section = await bench.put_in(LIVE)
    assert bench.banner().startswith("Stripe cannot be reached, so the key was not put in.")
    assert section.form["pasted"].text() == LIVE
    bench.stripe.go_online()
    await bench.press("paymentsConnectButton")
    assert bench.view.connected


async def test_a_revoked_key_is_told_with_what_to_do_and_another_is_put_in(bench: Bench) -> None:
    await bench.put_in(LIVE)
    bench.stripe.revoke_key(LIVE)
    await bench.press("paymentsCheckButton")
    assert "does not accept this key any more" in bench.banner()
    assert not bench.desk.has("paymentsPermissions"), "what it may do was told of a key that worked"
    bench.desk.window.navigate("settings", "look")
    await bench.section()
    assert bench.banner() == "" and "does not accept this key any more" in bench.value("Connection")
    assert bench.desk.find(QLabel, "paymentsKeyTitle").text() == "Put in another key"
    other = bench.stripe.add_key("rk_live_TheOtherOne", permissions=ALL)
    await bench.put_in(other)
    assert list(bench.secrets.kept.values()) == [other] and "may do all" in bench.banner()


async def test_who_presses_a_button_by_keyboard_stays_there_and_sees_the_answer(bench: Bench) -> None:
    """U2: a second press sets nothing else off, and the answer is not scrolled away."""
    section = await bench.section()
    bench.desk.window.resize(1024, 640)
    section.form["pasted"].setText(LIVE)
    for name in ("paymentsConnectButton", "paymentsCheckButton"):
        button = bench.desk.find(QPushButton, name)
        button.setFocus()
        section._sheet.ensureWidgetVisible(button)
        QTest.keyClick(button, Qt.Key.Key_Space)
        assert QApplication.focusWidget() is section._sheet
        await bench.desk.settled()
        assert QApplication.focusWidget() is button
        assert "may do all that it needs" in bench.banner()
        assert section.banner.visibleRegion().boundingRect() == section.banner.rect()


async def test_what_is_wrong_with_a_key_stays_in_sight(bench: Bench) -> None:
    """P6: also where the account stands above it."""
    section = await bench.put_in(LIVE)
    bench.desk.window.resize(1024, 640)
    section.form["pasted"].setText("rk_live_51Abc9DefG")
    await bench.press("paymentsConnectButton")
    told = bench.desk.find(QLabel, "paymentsKeyProblem")
    assert told.visibleRegion().boundingRect() == told.rect()


async def test_disconnecting_says_what_waits_and_takes_the_key_out(bench: Bench) -> None:
    await bench.put_in(LIVE)
    bench.desk.office.write(something_waits, bench.desk.ana)
    await bench.press("paymentsDisconnectButton")
    dialog = bench.desk.find(QDialog, "stripeDisconnectDialog")
    await bench.desk.settled()
    assert "One thing still waits" in bench.desk.find(QLabel, "stripeDisconnectDialogConsequenceText").text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await bench.desk.settled()
    assert bench.view.connected, "Enter is Cancel"
    await bench.press("paymentsDisconnectButton")
    await bench.press("stripeDisconnectButton")
    assert not bench.view.connected and bench.secrets.kept == {}
    assert not bench.desk.has("paymentsAccount") and not bench.desk.has("paymentsDisconnectButton")
    assert bench.desk.toast() == "Stripe is disconnected"


def something_waits(work: UnitOfWork) -> None:
    from frontdesk.services.stripe.outbox import NewOp, enqueue

    enqueue(work, NewOp("product", "/v1/products"))


# --- The copy ----------------------------------------------------------------------------------------


async def test_the_copy_is_made_and_opened_in_a_program_of_its_own(bench: Bench, tmp_path: Path) -> None:
    """Y7."""
    await bench.section()
    await bench.press("paymentsTrialButton")
    QTest.keyClick(bench.desk.find(QDialog, "stripeTrialDialog"), Qt.Key.Key_Return)
    await bench.desk.settled()
    assert bench.opened == [tmp_path / "trial"]
    assert (tmp_path / "trial" / "studio.db").exists()
    assert command_for(tmp_path / "trial")[-2:] == ["--home", str(tmp_path / "trial")]


async def test_a_copy_that_is_there_is_opened_again_or_made_anew(bench: Bench, tmp_path: Path) -> None:
    books = tmp_path / "trial" / "studio.db"
    books.parent.mkdir()
    books.write_bytes(b"of before")
    await bench.section()
    await bench.press("paymentsTrialButton")
    await bench.desk.settled()
    primary = bench.desk.find(QPushButton, "stripeTrialOpenButton")
    assert primary.text() == "Open the copy"
    primary.click()
    await bench.desk.settled()
    assert bench.opened == [tmp_path / "trial"] and books.read_bytes() == b"of before"
    await bench.press("paymentsTrialButton")
    await bench.desk.settled()
    bench.desk.find(QPushButton, "stripeTrialWhich1").click()
    assert "thrown away" in bench.desk.find(QLabel, "stripeTrialDialogConsequenceText").text()
    await bench.press("stripeTrialOpenButton")
    assert books.read_bytes().startswith(b"SQLite format 3")


async def test_a_copy_that_is_open_keeps_its_books(bench: Bench, tmp_path: Path) -> None:
    books = tmp_path / "trial" / "studio.db"
    books.parent.mkdir()
    books.write_bytes(b"in use")
    lock = QLockFile(str(tmp_path / "trial" / "frontdesk.lock"))
    lock.setStaleLockTime(0)
    assert lock.tryLock(0)
    await bench.section()
    await bench.press("paymentsTrialButton")
    await bench.desk.settled()
    bench.desk.find(QPushButton, "stripeTrialWhich1").click()
    await bench.press("stripeTrialOpenButton")
    assert "The copy is open" in bench.desk.find(QLabel, "stripeTrialDialogBannerText").text()
    assert books.read_bytes() == b"in use" and bench.opened == []
    lock.unlock()


async def test_a_program_that_cannot_be_started_says_how_to_start_it(bench: Bench, tmp_path: Path) -> None:
    bench.starts = False
    await bench.section()
    await bench.press("paymentsTrialButton")
    await bench.press("stripeTrialOpenButton")
    told = bench.desk.find(QLabel, "stripeTrialDialogBannerText").text()
    assert f"frontdesk --home “{tmp_path / 'trial'}”" in told


async def test_in_a_copy_a_test_key_is_asked_for_and_no_further_copy_is_offered(bench: Bench) -> None:
    """Y7, A4."""
    bench.desk.office.write(is_trial, bench.desk.ana)
    section = await bench.section()
    assert not bench.desk.has("paymentsTrialButton")
    assert "rk_test_" in section.form["pasted"].accessibleDescription()
    await bench.put_in(LIVE)
    assert "these books are only for trying" in bench.banner()
    await bench.put_in(bench.stripe.add_key("rk_test_ForTrying", permissions=ALL))
    assert bench.desk.find(Chip, "paymentsMode").text() == "TEST MODE"


def is_trial(work: UnitOfWork) -> None:
    work.connection.exec_driver_sql("UPDATE studio SET trial = true")


# --- Everywhere --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "mark"), [(1280, "demoMark"), (800, "topDemoMark")])
async def test_test_mode_is_told_on_every_screen_also_where_the_sidebar_is_narrow(
    bench: Bench, width: int, mark: str
) -> None:
    """A4."""
    window = bench.desk.window
    window.resize(width, 640)
    window.navigate("packages")
    await bench.desk.settled()
    assert not bench.desk.has(mark)
    facts = bench.desk.context.studio
    bench.desk.context.session.update(studio=StudioFacts(*facts[:3], test_mode=True))
    for screen in ("packages", "settings"):
        window.navigate(screen)
        await bench.desk.settled()
        assert bench.desk.has(mark) and bench.desk.find(QLabel, mark).text() == "TEST MODE"
        assert window.windowTitle().endswith("TEST MODE")
    bench.desk.context.session.update(studio=StudioFacts(*facts[:3], demo=True, test_mode=True))
    assert bench.desk.find(QLabel, mark).text() == "DEMO · TEST MODE"
    bench.desk.context.session.update(studio=facts)
    await bench.desk.settled()
    assert not bench.desk.has(mark) and "TEST" not in window.windowTitle()


@pytest.mark.parametrize("size", [(1024, 640), (1920, 1080), (760, 560)])
async def test_everything_is_named_and_nothing_is_cut_off(bench: Bench, size: tuple[int, int]) -> None:
    """U3."""
    bench.desk.window.resize(*size)
    bench.stripe.add_key(LIVE, permissions=ALL - {"charge_write"})
    await bench.section()
    assert_accessible(bench.desk.window)
    await bench.put_in(LIVE)
    assert_accessible(bench.desk.window)
    assert_nothing_cut_off(bench.desk.window)
    assert_no_clashes(bench.desk.context)
    for button, dialog in (
        ("paymentsTrialButton", "stripeTrialDialog"),
        ("paymentsDisconnectButton", "stripeDisconnectDialog"),
    ):
        await bench.press(button)
        shown = bench.desk.find(QDialog, dialog)
        assert_accessible(shown)
        assert_nothing_cut_off(shown)
        shown.reject()
        await bench.desk.settled()


async def test_without_open_books_it_says_so(
    running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show
) -> None:
    with screen_desk(running, _sqlite_template, tmp_path) as desk:
        show(desk.window)
        await desk.in_front()
        desk.window.navigate("settings", "payments")
        await desk.settled()
        section = desk.window.findChild(QWidget, "settingsPayments")
        assert isinstance(section, PaymentsSection)
        section.form["pasted"].setText(LIVE)
        section.connect_key()
        await desk.settled()
        assert "not open yet" in desk.find(QLabel, "paymentsBannerText").text()
