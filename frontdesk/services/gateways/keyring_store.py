"""Which keyring this computer has; a keyring that keeps secrets readable is as good as none (A4)."""

from __future__ import annotations

from frontdesk.services.views.keyring import KeyringState

#: Backends that store in plain text or not at all, by module.
_UNSAFE = ("keyrings.alt.", "keyring.backends.null", "keyring.backends.fail")


def keyring_state() -> KeyringState:
    """Tell the keyring without asking it for anything, since a locked one may open a prompt and wait."""
    try:
        import keyring

        backend = keyring.get_keyring()
    except Exception as error:  # noqa: BLE001  (backends raise errors of their own libraries)
        return KeyringState("missing", f"{type(error).__name__}: {error}")
    kind = type(backend)
    names = [kind.__module__, *(type(one).__module__ for one in getattr(backend, "backends", ()))]
    if all(name.startswith("keyring.backends.fail") for name in names[:1]):
        return KeyringState("missing", backend.name)
    if any(name.startswith(_UNSAFE) for name in names):
        return KeyringState("unsafe", backend.name)
    return KeyringState("ready", backend.name)
