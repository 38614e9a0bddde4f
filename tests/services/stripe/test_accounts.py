"""Connecting the books with a Stripe account: whose key, which mode, and nothing written where it errs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import InvalidDraft, Refused
from frontdesk.models.base import metadata
from frontdesk.models.sync import stripe_account, stripe_object, sync_state
from frontdesk.services.drafts.stripe_key import StripeKeyDraft
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.office import Office
from frontdesk.services.settings import studio_view
from frontdesk.services.stripe.accounts import (
    account_view,
    connect_account,
    connected_account,
    disconnect_account,
    kept_key,
    note_facts,
    probe_key,
    prove_key,
    refresh_account,
)
from frontdesk.services.stripe.actor import online_actor
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.outbox import NewOp, enqueue
from frontdesk.services.stripe.wire import NotReached, StripeCall
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from tests.builders import SetClock, build_studio
from tests.services.problems import refused
from tests.stripe_double import ACCOUNT, StripeDouble
from tests.support.secrets import KeptSecrets

KEYS = {
    (account, mode): f"rk_{mode}_{account}" for account in ("Sunrise", "Moon") for mode in ("test", "live")
}


class Studio:
    """A studio of one kind, with Stripe behind its line."""

    def __init__(self, office: Office, clock: SetClock, stripe: StripeDouble, kind: str) -> None:
        self.office, self.stripe, self.secrets = office, stripe, KeptSecrets()
        self.owner = build_studio(office, demo=kind == "demo")
        if kind == "trial":
            office.write(make_trial, self.owner)
        self.line = StripeLine(
            office, self.secrets, lambda secret: StripeGateway(secret, stripe.url), clock.now
        )

    def prove(self, secret: str, **more: Any) -> Any:
        return prove_key(self.line, StripeKeyDraft(secret, **more))

    def connect(self, secret: str) -> None:
        """As the window does it: prove, keep, write."""
        proof = self.prove(secret)
        self.secrets.put(proof.secret_name, secret)
        self.office.write(connect_account, self.owner, None, proof.account, proof.livemode, proof.secret_name)
        self.line.renew()

    def view(self) -> Any:
        return self.office.read(account_view)

    def all_rows(self) -> dict[str, int]:
        return self.office.read(counted)


def make_trial(work: UnitOfWork) -> None:
    work.connection.exec_driver_sql("UPDATE studio SET trial = true")


def counted(reading: Reading) -> dict[str, int]:
    """How many rows each table has."""
    count = sa.func.count()
    return {
        table.name: int(reading.connection.execute(sa.select(count).select_from(table)).scalar_one())
        for table in metadata.sorted_tables
        if table.name != "command"
    }


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        double.on("acct_Moon", True)
        for (account, mode), secret in KEYS.items():
            double.add_key(secret, account=ACCOUNT if account == "Sunrise" else "acct_Moon")
            assert mode in secret
        yield double


@pytest.fixture(params=["studio", "demo", "trial"])
def any_studio(
    request: pytest.FixtureRequest, office: Office, clock: SetClock, stripe: StripeDouble
) -> Studio:
    return Studio(office, clock, stripe, request.param)


@pytest.fixture
def studio(office: Office, clock: SetClock, stripe: StripeDouble) -> Studio:
    return Studio(office, clock, stripe, "studio")


@pytest.fixture
def trial(office: Office, clock: SetClock, stripe: StripeDouble) -> Studio:
    return Studio(office, clock, stripe, "trial")


def answers(line: StripeLine) -> str:
    """Whose account is at the other end."""
    return str(line.gateway().call(StripeCall("get", "/v1/account")).body["id"])


LIVE, TEST = KEYS["Sunrise", "live"], KEYS["Sunrise", "test"]


def test_each_kind_of_books_takes_the_keys_of_its_mode_alone(any_studio: Studio) -> None:
    """Y7: refused before Stripe is asked and before anything is written."""
    is_copy = any_studio.view().takes_test_keys
    good, bad = (TEST, LIVE) if is_copy else (LIVE, TEST)
    before = any_studio.all_rows()
    with pytest.raises(Refused) as refused:
        any_studio.prove(bad)
    assert refused.value.code == ("stripe.live_key_in_copy" if is_copy else "stripe.test_key_in_studio")
    assert any_studio.stripe.requests.total == 0 and any_studio.all_rows() == before
    any_studio.connect(good)
    view = any_studio.view()
    assert (view.connected, view.account_id, view.livemode) == (True, ACCOUNT, not is_copy)
    assert any_studio.office.read(studio_view).test_mode is is_copy


def test_connecting_makes_who_acts_online_and_notes_what_stripe_says(studio: Studio) -> None:
    """Y6, S1."""
    assert studio.office.read(online_actor) is None
    studio.connect(LIVE)
    view = studio.view()
    assert view.charges_enabled and view.payouts_enabled and view.country == "US"
    assert view.name and view.checked_at is not None and view.waiting == 0
    assert studio.office.read(online_actor) is not None
    rows = studio.all_rows()
    assert (rows["stripe_account"], rows["sync_state"]) == (1, 1)
    assert kept_key(studio.line) == LIVE
    assert answers(studio.line) == ACCOUNT


def test_the_key_is_in_the_keyring_and_in_no_table(studio: Studio) -> None:
    """A4."""
    studio.connect(LIVE)
    assert list(studio.secrets.kept.values()) == [LIVE]
    assert LIVE not in studio.office.read(dumped)


def dumped(reading: Reading) -> str:
    return "\n".join(
        str(tuple(row))
        for table in metadata.sorted_tables
        for row in reading.connection.execute(sa.select(table))
    )


def test_a_key_for_everything_is_refused_until_it_is_meant(studio: Studio) -> None:
    """A4."""
    secret = studio.stripe.add_key("sk_live_51Everything")
    with pytest.raises(InvalidDraft) as invalid:
        studio.prove(secret)
    assert [one.code for one in invalid.value.problems] == ["stripe.key_unrestricted"]
    assert studio.prove(secret, unrestricted=True).livemode


def test_of_a_test_key_for_everything_its_mode_is_told_first(studio: Studio) -> None:
    """Y7: nobody is asked to mean what these books do not take."""
    assert refused(studio.prove, "sk_test_51Everything") == "stripe.test_key_in_studio"


def test_a_revoked_key_and_no_network_are_told_and_nothing_is_written(studio: Studio) -> None:
    before = studio.all_rows()
    studio.stripe.revoke_key(LIVE)
    with pytest.raises(InvalidDraft) as refused:
        studio.prove(LIVE)
    assert [(one.field, one.code) for one in refused.value.problems] == [("pasted", "stripe.key_refused")]
    studio.stripe.go_offline()
    with pytest.raises(NotReached) as away:
        studio.prove(LIVE)
    assert away.value.code == "stripe.key_not_proved"
    assert studio.all_rows() == before and studio.secrets.kept == {}


def test_another_account_is_refused_once_the_books_belong_to_one(studio: Studio) -> None:
    """Y7."""
    studio.connect(LIVE)
    studio.office.write(sell_online, studio.owner)
    before = studio.all_rows()
    with pytest.raises(Refused) as refused:
        studio.connect(KEYS["Moon", "live"])
    assert refused.value.code == "stripe.another_account"
    assert (refused.value.params["found"], refused.value.params["expected"]) == ("acct_Moon", ACCOUNT)
    assert studio.all_rows() == before and list(studio.secrets.kept.values()) == [LIVE]


def sell_online(work: UnitOfWork) -> None:
    """Something that refers to the account."""
    enqueue(work, NewOp("product", "/v1/products"))


def test_before_that_another_account_takes_its_place_and_what_was_known_goes(studio: Studio) -> None:
    studio.connect(LIVE)
    studio.office.write(know_something, studio.owner)
    first = studio.office.read(connected_account)
    studio.connect(KEYS["Moon", "live"])
    second = studio.office.read(connected_account)
    assert first is not None and second is not None
    assert second.account_id == "acct_Moon" and second.secret_name != first.secret_name
    rows = studio.all_rows()
    assert (rows["stripe_account"], rows["stripe_object"], rows["sync_state"]) == (1, 0, 1)
    assert studio.office.read(high_water) is None


def high_water(reading: Reading) -> Any:
    return reading.connection.execute(sa.select(sync_state.c.high_water)).scalar_one()


def know_something(work: UnitOfWork) -> None:
    known = {"id": "ch_1", "kind": "charge", "created": work.now, "body": "{}", "fetched_at": work.now}
    work.connection.execute(sa.insert(stripe_object), known)
    work.connection.execute(sa.update(sync_state), {"high_water": work.now})


def test_the_copy_keeps_to_the_account_of_the_studio(trial: Studio) -> None:
    """Y7: both modes of the one account."""
    trial.office.write(as_copied, trial.owner, None, ACCOUNT)
    with pytest.raises(Refused, match="another_account"):
        trial.prove(KEYS["Moon", "test"])
    trial.connect(TEST)
    assert trial.view().account_id == ACCOUNT and not trial.view().livemode


def as_copied(work: UnitOfWork, account_id: str) -> None:
    row = {
        "id": 1, "account_id": account_id, "livemode": False, "name": "Sunrise", "secret_name": "stripe-copy",
        "facts": {}, "connected_at": work.now, "connected_by": 1, "disconnected_at": work.now,
    }  # fmt: skip
    work.connection.execute(sa.insert(stripe_account), row)


def test_disconnecting_stops_the_line_and_the_same_account_goes_on_under_its_name(studio: Studio) -> None:
    studio.connect(LIVE)
    name = studio.office.write(disconnect_account, studio.owner).value
    studio.secrets.forget(name)
    studio.line.renew()
    assert not studio.view().connected and studio.view().name
    with pytest.raises(Refused, match="not_connected"):
        studio.line.gateway()
    with pytest.raises(Refused, match="not_connected"):
        studio.office.write(disconnect_account, studio.owner)
    studio.connect(LIVE)
    assert list(studio.secrets.kept) == [name] and studio.view().connected
    assert answers(studio.line) == ACCOUNT


def test_a_second_desk_gives_its_own_keyring_the_key_under_the_same_name(
    studio: Studio, clock: SetClock
) -> None:
    """L3."""
    studio.connect(LIVE)
    elsewhere = KeptSecrets()
    line = StripeLine(
        studio.office, elsewhere, lambda secret: StripeGateway(secret, studio.stripe.url), clock.now
    )
    with pytest.raises(Refused, match="no_key"):
        line.gateway()
    assert line.state.kind == "no_key"
    other = studio.stripe.add_key("rk_live_OfTheOtherDesk")
    proof = prove_key(line, StripeKeyDraft(other))
    assert proof.secret_name in studio.secrets.kept
    elsewhere.put(proof.secret_name, other)
    line.renew()
    assert answers(line) == ACCOUNT


def test_what_stripe_wants_is_read_again_on_demand(studio: Studio) -> None:
    """Y6."""
    studio.connect(LIVE)
    account = refresh_account(studio.line)
    wants = account.replace('"payouts_enabled": true', '"payouts_enabled": false, "requirements": {'
        '"currently_due": ["external_account", "tos_acceptance.date"], "past_due": ["external_account"],'
        ' "current_deadline": 1800000000}')  # fmt: skip
    studio.office.write(note_facts, studio.owner, None, wants)
    view = studio.view()
    assert not view.payouts_enabled and view.wanted == ("external_account", "tos_acceptance.date")
    assert view.wanted_by is not None and view.wanted_by.timestamp() == 1_800_000_000


def test_each_permission_is_told_as_it_is_found(studio: Studio) -> None:
    told: list[str] = []
    probed = probe_key(studio.line, LIVE, "owner", lambda one: told.append(one.row))
    assert told == [one.row for one in probed] and len(told) > 10


@pytest.mark.parametrize("currency", ["UGX"])
def test_a_currency_that_stripe_counts_nobody_knows_how_is_not_connected(
    office: Office, clock: SetClock, stripe: StripeDouble, currency: str
) -> None:
    """S9."""
    made = Studio(office, clock, stripe, "studio")
    made.office.write(count_in, made.owner, None, currency)
    with pytest.raises(Refused, match="currency_unsure"):
        made.prove(LIVE)


def count_in(work: UnitOfWork, currency: str) -> None:
    work.connection.exec_driver_sql(f"UPDATE studio SET currency = '{currency}'")
