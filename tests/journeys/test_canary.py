"""A key goes through the whole program, with all that can go wrong: then it is in the keyring alone."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.services.gateways.stripe_gateway import BASE_VARIABLE
from frontdesk.services.stripe.keys import PERMISSIONS
from tests.stripe_double import StripeDouble
from tests.support.secret_service import missing_packages, run_with_keyring

CANARY = "rk_live_51CanaryQw7Tz9Xv3Bn5Mk1Lp8"
REVOKED = "rk_live_51RevokedHg4Jd6Sa2Pw0Yr7Uc5"


def shapes(secret: str) -> Iterator[bytes]:
    """The middle of a key as it may lie about: plain, in UTF-16, in hexadecimal, and in base64."""
    middle = secret[9:-2].encode()
    yield middle
    yield middle.decode().encode("utf-16-le")
    yield middle.hex().encode()
    for shift in range(3):
        # Base64 reads three letters at a time, from wherever they begin.
        yield base64.b64encode(b"_" * shift + middle)[4:-4]


def found(folder: Path) -> list[str]:
    """Files in which one of the keys lies, in whatever shape."""
    wanted = [*shapes(CANARY), *shapes(REVOKED)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [
        f"{path.relative_to(folder)}: {shape!r}"
        for path in files
        for shape in wanted
        if shape in path.read_bytes()
    ]


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble(livemode=True) as double:
        permissions = {one.slug("owner").removeprefix("rak_") for one in PERMISSIONS}
        double.add_key(CANARY, permissions=permissions)
        double.add_key(REVOKED, revoked=True)
        yield double


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_key_is_found_nowhere_but_in_the_keyring(stripe: StripeDouble, tmp_path: Path) -> None:
    """R8, A4: not in books, their copies and logs, on screen, in arguments, or in what children inherit."""
    missing = missing_packages()
    if missing:
        pytest.skip(f"install {missing}")
    home, notes = tmp_path / "studio", tmp_path / "notes"
    notes.mkdir()
    done = run_with_keyring(
        f"from tests.journeys.canary import main; main({str(home)!r}, {str(notes)!r})",
        tmp_path / "person",
        given=f"{CANARY}\n{REVOKED}\n",
        **{BASE_VARIABLE: stripe.url, "STRIPE_LOG": "debug", "PYTHONPATH": os.getcwd()},
    )
    assert done.stdout.splitlines()[-1:] == ["kept 0"], done.stderr[-3000:]
    (notes / "said").write_text(done.stdout + done.stderr)
    assert found(tmp_path) == []
    names = {path.name for path in tmp_path.rglob("*")}
    assert {"studio.db", "frontdesk.log", "child", "crash", "arguments", "environment"} <= names
    assert (tmp_path / "studio" / "trial" / "studio.db").exists()
    assert "TypeError" in (home / "logs" / "frontdesk.log").read_text(), "the bug was logged"


def test_the_search_finds_a_key_in_every_shape(tmp_path: Path) -> None:
    """The search can fail."""
    folder = tmp_path / "a"
    folder.mkdir()
    for number, text in enumerate(
        (
            f"key={CANARY}".encode(),
            f"key={CANARY}".encode("utf-16-le"),
            base64.b64encode(f"user:{REVOKED}".encode()),
            base64.b64encode(CANARY.encode()),
            CANARY.encode().hex().encode(),
        )
    ):
        (folder / str(number)).write_bytes(text)
    assert {line.split(":")[0] for line in found(tmp_path)} == {f"a/{number}" for number in range(5)}
