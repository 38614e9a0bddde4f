"""HTTP connections on which a whole answer has to be there in time, its first line and headers included.

A timeout of a socket is one between two pieces. What keeps sending a byte now and then would hold up a thread
for as long as it likes. It costs a look at the clock for each piece.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from http.client import HTTPResponse
from typing import Any, Final

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

#: Bytes that are read at once: a page of a hundred objects in a few pieces.
_PIECE: Final = 65_536
#: When what this thread has asked for has to be there.
_due: Final = threading.local()


def read_whole(session: Session, seconds: float, *args: Any, **kwargs: Any) -> tuple[Any, str]:
    """Ask as ``Session.request`` over one with ``WholeAnswers`` for the address; the answer, and its body.

    Raises:
        OSError: it is not there within so many seconds, or whatever else requests makes of it.
    """
    _due.at = time.monotonic() + seconds
    try:
        response = Session.request(session, *args, **{**kwargs, "stream": True})
        read = response.raw.read(decode_content=True)
    finally:
        _due.at = None
    response.raw.release_conn()
    return response, read.decode("utf-8", "replace")


class WholeAnswers(HTTPAdapter):
    """Connections whose answers end by ``read_whole``'s time, also those through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of such connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The pools of such connections to a proxy; one that speaks SOCKS has others of its own."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager


class _Socket:
    """A socket as ``HTTPResponse`` wants it, whose pieces have to be there in time."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner

    def makefile(self, mode: str) -> io.BufferedReader:
        """What is read from it."""
        return io.BufferedReader(_Pieces(self._inner), _PIECE)


class _Pieces(io.RawIOBase):
    def __init__(self, inner: socket.socket) -> None:
        # Its file keeps the socket open for as long as somebody may read from it.
        self._file = inner.makefile("rb", buffering=0)
        self._socket, self._patience = inner, inner.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        ends_at: float | None = getattr(_due, "at", None)
        left = None if ends_at is None else ends_at - time.monotonic()
        if left is None or (self._patience is not None and left >= self._patience):
            return self._file.readinto(buffer)
        if left <= 0:
            raise TimeoutError("the whole answer is not there in time")
        self._socket.settimeout(left)
        count = self._file.readinto(buffer)
        # The next request on this connection is sent with all of its own.
        self._socket.settimeout(self._patience)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _InTime(HTTPConnection):
    @staticmethod
    def response_class(  # type: ignore[override]
        sock: socket.socket, *args: Any, **kwargs: Any
    ) -> HTTPResponse:
        return HTTPResponse(_Socket(sock), *args, **kwargs)  # type: ignore[arg-type]


class _SecureInTime(_InTime, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _InTime


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureInTime


_POOLS: Final = {"http": _Pool, "https": _SecurePool}
