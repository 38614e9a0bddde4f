"""The line to Stripe: proved once, closed by a bad key until there is another, and open again by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from frontdesk.errors import FrontdeskError
from frontdesk.models.sync import stripe_account, stripe_reads
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.office import Office
from frontdesk.services.stripe.accounts import disconnect_account
from frontdesk.services.stripe.budget import LEAST_READS, NOTE_AFTER, add_reads
from frontdesk.services.stripe.line import ASK_KEYRING_AGAIN, PacedGateway, StripeLine
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.unit_of_work import Actor, Reading
from tests.builders import SetClock
from tests.services.stripe.studio import SECRET_NAME, connect
from tests.stripe_double import ACCOUNT, StripeDouble
from tests.support.secrets import KeptSecrets

EVENTS = StripeCall("get", "/v1/events", {"limit": 1})


class Desk:
    """A connected studio at a computer with a keyring, and the double behind its line."""

    def __init__(self, office: Office, owner: Actor, clock: SetClock, stripe: StripeDouble) -> None:
        self.office, self.owner, self.clock, self.stripe = office, owner, clock, stripe
        self.online = connect(office, owner, account_id=ACCOUNT)
        self.key = stripe.add_key("rk_test_OfTheStudio")
        self.secrets = KeptSecrets()
        self.secrets.kept[SECRET_NAME] = self.key
        self.opened: list[StripeGateway] = []
        self.line = StripeLine(office, self.secrets, self._open, clock.now)

    def _open(self, secret: str) -> StripeGateway:
        self.opened.append(StripeGateway(secret, self.stripe.url, timeout=(2.0, 2.0)))
        return self.opened[-1]

    def call(self, call: StripeCall = EVENTS) -> str:
        """What a call through the line ends with: the object, or the error's code."""
        try:
            return str(self.line.gateway().call(call).body["object"])
        except FrontdeskError as error:
            return error.code

    def kind(self) -> str:
        """What the line is now."""
        return self.line.state.kind

    @property
    def reads(self) -> int:
        return self.stripe.requests.total


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        double.on("acct_Moon", False)
        yield double


@pytest.fixture
def desk(office: Office, actor: Actor, clock: SetClock, stripe: StripeDouble) -> Iterator[Desk]:
    made = Desk(office, actor, clock, stripe)
    yield made
    for gateway in made.opened:
        gateway.close()


def test_the_account_is_proved_once_and_what_stripe_says_of_it_is_noted(desk: Desk) -> None:
    """Y7, Y6."""
    assert desk.kind() == "unasked"
    assert [desk.call() for _ in range(3)] == ["list"] * 3
    assert desk.stripe.requests.of("GET", "/v1/account") == 1 and desk.secrets.asked == 1
    assert desk.kind() == "ready" and desk.line.state.works
    row = desk.office.read(account_row)
    assert row.facts["charges_enabled"] and row.checked_at == desk.clock.now()


def account_row(reading: Reading) -> sa.Row[tuple[object, ...]]:
    return reading.connection.execute(sa.select(stripe_account)).one()


def test_a_studio_that_is_not_connected_has_no_line(desk: Desk) -> None:
    desk.call()
    desk.office.write(disconnect_account, desk.owner)
    assert desk.call() == "stripe.not_connected" and desk.kind() == "off"
    assert desk.reads == 2, "the gateway that was open is used no more"


def test_a_computer_without_the_key_says_so_and_goes_on_once_it_has_it(desk: Desk) -> None:
    del desk.secrets.kept[SECRET_NAME]
    assert [desk.call(), desk.call()] == ["stripe.no_key"] * 2
    assert desk.kind() == "no_key" and desk.secrets.asked == 1
    desk.secrets.put(SECRET_NAME, desk.key)
    desk.line.renew()
    assert desk.call() == "list" and desk.kind() == "ready"


@pytest.mark.parametrize("code", ["keyring.locked", "keyring.missing", "keyring.unsafe", "keyring.failed"])
def test_a_keyring_that_is_shut_is_asked_again_only_after_a_while(desk: Desk, code: str) -> None:
    """A4: each time a prompt may open on somebody's screen."""
    desk.secrets.refuses = code
    assert [desk.call(), desk.call()] == [code] * 2
    assert (desk.kind(), desk.line.state.code) == ("keyring", code)
    assert desk.secrets.asked == 1
    desk.clock.at += ASK_KEYRING_AGAIN - timedelta(seconds=1)
    assert desk.call() == code and desk.secrets.asked == 1
    desk.secrets.refuses = ""
    desk.clock.at += timedelta(seconds=1)
    assert desk.call() == "list"


def test_a_keyring_is_asked_again_at_once_when_a_person_says_so(desk: Desk) -> None:
    desk.secrets.refuses = "keyring.locked"
    desk.call()
    desk.secrets.refuses = ""
    desk.line.renew()
    assert desk.call() == "list"


def test_a_key_of_another_account_gets_no_further_than_the_proof(desk: Desk) -> None:
    """Y7: nothing is asked of the wrong account, and nothing is written."""
    desk.secrets.put(SECRET_NAME, desk.stripe.add_key("rk_test_OfTheMoon", account="acct_Moon"))
    assert [desk.call(), desk.call()] == ["stripe.another_account"] * 2
    assert desk.reads == 1 and desk.kind() == "wrong_key"
    assert desk.line.state.params["found"] == "acct_Moon"
    assert desk.office.read(account_row).facts == {}


