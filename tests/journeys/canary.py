"""A program of its own in which a person puts a key into the running Frontdesk, and all goes wrong with it.

`python -c "from tests.journeys.canary import main; main(HOME, NOTES)"`, the key on standard input, beside a
real keyring. What could give the key away is written into the folder of notes, for the test to search.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from frontdesk.app import open_window
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.gateways.keyring_store import KeyringStore
from frontdesk.services.stripe.accounts import connected_account
from frontdesk.ui.theme import ARGUMENTS
from frontdesk.ui.widgets.surfaces import KeyValues
from tests.builders import build_studio
from tests.journeys.program import Person, _beginning, _go
from tests.support.event_loop import until


def main(home: str, notes: str) -> None:
    """Found a studio, go through it all, and end the program."""
    gc.disable()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _app = QApplication([*ARGUMENTS])
    secret = sys.stdin.readline().strip()
    others = sys.stdin.readline().strip()
    places = Places(Path(home)).make()
    office = open_office(places)
    build_studio(office)
    office.database.close()
    person = Person()
    failures: list[BaseException] = [AssertionError("the program ended before the journey did")]

    async def journey(one: Person) -> None:
        await _walk(one, secret, others, Path(notes))

    with _beginning(lambda: _go(person, journey, failures)):
        code = open_window(places, ready=person._ready)
    if failures:
        raise failures[0]
    office = open_office(places)
    account = office.read(connected_account)
    kept = None if account is None else KeyringStore().get(account.secret_name)
    office.database.close()
    print("kept" if kept == secret else "lost", code, flush=True)
    # What is left of the window would be taken apart in any order.
    os._exit(0)


async def _walk(person: Person, secret: str, revoked: str, notes: Path) -> None:
    window = await person.window()
    await until(lambda: "stripe_line" in window.context.services)
    window.navigate("settings", "payments")
    await person.settled()
    # A key that Stripe does not take, then a typing mistake, then the right one.
    for pasted in (revoked, f"{secret}*", secret):
        await person.tab_to("paymentsKey")
        QApplication.clipboard().setText(pasted)
        await person.press("Ctrl+A", "Ctrl+V", "Return")
    QApplication.clipboard().clear()
    assert "may do all" in person.text("paymentsBannerText"), person.text("paymentsBannerText")
    person.find(QPushButton, "paymentsCheckButton").click()
    await person.settled()
    assert "key works" in person.find(KeyValues, "paymentsAccount").value("Connection")
    await _try_a_copy(person, notes)
    await _meet_a_bug(person, notes)
    # Left in the field when the program ends.
    await person.tab_to("paymentsKey")
    QApplication.clipboard().setText(secret)
    await person.press("Ctrl+V")
    _note(notes)


async def _try_a_copy(person: Person, notes: Path) -> None:
    """Starts another program, which writes down what it was started with."""
    program = notes / "program"
    program.write_text(
        f'#!/bin/sh\ntr "\\0" "\\n" < /proc/$$/environ > {notes}/child\necho "$@" >> {notes}/child\n'
    )
    program.chmod(0o700)
    before, sys.executable = sys.executable, str(program)
    person.find(QPushButton, "paymentsTrialButton").click()
    await person.shown("stripeTrialDialog")
    await person.press("Return")
    sys.executable = before
    await until(lambda: "--home" in (notes / "child").read_text() if (notes / "child").exists() else False)


async def _meet_a_bug(person: Person, notes: Path) -> None:
    """An error that nobody expects, in the middle of a call."""
    window = await person.window_behind()
    line = window.context.ask("stripe_line")
    loop = asyncio.get_running_loop()

    def breaks() -> None:
        gateway = line.gateway()
        (
            gateway._gateway._client._requestor._options.api_key + 1
        )  # the key itself, in a frame of the traceback

    try:
        await loop.run_in_executor(None, breaks)
    except TypeError as error:
        window.context.errors.report(error)
    dialog = await person.shown("crashDialog")
    shown = [one.text() for one in dialog.findChildren(QWidget) if hasattr(one, "text")]
    (notes / "crash").write_text("\n".join(map(str, shown)))
    person.find(QPushButton, "crashDialogCloseButton").click()
    await (await person.window_behind()).context.tasks.settled()
    await person.window()


def _note(notes: Path) -> None:
    (notes / "arguments").write_bytes(Path("/proc/self/cmdline").read_bytes() + repr(sys.argv).encode())
    (notes / "environment").write_bytes(Path("/proc/self/environ").read_bytes() + repr(os.environ).encode())
