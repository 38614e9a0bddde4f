"""Stripe's library against the double: every way in which a call can end, and a key that is told nowhere."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from frontdesk.errors import Refused
from frontdesk.services.gateways.stripe_gateway import (
    BASE_VARIABLE,
    StripeGateway,
    api_base,
    library_state,
    open_gateway,
    without_keys,
)
from frontdesk.services.stripe.wire import (
    Busy,
    Declined,
    NotAllowed,
    NotReached,
    StripeCall,
    StripeTrouble,
    Unclear,
)
from tests.stripe_double import ACCOUNT, StripeDouble
from tests.stripe_double.faults import Kind

ACCOUNT_CALL = StripeCall("get", "/v1/account")
PRODUCT = {"name": "Ten classes", "metadata": {"op_id": "1"}}


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        yield double


@pytest.fixture
def gateway(stripe: StripeDouble) -> Iterator[StripeGateway]:
    opened = StripeGateway(stripe.key, stripe.url)
    yield opened
    opened.close()


@pytest.fixture
def impatient(stripe: StripeDouble) -> Iterator[StripeGateway]:
    """One that gives up early, though not so early that a busy computer's answers come too late."""
    opened = StripeGateway(stripe.key, stripe.url, timeout=(5.0, 2.0), whole_answer=4.0)
    yield opened
    opened.close()


def product(key: str = "k-1", **changes: Any) -> StripeCall:
    return StripeCall("post", "/v1/products", {**PRODUCT, **changes}, key)


def trouble_of(gateway: StripeGateway, call: StripeCall) -> StripeTrouble:
    with pytest.raises(StripeTrouble) as raised:
        gateway.call(call)
    return raised.value


