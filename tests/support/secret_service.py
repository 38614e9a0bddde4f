"""A real Secret Service for tests: gnome-keyring on a D-Bus of its own, without a screen and without prompts.

A keyring cannot be moved in a running process, so what needs one runs as a program of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Program -> the Debian package that brings it.
NEEDED = {"dbus-run-session": "dbus", "dbus-send": "dbus", "gnome-keyring-daemon": "gnome-keyring"}

_UNLOCKED = r"""
printf %s "$SECRET_SERVICE_PASSWORD" | gnome-keyring-daemon --unlock --foreground --components=secrets \
    >/dev/null 2>&1 &
daemon=$!
trap 'kill $daemon 2>/dev/null || :' EXIT
tries=0
until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo 'no Secret Service' >&2; exit 97; }
    sleep 0.05
done
"$@"
"""


def missing_packages() -> str:
    """What has to be installed before a Secret Service can be started, "" for nothing."""
    return " ".join(sorted({package for name, package in NEEDED.items() if shutil.which(name) is None}))


def run_with_keyring(
    code: str, home: Path, *, given: str = "", password: str = "tests", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Python code beside an unlocked keyring; ``given`` is its standard input.

    The keyring stays in ``home`` and opens again with the same password. Another password leaves it locked.
    """
    runtime = home / "run"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(runtime),
        "SECRET_SERVICE_PASSWORD": password,
        **environment,
    }
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"):
        environment.pop(name, None)
    command = ["dbus-run-session", "--", "sh", "-eu", "-c", _UNLOCKED, "sh", sys.executable, "-c", code]
    return subprocess.run(command, input=given, env=environment, capture_output=True, text=True, timeout=60)
