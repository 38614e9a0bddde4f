"""The keyring: a real Secret Service, and every way in which there is none to be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.compat import properties
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from frontdesk.errors import Refused
from frontdesk.services.gateways.keyring_store import KeyringStore, keyring_state
from tests.support.secret_service import missing_packages, run_with_keyring

SECRET = "rk_test_CanaryCanaryCanary"

_ROUND = """
import sys
from frontdesk.errors import Refused
from frontdesk.services.gateways.keyring_store import KeyringStore, keyring_state
secret, store = sys.stdin.read(), KeyringStore()
print(keyring_state().kind)
try:
    {}
except Refused as refused:
    print(refused.code)
"""


class Memory(KeyringBackend):
    """A keyring in memory that can be made to fail."""

    @properties.classproperty
    def priority(cls) -> float:
        """None, so that keyring itself never chooses it."""
        raise RuntimeError

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None
        self.loses = False

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        if not self.loses:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        if (service, username) not in self.kept:
            raise PasswordDeleteError("No such password!")
        del self.kept[service, username]

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


class Plaintext(Memory):
    """Stands for keyrings.alt.file.PlaintextKeyring, which is not installed here."""


Plaintext.__module__ = "keyrings.alt.file"


class Disguised(Plaintext):
    """Made from an unsafe one, by another name."""


class Chain(chainer.ChainerBackend):
    """A chain of what a test says."""

    backends: Any = ()


@pytest.fixture(autouse=True)
def _keyring_as_it_was() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def use(backend: KeyringBackend) -> KeyringStore:
    keyring.set_keyring(backend)
    return KeyringStore()


def chain(*backends: KeyringBackend) -> Chain:
    chained: Chain = made(Chain)
    chained.backends = backends
    return chained


def made(kind: Any) -> Any:
    """An object of a class that tells no types."""
    return kind()


def code_of(call: Any, *arguments: str) -> str:
    with pytest.raises(Refused) as refused:
        call(*arguments)
    assert refused.value.__context__ is None, "the error of the keyring may name the secret"
    return refused.value.code


# --- A real one --------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    missing = missing_packages()
    if missing:
        pytest.skip(f"install {missing}")
    return tmp_path


def ran(home: Path, what: str, **more: str) -> list[str]:
    done = run_with_keyring(_ROUND.format(what), home, given=SECRET, **more)
    # The bus and the prompter complain there of limits and of a missing screen.
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_secret_is_kept_by_the_secret_service_and_opens_again_with_the_same_password(home: Path) -> None:
    """A4."""
    store = "print(store.get('stripe-1')); store.put('stripe-1', secret); print(store.get('stripe-1'))"
    assert ran(home, store) == ["ready", "None", SECRET]
    assert ran(home, "print(store.get('stripe-1'), store.get('stripe-2'))") == ["ready", SECRET, "None"]
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files and not any(SECRET.encode() in path.read_bytes() for path in files)
    forget = "store.forget('stripe-1'); store.forget('stripe-1'); print(store.get('stripe-1'))"
    assert ran(home, forget) == ["ready", "None"]


@pytest.mark.parametrize(
    "what", ["store.get('stripe-1')", "store.put('stripe-1', secret)", "store.forget('stripe-1')"]
)
def test_a_locked_keyring_says_so(home: Path, what: str) -> None:
    """A4."""
    assert ran(home, "store.put('stripe-1', secret)") == ["ready"]
    assert ran(home, what, password="another") == ["ready", "keyring.locked"]


def test_without_a_bus_there_is_no_keyring() -> None:
    """A4: the program says so and works on."""
    store = use(made(fail.Keyring))
    assert keyring_state().kind == "missing"
    for call in (store.get, store.forget):
        assert code_of(call, "stripe-1") == "keyring.missing"
    assert code_of(store.put, "stripe-1", SECRET) == "keyring.missing"


# --- Those that are none -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "backend",
    [
        made(null.Keyring), Plaintext(), Disguised(), chain(Plaintext(), made(null.Keyring)),
        chain(made(fail.Keyring), Plaintext()),
    ],
    ids=["null", "plaintext", "made from it", "a chain of both", "a chain of none and plaintext"],
)  # fmt: skip
def test_what_keeps_secrets_readable_is_refused_and_gets_none(backend: KeyringBackend) -> None:
    """A4."""
    store = use(backend)
    assert keyring_state().kind == "unsafe"
    assert code_of(store.put, "stripe-1", SECRET) == "keyring.unsafe"
    assert code_of(store.get, "stripe-1") == "keyring.unsafe"


@pytest.mark.parametrize(
    "backend", [chain(), chain(made(fail.Keyring))], ids=["an empty chain", "fail alone"]
)
def test_a_chain_of_nothing_is_no_keyring(backend: KeyringBackend) -> None:
    store = use(backend)
    assert keyring_state().kind == "missing"
    assert code_of(store.get, "stripe-1") == "keyring.missing"


def test_of_a_chain_the_safe_one_alone_is_used() -> None:
    """A4: where it fails, the chain would fall back on the other."""
    readable, safe = Plaintext(), Memory()
    store = use(chain(readable, safe))
    assert keyring_state().kind == "ready"
    store.put("stripe-1", SECRET)
    assert safe.kept == {("Frontdesk", "stripe-1"): SECRET} and readable.kept == {}
    safe.error = NotImplementedError("not today")
    assert code_of(store.put, "stripe-1", SECRET) == "keyring.failed"
    assert readable.kept == {}


class _Raw(Exception):
    """Like jeepney's DBusErrorResponse: of no family of the keyring's."""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyringLocked("Failed to unlock the collection!"), "keyring.locked"),
        (InitError("Failed to create the collection: Prompt dismissed."), "keyring.locked"),
        (NoKeyringError("none"), "keyring.missing"),
        (_Raw("org.freedesktop.DBus.Error.Spawn.ChildExited"), "keyring.failed"),
        (OSError("Bad file descriptor"), "keyring.failed"),
    ],
)
def test_the_errors_of_its_libraries_are_told_apart(error: Exception, code: str) -> None:
    backend = Memory()
    store = use(backend)
    backend.error = error
    assert code_of(store.get, "stripe-1") == code
    assert code_of(store.put, "stripe-1", SECRET) == code
    assert code_of(store.forget, "stripe-1") == code


def test_an_error_that_names_the_secret_does_not_get_through() -> None:
    """A4."""
    backend = Memory()
    store = use(backend)
    backend.error = ValueError(f"cannot encode {SECRET!r}")
    with pytest.raises(Refused) as refused:
        store.put("stripe-1", SECRET)
    assert "Canary" not in str(refused.value) and "cannot encode" in str(refused.value)


def test_a_keyring_that_keeps_nothing_is_found_out_at_once() -> None:
    backend = Memory()
    backend.loses = True
    assert code_of(use(backend).put, "stripe-1", SECRET) == "keyring.failed"


def test_forgetting_what_is_not_there_is_no_error() -> None:
    use(Memory()).forget("stripe-1")
