"""The keyring of this computer, the only place of secrets; one that is readable is as good as none (A4).

Whoever calls waits for it: a locked keyring may open a prompt and wait for a person. So never on Qt's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar

from frontdesk.errors import Refused
from frontdesk.services.views.keyring import KeyringState

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

#: Under this name keyrings list what Frontdesk keeps.
SERVICE: Final = "Frontdesk"
#: Backends that store in plain text or not at all, by module.
_UNSAFE: Final = ("keyrings.alt.", "keyring.backends.null", "keyring.backends.fail")
_MISSING: Final = "keyring.backends.fail"
_CHAIN: Final = "keyring.backends.chainer"
#: What says that nobody opened the keyring, by the names of errors of several libraries: InitError comes
#: where there is none yet and the prompt to make one went unanswered.
_LOCKED: Final = ("KeyringLocked", "InitError", "LockedException", "PromptDismissedException")


class KeyringStore:
    """The port ``SecretStore`` on the keyring. Safe to use from several threads."""

    def get(self, name: str) -> str | None:
        """The secret of that name, None where there is none; raises as the port says."""
        backend = _safe_backend()
        return _asked(lambda: backend.get_password(SERVICE, name), "")

    def put(self, name: str, secret: str) -> None:
        """Keep a secret and prove that it was kept; raises as the port says."""
        backend = _safe_backend()
        _asked(lambda: backend.set_password(SERVICE, name, secret), secret)
        if self.get(name) != secret:
            raise Refused("keyring.failed", detail="it did not keep what it was given")

    def forget(self, name: str) -> None:
        """Remove a secret, if it is there; raises as the port says."""
        if self.get(name) is not None:
            backend = _safe_backend()
            _asked(lambda: backend.delete_password(SERVICE, name), "")


def keyring_state() -> KeyringState:
    """Tell the keyring without asking it for anything, since a locked one may open a prompt and wait."""
    try:
        backend = _backend()
        safe = next(_safe_ones(backend), None)
    except Exception as error:  # noqa: BLE001  (backends raise errors of their own libraries)
        return KeyringState("missing", f"{type(error).__name__}: {error}")
    if safe is not None:
        return KeyringState("ready", safe.name)
    missing = all(_is_of(one, (_MISSING,)) for one in _chained(backend))
    return KeyringState("missing" if missing else "unsafe", backend.name)


def _backend() -> KeyringBackend:
    import keyring

    return keyring.get_keyring()


def _safe_backend() -> KeyringBackend:
    """The keyring to use; of a chain the first that is safe, since a chain falls back on the others."""
    state = keyring_state()
    if state.kind == "missing":
        raise Refused("keyring.missing", detail=state.detail)
    if state.kind == "unsafe":
        raise Refused("keyring.unsafe", detail=state.detail)
    return next(_safe_ones(_backend()))


def _safe_ones(backend: KeyringBackend) -> Iterator[KeyringBackend]:
    return (one for one in _chained(backend) if not _is_of(one, _UNSAFE))


def _chained(backend: KeyringBackend) -> tuple[Any, ...]:
    return tuple(getattr(backend, "backends", ())) if _is_of(backend, (_CHAIN,)) else (backend,)


def _is_of(backend: KeyringBackend, modules: tuple[str, ...]) -> bool:
    """Whether it is, or is made from, a backend of these modules."""
    return any(kind.__module__.startswith(modules) for kind in type(backend).__mro__)


def _asked(ask: Callable[[], T], secret: str) -> T:
    """What the keyring answers. Its libraries raise what they like, and one may name the secret."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001  (raw errors of D-Bus and of the system come through)
        names = {kind.__name__ for kind in type(error).__mro__}
        detail = f"{type(error).__name__}: {error}"
    if names & set(_LOCKED):
        raise Refused("keyring.locked")
    if "NoKeyringError" in names:
        raise Refused("keyring.missing", detail=detail)
    raise Refused("keyring.failed", detail=detail.replace(secret, "…") if secret else detail)
