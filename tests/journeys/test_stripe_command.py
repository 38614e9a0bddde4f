"""The command sync against a double of Stripe: one pass, what it says, and the codes that it ends with."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from frontdesk import cli
from frontdesk.commands.answer import FOUND, OK, REFUSED, Answer
from frontdesk.commands.sync import sync, waits_in_words
from frontdesk.errors import Refused
from frontdesk.models.money import Money
from frontdesk.models.sync import OUTBOX_STATES
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.drafts.transactions import TransactionFilter
from frontdesk.services.gateways.stripe_gateway import BASE_VARIABLE
from frontdesk.services.packages import publish_package
from frontdesk.services.stripe.wire import NotReached
from frontdesk.services.transactions import transactions
from frontdesk.services.views.sync_status import OutboxRow, Trouble
from tests.builders import build_studio, make_package
from tests.services.stripe.studio import SECRET_NAME, connect
from tests.stripe_double import ACCOUNT, Clock, StripeDouble
from tests.support.secrets import KeptSecrets


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeDouble]:
    with StripeDouble(clock=Clock(datetime.now(UTC))) as double:
        monkeypatch.setenv(BASE_VARIABLE, double.url)
        yield double


@pytest.fixture
def studio(tmp_path: Path, stripe: StripeDouble) -> Places:
    """A studio that is connected, with a package for Stripe to hear of."""
    places = Places(tmp_path / "home").make()
    office = open_office(places)
    owner = build_studio(office)
    connect(office, owner, account_id=ACCOUNT)
    package_id = make_package(office, owner, publish=False, online=True, price=Money(9000, "USD"))
    office.write(publish_package, owner, None, package_id)
    office.database.close()
    return places


def run(places: Places, stripe: StripeDouble, *, full: bool = False) -> Answer:
    secrets = KeptSecrets()
    secrets.kept[SECRET_NAME] = stripe.key
    return sync(Namespace(full=full), places, lambda: secrets)


def test_one_pass_sends_and_takes_over_and_says_what(studio: Places, stripe: StripeDouble) -> None:
    """Y3, Y4."""
    answer = run(studio, stripe)
    assert answer.code == OK, answer.lines
    assert answer.lines[0] == "Stripe account Sunrise, TEST MODE."
    assert answer.data["sent"] >= 3 and answer.data["waiting"] == []
    link = str(next(iter(stripe.account.payment_links))["id"])
    stripe.pay_link(link)
    answer = run(studio, stripe)
    assert answer.code == OK and answer.data["pulled"]["objects"] >= 1
    office = open_office(studio)
    assert [row.amount.amount for row in office.read(transactions, TransactionFilter()).rows] == [9000]
    office.database.close()
    answer = run(studio, stripe, full=True)
    assert answer.data["pulled"]["swept"] and "(Stripe's lists were compared)" in answer.lines[1]


def test_without_network_or_key_it_is_refused_and_says_why(studio: Places, stripe: StripeDouble) -> None:
    """Y5, A4."""
    with pytest.raises(Refused, match=r"stripe\.no_key"):
        sync(Namespace(full=False), studio, KeptSecrets)
    stripe.go_offline()
    with pytest.raises(NotReached):
        run(studio, stripe)


def test_what_waits_is_found(studio: Places, stripe: StripeDouble) -> None:
    """Y4: no answer is no failure."""
    stripe.faults.add("500_before", "POST", "/v1/products", times=None)
    answer = run(studio, stripe)
    assert answer.code == FOUND and [one["state"] for one in answer.data["waiting"]] == ["unknown"]
    assert answer.lines[-1] == (
        "Waits: Put a package on sale online (10-class pack). Stripe has trouble of its own, so it is not "
        "known whether it was done. Frontdesk asks again until it knows; do nothing twice."
    )


@pytest.mark.parametrize(
    "state", [one for one in OUTBOX_STATES if one not in ("done", "failed", "cancelled")]
)
def test_how_it_stands_is_told_in_words(state: str) -> None:
    """U6: what was held waits for a person, whatever had stood in its way before."""
    at = datetime(2027, 1, 4, tzinfo=UTC)
    row = OutboxRow(1, "refund.create", state, "Mira Okafor", None, True, at, None, 0, None)
    told = waits_in_words(row)
    assert told.startswith("Waits: Pay a refund (Mira Okafor). ") and told.endswith(".")
    assert "operation_state" not in told and f"({state})" not in told
    lost = waits_in_words(replace(row, trouble=Trouble("stripe.no_answer", {})))
    assert (lost == told) == (state == "held"), "the cause says more"


def test_what_was_not_taken_over_is_told_with_what_to_quote(studio: Places, stripe: StripeDouble) -> None:
    """U6, A7."""
    run(studio, stripe)
    link = str(next(iter(stripe.account.payment_links))["id"])
    odd = stripe.pay_link(link)
    stripe.account.sessions.update(odd["id"], amount_total="ninety")
    stripe.violations.clear()
    answer = run(studio, stripe)
    stripe.violations.clear()
    (line,) = (one for one in answer.lines if one.startswith("Not taken over"))
    assert line.startswith(f"Not taken over: {odd['id']}. Stripe tells of this in a way")
    assert f"quote {odd['id']}. Details: " in line and line.endswith(".") and "amounts.py" in line
    assert "amounts.py" in answer.data["set_aside"][0]["detail"]


def test_the_command_line_knows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = Places(tmp_path / "home").make()
    office = open_office(places)
    build_studio(office)
    office.database.close()
    assert cli.run(["sync", "--home", str(places.home), "--json"]) == REFUSED
    told = json.loads(capsys.readouterr().out)
    assert told["error"] == "stripe.not_connected" and not told["ok"]