@pytest.mark.parametrize(
    ("secret", "code"), [("rk_live_OfTheStudio", "stripe.other_mode"), ("no key\n", "stripe.key_unusable")]
)
def test_a_key_that_cannot_be_right_is_never_sent(desk: Desk, secret: str, code: str) -> None:
    """Y7."""
    desk.secrets.put(SECRET_NAME, secret)
    assert desk.call() == code
    assert desk.reads == 0 and desk.kind() == "wrong_key"


def test_a_revoked_key_closes_the_line_for_all_until_there_is_another(desk: Desk) -> None:
    """Y4: it does not loop; what waits is kept by the outbox."""
    gateway = desk.line.gateway()
    desk.stripe.revoke_key(desk.key)
    for _ in range(3):
        with pytest.raises(FrontdeskError, match="key_revoked"):
            gateway.call(EVENTS)
        assert desk.call() == "stripe.key_revoked"
    assert desk.stripe.requests.statuses[401] == 1, "asked once with it, and no more"
    assert desk.kind() == "revoked" and "Expired" in desk.line.state.params["said"]
    desk.secrets.put(SECRET_NAME, desk.stripe.add_key("rk_test_TheNewOne"))
    desk.line.renew()
    assert desk.call() == "list" and desk.kind() == "ready"


def test_a_key_that_was_revoked_before_the_start_is_found_out_by_the_proof(desk: Desk) -> None:
    desk.stripe.revoke_key(desk.key)
    assert [desk.call(), desk.call()] == ["stripe.key_revoked"] * 2
    assert desk.reads == 1 and desk.kind() == "revoked"


def test_a_missing_permission_is_named_and_all_else_goes_on(desk: Desk) -> None:
    """A4: a desk whose key cannot publish still sells."""
    desk.stripe.add_key(desk.key, permissions={"connected_account_read", "event_read"})
    refunds = StripeCall("get", "/v1/refunds", {"limit": 1})
    assert [desk.call(), desk.call(refunds), desk.call()] == ["list", "stripe.permission_missing", "list"]
    state = desk.line.state
    assert (state.kind, state.params["permission"], state.works) == ("limited", "rak_charge_read", True)
    desk.stripe.add_key(desk.key)
    desk.line.renew()
    assert desk.call(refunds) == "list" and desk.kind() == "ready"


def test_a_key_that_may_not_read_the_account_proves_nothing(desk: Desk) -> None:
    desk.stripe.add_key(desk.key, permissions={"event_read"})
    assert desk.call() == "stripe.permission_missing"
    assert desk.line.state.params["permission"] == "rak_connected_account_read"
    desk.call()
    assert desk.reads == 1


def test_without_a_network_it_is_tried_again_at_each_call_and_goes_on_by_itself(desk: Desk) -> None:
    """Y5: at the start, and in the middle."""
    desk.stripe.go_offline()
    assert desk.call() == "stripe.not_reached" and desk.kind() == "offline"
    desk.stripe.go_online()
    assert desk.call() == "list" and desk.kind() == "ready"
    desk.stripe.go_offline()
    assert desk.call() == "stripe.not_reached" and desk.kind() == "offline"
    desk.stripe.go_online()
    assert desk.call() == "list" and desk.kind() == "ready"
    assert desk.stripe.requests.of("GET", "/v1/account") == 1


def test_trouble_of_stripes_own_does_not_close_the_line(desk: Desk) -> None:
    desk.call()
    for fault in ("429", "500_before", "html_502"):
        desk.stripe.faults.add(fault)
        desk.call()
        assert desk.call() == "list" and desk.kind() == "ready"


def test_many_threads_prove_the_key_once(desk: Desk) -> None:
    ended: list[str] = []
    threads = [threading.Thread(target=lambda: ended.append(desk.call())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["list"] * 8 and desk.stripe.requests.of("GET", "/v1/account") == 1


def test_with_stripes_limits_on_nothing_is_ever_refused_for_them(desk: Desk) -> None:
    """Y5: four threads on real time."""
    desk.stripe.limits.set(overall=25, per_endpoint=25)
    desk.line.gateway()

    def work() -> None:
        for _ in range(15):
            desk.line.gateway().call(EVENTS)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.stripe.requests.statuses[429] == 0 and desk.reads == 61


def test_every_read_is_counted_and_no_write(desk: Desk) -> None:
    """Y3: against the double's own count."""
    for number in range(NOTE_AFTER + 5):
        desk.call()
        desk.call(StripeCall("post", "/v1/products", {"name": "Ten"}, f"k-{number}"))
    assert 0 < desk.office.read(counted) < desk.stripe.requests.reads
    desk.line.note_reads()
    assert desk.office.read(counted) == desk.stripe.requests.reads == NOTE_AFTER + 6


def counted(reading: Reading) -> int:
    return int(reading.connection.execute(sa.select(sa.func.sum(stripe_reads.c.reads))).scalar() or 0)


@pytest.mark.parametrize("keeps_allowance", [True, False])
def test_reads_slow_down_when_four_fifths_of_the_allowance_are_used(
    desk: Desk, keeps_allowance: bool
) -> None:
    """Y3."""
    desk.office.write(add_reads, desk.online, None, desk.clock.now().date(), LEAST_READS * 8 // 10)
    line = StripeLine(desk.office, desk.secrets, desk._open, desk.clock.now, keeps_allowance=keeps_allowance)
    gateway = line.gateway()
    assert isinstance(gateway, PacedGateway) and not gateway.pacer.is_slow
    for _ in range(NOTE_AFTER):
        gateway.call(EVENTS)
    assert gateway.pacer.is_slow is keeps_allowance
