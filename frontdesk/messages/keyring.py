"""Wording for the keyring of this computer."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "keyring.missing": "This computer has no keyring to keep Stripe's key in. Install one (on Debian and Ubuntu: gnome-keyring), sign in again, then start Frontdesk again. All else works without Stripe.",
    "keyring.unsafe": "The keyring of this computer, {detail}, keeps secrets so that others can read them, so Stripe's key is not put there. Choose another one in its settings, then start Frontdesk again. All else works without Stripe.",
    "keyring.locked": "The keyring of this computer is locked. Unlock it, then try again. All else works without Stripe.",
    "keyring.failed": "The keyring of this computer did not do its work: {detail}. Look at it in the system's settings, then try again. All else works without Stripe.",
}
