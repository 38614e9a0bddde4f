"""A keyring for tests, in memory, that can be locked."""

from __future__ import annotations

from frontdesk.errors import Refused


class KeptSecrets:
    """Stands at the port ``SecretStore``; ``refuses`` is the code that every call is refused with."""

    def __init__(self, **kept: str) -> None:
        self.kept: dict[str, str] = {name.replace("_", "-"): secret for name, secret in kept.items()}
        self.refuses = ""
        #: How often it was asked for a secret.
        self.asked = 0

    def get(self, name: str) -> str | None:
        """The secret of that name."""
        self.asked += 1
        self._refuse()
        return self.kept.get(name)

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""
        self._refuse()
        self.kept[name] = secret

    def forget(self, name: str) -> None:
        """Remove a secret, if it is there."""
        self._refuse()
        self.kept.pop(name, None)

    def _refuse(self) -> None:
        if self.refuses:
            raise Refused(self.refuses, detail="a test")