def test_an_answer_is_what_stripe_wrote_with_its_own_time(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    stripe.clock.set(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    answer = gateway.call(ACCOUNT_CALL)
    assert answer.body["id"] == ACCOUNT and answer.body["object"] == "account"
    assert answer.server_time == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert answer.request_id.startswith("req_") and not answer.replayed


def test_the_version_and_the_key_of_the_call_go_out_and_a_repeat_is_answered_from_memory(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    """Y4."""
    first, again = gateway.call(product()), gateway.call(product())
    assert first.body["id"] == again.body["id"]
    assert (first.replayed, again.replayed) == (False, True)
    headers = stripe.requests.log[-1].headers
    assert headers["stripe-version"] == "2026-10-28.endive"
    assert headers["idempotency-key"] == "k-1"
    other = StripeCall("get", "/v1/account", api_version="2025-01-01.other")
    gateway.call(other)
    assert stripe.requests.log[-1].headers["stripe-version"] == "2025-01-01.other"


def test_nested_parameters_arrive_as_they_are_meant(gateway: StripeGateway, stripe: StripeDouble) -> None:
    made = gateway.call(product(active=False, description="Für Élodie & Co. +50 %")).body
    assert (made["active"], made["description"]) == (False, "Für Élodie & Co. +50 %")
    listed = gateway.call(StripeCall("get", "/v1/products", {"limit": 1, "ids": [made["id"]]})).body
    assert [one["id"] for one in listed["data"]] == [made["id"]]
    assert listed["data"][0]["metadata"] == {"op_id": "1"}


def test_a_post_without_an_idempotency_key_is_never_sent(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    """Y4."""
    with pytest.raises(ValueError, match="twice"):
        gateway.call(StripeCall("post", "/v1/products", PRODUCT))
    assert stripe.requests.total == 0


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("reset", Unclear, "stripe.no_answer"),
        ("close_before", Unclear, "stripe.no_answer"),
        ("lost_reply", Unclear, "stripe.no_answer"),
        ("timeout_before", Unclear, "stripe.no_answer"),
        ("timeout_after", Unclear, "stripe.no_answer"),
        ("cut_off", Unclear, "stripe.no_answer"),
        ("500_before", Unclear, "stripe.server_error"),
        ("500_after", Unclear, "stripe.server_error"),
        ("html_502", Unclear, "stripe.odd_answer"),
        ("garbage_200", Unclear, "stripe.odd_answer"),
        ("captive_302", Unclear, "stripe.odd_answer"),
        ("409", Busy, "stripe.busy"),
        ("429", Busy, "stripe.busy"),
        ("lock_timeout", Busy, "stripe.busy"),
    ],
)
def test_each_fault_ends_as_what_is_known_of_it_and_the_same_call_can_be_sent_again(
    impatient: StripeGateway, stripe: StripeDouble, fault: Any, kind: type[StripeTrouble], code: str
) -> None:
    """Y4, Y5."""
    impatient.call(ACCOUNT_CALL)  # so that a connection is open already
    stripe.faults.add(fault, "POST", seconds=6.0)
    trouble = trouble_of(impatient, product())
    assert (type(trouble), trouble.code) == (kind, code)
    if fault != "500_after":
        assert impatient.call(product()).body["name"] == "Ten classes"
        assert len(stripe.requests.log) <= 4, "one call is one attempt"


def test_a_500_that_stripe_has_kept_says_that_only_a_look_tells(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    stripe.faults.add("500_stored", "POST")
    assert not trouble_of(gateway, product()).params["look_up"]
    again = trouble_of(gateway, product())
    assert (type(again), again.params["look_up"]) == (Unclear, True)


def test_a_key_that_was_used_with_other_contents_is_unclear_and_not_declined(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    gateway.call(product())
    trouble = trouble_of(gateway, product(name="Twenty classes"))
    assert (type(trouble), trouble.code) == (Unclear, "stripe.key_reused")
    assert trouble.params["look_up"]


@pytest.mark.parametrize(("kind", "seconds"), [("slow_body", 20.0), ("slow_headers", 90.0)])
def test_an_answer_that_only_drips_in_is_given_up(
    impatient: StripeGateway, stripe: StripeDouble, kind: Kind, seconds: float
) -> None:
    stripe.faults.add(kind, "GET", seconds=seconds)
    began = time.monotonic()
    trouble = trouble_of(impatient, ACCOUNT_CALL)
    assert (type(trouble), trouble.code) == (Unclear, "stripe.no_answer")
    assert time.monotonic() - began < 15
    assert impatient.call(ACCOUNT_CALL).body["object"] == "account"


def test_an_answer_that_ends_late_leaves_the_connection_as_patient_as_it_was(stripe: StripeDouble) -> None:
    gateway = StripeGateway(stripe.key, stripe.url, timeout=(5.0, 60.0), whole_answer=60.0)
    stripe.faults.add("slow_body", "GET", seconds=0.5)
    gateway.call(ACCOUNT_CALL)
    (pool,) = gateway._session.get_adapter(stripe.url).poolmanager.pools._container.values()
    kept = pool.pool.get_nowait()
    pool.pool.put(kept)
    assert kept.sock.gettimeout() == 60.0
    gateway.close()


def test_busy_names_the_wait_that_stripe_asks_for_and_the_limit(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    """Y5."""
    stripe.faults.add("429", retry_after=7, reason="endpoint-rate")
    busy = trouble_of(gateway, ACCOUNT_CALL)
    assert (busy.params["retry_after"], busy.params["reason"]) == (7, "endpoint-rate")
    stripe.faults.add("429")
    assert trouble_of(gateway, ACCOUNT_CALL).params["retry_after"] is None


def test_without_a_network_it_is_certain_that_nothing_happened(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    stripe.go_offline()
    refused = trouble_of(gateway, product())
    assert (type(refused), refused.code) == (NotReached, "stripe.not_reached")
    stripe.go_online()
    assert gateway.call(product()).body["name"] == "Ten classes"


def test_a_name_that_is_not_found_is_not_reached(stripe: StripeDouble) -> None:
    gateway = StripeGateway(stripe.key, "http://stripe.invalid")
    trouble = trouble_of(gateway, product())
    gateway.close()
    assert (type(trouble), trouble.code) == (NotReached, "stripe.not_reached")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this computer's own, with its key in the same file."""
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("install openssl")
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


@contextmanager
def over_tls(certificate: Path, answer: Callable[[socket.socket], None]) -> Iterator[StripeGateway]:
    """A gateway to a server that gives its one connection this answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            answer(secure)

    server = threading.Thread(target=serve)
    server.start()
    base = f"https://127.0.0.1:{listener.getsockname()[1]}"
    gateway = StripeGateway("sk_test_1", base, whole_answer=3.0)
    try:
        yield gateway
    finally:
        gateway.close()
        server.join()
        listener.close()


def test_a_network_that_exchanges_certificates_is_told_from_none(certificate: Path) -> None:
    with over_tls(certificate, lambda _: None) as gateway:
        trouble = trouble_of(gateway, product())
    assert (type(trouble), trouble.code) == (NotReached, "stripe.intercepted")


def test_an_encrypted_connection_is_used_again_and_its_answers_are_due_as_well(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import stripe

    monkeypatch.setattr(stripe, "ca_bundle_path", str(certificate))
    text = json.dumps({"object": "list", "data": ["x" * 200] * 2_000}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n".encode()

    def answer(connection: socket.socket) -> None:
        for _ in range(2):
            connection.recv(65536)
            connection.sendall(head + b"\r\n" + text)
        connection.recv(65536)
        connection.sendall(head)
        while True:
            connection.sendall(b"X-More: 1\r\n")
            time.sleep(0.05)

    with over_tls(certificate, answer) as gateway:
        for _ in range(2):
            assert len(gateway.call(ACCOUNT_CALL).body["data"]) == 2_000
        began = time.monotonic()
        trouble = trouble_of(gateway, ACCOUNT_CALL)
    assert (type(trouble), trouble.code) == (Unclear, "stripe.no_answer")
    assert time.monotonic() - began < 20


def test_a_key_that_was_revoked_or_is_unknown_is_not_allowed(
    gateway: StripeGateway, stripe: StripeDouble
) -> None:
    stripe.revoke_key(stripe.key)
    revoked = trouble_of(gateway, product())
    assert (type(revoked), revoked.code) == (NotAllowed, "stripe.key_revoked")
    assert revoked.params["stripe_code"] == "api_key_expired"
    unknown = StripeGateway("rk_test_nobodyKnowsThis", stripe.url)
    assert trouble_of(unknown, ACCOUNT_CALL).code == "stripe.key_revoked"
    unknown.close()


def test_a_missing_permission_is_named(stripe: StripeDouble) -> None:
    secret = stripe.add_key("rk_test_little", permissions={"product_read"})
    gateway = StripeGateway(secret, stripe.url)
    gateway.call(StripeCall("get", "/v1/products", {"limit": 1}))
    trouble = trouble_of(gateway, product())
    gateway.close()
    assert (type(trouble), trouble.code) == (NotAllowed, "stripe.permission_missing")
    assert trouble.params["permission"] == "rak_product_write"


def test_what_stripe_refuses_for_good_carries_its_codes(gateway: StripeGateway, stripe: StripeDouble) -> None:
    gone = trouble_of(gateway, StripeCall("get", "/v1/products/prod_gone"))
    assert (type(gone), gone.code) == (Declined, "stripe.declined")
    assert gone.params["stripe_code"] == "resource_missing"
    assert "No such product" in gone.params["said"]
    refund = StripeCall("post", "/v1/refunds", {"payment_intent": "pi_gone"}, "k-2")
    assert trouble_of(gateway, refund).params["param"] == "payment_intent"


def test_many_threads_share_one_gateway(gateway: StripeGateway, stripe: StripeDouble) -> None:
    ended: list[str] = []

    def work(name: int) -> None:
        for turn in range(10):
            ended.append(gateway.call(product(f"{name}-{turn}")).body["id"])

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ended)) == 80


# --- The address -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8080", "http://127.9.9.9:1", "http://[::1]:8080", "http://localhost:8080/base"],
)
def test_an_address_on_this_computer_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BASE_VARIABLE, address)
    assert api_base() == address


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:8080",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1@evil.example",
        "http://evil.example#127.0.0.1",
        "http://evil.example?127.0.0.1",
        "http://api.stripe.com",
        "ftp://127.0.0.1",
        "http://[::1",
        "http://127.0.0.1:99999",
        "127.0.0.1:80",
        "http://",
    ],
)
def test_any_other_address_is_refused_before_the_key_goes_anywhere(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A4."""
    monkeypatch.setenv(BASE_VARIABLE, address)
    with pytest.raises(Refused, match=r"stripe\.base_refused"):
        open_gateway("sk_test_1")


def test_without_a_word_in_the_environment_it_is_stripes_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BASE_VARIABLE, raising=False)
    assert api_base() is None


def test_the_library_is_told_with_the_address_that_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BASE_VARIABLE, raising=False)
    assert re.fullmatch(r"stripe \d+\.\d+\.\d+", library_state())
    monkeypatch.setenv(BASE_VARIABLE, "http://127.0.0.1:1")
    assert library_state().endswith(", asks http://127.0.0.1:1")
    monkeypatch.setenv(BASE_VARIABLE, "http://example.org")
    with pytest.raises(Refused, match="base_refused"):
        library_state()


def test_certificates_that_are_missing_are_told_before_a_call_looks_like_no_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("stripe.ca_bundle_path", str(tmp_path / "none.crt"))
    with pytest.raises(Refused, match="no_certificates"):
        library_state()


def test_the_double_is_reached_past_a_proxy_and_a_netrc(
    stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv(BASE_VARIABLE, stripe.url)
    gateway = open_gateway(stripe.key)
    gateway.call(ACCOUNT_CALL)
    gateway.close()
    assert stripe.requests.log[-1].headers["authorization"] == f"Bearer {stripe.key}"


# --- The key -----------------------------------------------------------------------------------------


def test_what_the_library_stumbles_over_is_unclear(
    gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is, the request may have gone out before."""
    monkeypatch.setattr("stripe._util.logfmt", lambda props: 1 // 0)
    trouble = trouble_of(gateway, product())
    assert (type(trouble), trouble.params["detail"]) == (Unclear, "ZeroDivisionError")


@pytest.mark.parametrize("secret", ["", "sk_test_1\n", "sk test", "sk_test_ä"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_and_not_taken_for_no_network(secret: str) -> None:
    with pytest.raises(Refused, match=r"stripe\.key_unusable"):
        StripeGateway(secret)


def test_no_error_and_no_log_tells_the_key_or_what_was_asked_for(
    stripe: StripeDouble, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A4, D8."""
    secret = stripe.add_key("rk_test_CanaryCanaryCanary", permissions={"connected_account_read"})
    gateway = StripeGateway(secret, stripe.url, timeout=(5.0, 2.0))
    call = StripeCall("get", "/v1/customers", {"email": "mira@example.org"})
    told = []
    with caplog.at_level(logging.DEBUG):
        gateway.call(ACCOUNT_CALL)
        for fault in ("reset", "html_502", "garbage_200", "captive_302", "timeout_after", "429", None):
            if fault is not None:
                stripe.faults.add(fault, seconds=4.0)
            try:
                gateway.call(call)
            except StripeTrouble as trouble:
                told.append("".join(traceback.format_exception(trouble)))
                told.append(repr(trouble.params))
                assert trouble.__cause__ is None and trouble.__context__ is None
    gateway.close()
    assert len(told) == 14
    heard = [*told, caplog.text, *capfd.readouterr(), repr(gateway), repr(vars(gateway))]
    for text in heard:
        assert "Canary" not in text and "mira" not in text


def test_a_key_inside_a_text_is_cut_down_to_its_kind() -> None:
    assert without_keys("Invalid API Key provided: rk_live_51Abc9 (again sk_test_1)") == (
        "Invalid API Key provided: rk_live_… (again sk_test_…)"
    )


def test_the_library_prints_nothing_and_leaves_no_file_behind(stripe: StripeDouble, tmp_path: Path) -> None:
    """A4: also where the environment asks it to print whole bodies."""
    code = (
        "import sys\n"
        "from frontdesk.services.gateways.stripe_gateway import open_gateway\n"
        "from frontdesk.services.stripe.wire import StripeCall\n"
        "assert 'stripe' not in sys.modules and 'requests' not in sys.modules\n"
        "opened = open_gateway(sys.stdin.read())\n"
        "print(opened.call(StripeCall('get', '/v1/account')).body['id'])\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "STRIPE_LOG": "debug",
        BASE_VARIABLE: stripe.url,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], input=stripe.key, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{ACCOUNT}\n", "")
    assert list(home.rglob("*")) == []
    headers = stripe.requests.log[-1].headers
    assert "platform" not in headers["x-stripe-client-user-agent"]
    assert "telemetry_id" not in headers["x-stripe-client-user-agent"]
