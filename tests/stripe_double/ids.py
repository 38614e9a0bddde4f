"""Ids as Stripe makes them: a prefix and letters that do not sort by time, the same in every run."""

import hashlib
import threading

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Ids:
    """Makes ids from a seed and a counter."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._count = 0
        self._lock = threading.Lock()

    def new(self, prefix: str, length: int = 24) -> str:
        """`new("re_3")` is such as `re_3Qz81…`."""
        with self._lock:
            self._count += 1
            number = self._count
        digest = hashlib.blake2b(f"{self._seed}/{number}".encode(), digest_size=48).digest()
        return prefix + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:length])
