"""The double's door: HTTP/1.1 on loopback, and the faults of the way there and back."""

import contextlib
import select
import socket
import struct
import threading
import time
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.stripe_double.clock import Clock
from tests.stripe_double.faults import Fault, Faults
from tests.stripe_double.gateway import Gateway, Request, Response

_PORTAL = "/captive-portal"
_FOREIGN = ("html_502", "garbage_200", "binary_200", "captive_302")
_BEFORE = ("reset", "close_before", "timeout_before")


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept open for many requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Listener"

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_DELETE = do_PUT = do_PATCH = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the gateway keeps the log."""

    def handle(self) -> None:
        """A client that goes away in the middle is nothing special here."""
        with contextlib.suppress(OSError, ValueError):
            super().handle()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        path = self.path.removeprefix(self.server.prefix)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, headers, body)
        if request.path == _PORTAL:
            self._send(_html(200, "Please sign in to the network"))
            return
        fault = self.server.faults.draw(request.method, request.path)
        if fault is None:
            self._send(self.server.gateway.handle(request, None))
        elif fault.kind in _BEFORE:
            self._fail_before(fault)
        elif fault.kind in _FOREIGN:
            if fault.after:
                self.server.gateway.handle(request, None)
            self._send(self._foreign(fault))
        else:
            self._fail_after(fault, self.server.gateway.handle(request, fault))

    def _fail_before(self, fault: Fault) -> None:
        if fault.kind == "timeout_before":
            self._hang(fault)
        self._drop(reset=fault.kind == "reset")

    def _fail_after(self, fault: Fault, response: Response) -> None:
        if fault.kind == "lost_reply":
            self._drop()
        elif fault.kind == "timeout_after":
            self._hang(fault)
            self._drop()
        elif fault.kind == "cut_off":
            whole = self._bytes(response)
            self._write(whole[: len(whole) - max(1, len(response.body) // 2)])
            self._drop()
        elif fault.kind == "slow_body":
            self._drip(fault, response, pieces=10)
        elif fault.kind == "slow_headers":
            self._drip(fault, response, pieces=10_000)
        else:
            self._send(response)

    def _foreign(self, fault: Fault) -> Response:
        """What something between the desk and Stripe says in Stripe's place."""
        if fault.kind == "html_502":
            return _html(502, "502 Bad Gateway")
        if fault.kind in ("garbage_200", "binary_200"):
            body = b"<not json" if fault.kind == "garbage_200" else b"\x00\xff\xfe"
            return Response(200, body, {"Content-Type": "application/json"})
        host, port = self.server.server_address[:2]
        response = _html(302, "Moved")
        response.headers["Location"] = f"http://{host!s}:{port}{self.server.prefix}{_PORTAL}"
        return response

    # --- Bytes -----------------------------------------------------------------------------------

    def _bytes(self, response: Response) -> bytes:
        phrase = HTTPStatus(response.status).phrase
        lines = [f"HTTP/1.1 {response.status} {phrase}", f"Date: {_date(self.server.clock.time)}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        lines.append(f"Content-Length: {len(response.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + response.body

    def _send(self, response: Response) -> None:
        self._write(self._bytes(response))

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(data)

    def _drip(self, fault: Fault, response: Response, *, pieces: int) -> None:
        whole = self._bytes(response)
        step = max(1, len(whole) // pieces)
        for start in range(0, len(whole), step):
            self._write(whole[start : start + step])
            if self.server.closing.is_set():
                return
            time.sleep(fault.seconds * step / len(whole))

    def _hang(self, fault: Fault) -> None:
        """Waits for the end of the client's patience, or of the fault's."""
        until = time.monotonic() + fault.seconds
        fault.reached()
        while time.monotonic() < until and not self.server.closing.is_set() and not fault.is_released:
            readable, _, _ = select.select([self.connection], [], [], 0.02)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return

    def _drop(self, reset: bool = False) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if reset:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            else:
                self.connection.shutdown(socket.SHUT_RDWR)


def _html(status: int, text: str) -> Response:
    body = f"<html><head><title>{text}</title></head><body>{text}</body></html>".encode()
    return Response(status, body, {"Content-Type": "text/html"})


def _date(moment: datetime) -> str:
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


class _Listener(ThreadingHTTPServer):
    """Accepts connections, each with a thread that is joined at the end."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, bound: socket.socket, door: "Door") -> None:
        super().__init__(bound.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.server_address = bound.getsockname()[:2]
        self.gateway, self.faults, self.clock, self.prefix = (
            door.gateway,
            door.faults,
            door.clock,
            door.prefix,
        )
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self.server_activate()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A mistake of the double itself must be seen."""
        with self._open_lock:
            self._open.discard(request)
        super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Ends every connection."""
        self.closing.set()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Door:
    """The port: open, or closed as when the network is away. It stays the same number."""

    def __init__(self, gateway: Gateway, faults: Faults, clock: Clock, prefix: str = "") -> None:
        self.gateway, self.faults, self.clock, self.prefix = gateway, faults, clock, prefix
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None
        self._held: socket.socket | None = self._bound(0)
        self.port: int = self._held.getsockname()[1]

    def _bound(self, port: int) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", port))
        return made

    def open(self) -> None:
        """Begins to listen."""
        if self._held is None:
            return
        listener = self._listener = _Listener(self._held, self)
        self._held = None
        self._thread = threading.Thread(
            target=lambda: listener.serve_forever(poll_interval=0.02), name="stripe-double"
        )
        self._thread.start()

    def close(self, for_good: bool = False) -> None:
        """Refuses connections. The port stays bound, so that nobody else takes it, unless it is for good."""
        if self._listener is not None and self._thread is not None:
            self._listener.shutdown()
            self._listener.hang_up()
            self._listener.server_close()
            self._thread.join()
            self._listener = self._thread = None
            if not for_good:
                self._held = self._bound(self.port)
        if for_good and self._held is not None:
            self._held.close()
            self._held = None
