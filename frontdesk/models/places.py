"""Where a database file may live: not on a network share or in a synced folder (L3)."""

import os
import sys
from pathlib import Path, PurePath

from frontdesk.errors import Refused

#: File systems whose locks cannot be trusted between machines.
NETWORK_FILE_SYSTEMS = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afpfs",
        "webdav",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.davfs",
        "9p",
        "ceph",
    )
)
#: Folders whose programs copy files behind our back, by the beginning of a path part.
SYNCED_FOLDERS = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "com~apple~clouddocs",
    "nextcloud",
    "owncloud",
    "pcloud",
    "syncthing",
)


def refuse_shared_folder(path: Path) -> None:
    """Refuse a database file that another machine could write to at the same time.

    Raises:
        Refused: database.shared_folder with the path and what was found there.
    """
    found = synced_folder(path) or network_file_system(path)
    if found:
        raise Refused("database.shared_folder", path=str(path), found=found)


def synced_folder(path: PurePath) -> str | None:
    """The name of the synced folder that the path lies in, if it does."""
    return next((part for part in path.parts if part.casefold().startswith(SYNCED_FOLDERS)), None)


def network_file_system(path: Path) -> str | None:
    """The kind of network file system that the path lies on, None if it is local or cannot be told."""
    if str(path).startswith("\\\\"):
        return "UNC"
    if sys.platform == "win32":
        return _windows_network_drive(path)
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return None
    return network_mount(os.path.realpath(path), mounts.read_text(encoding="utf-8", errors="replace"))


def network_mount(path: str, mounts: str) -> str | None:
    """The network file system that carries an absolute path, by the text of /proc/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind if kind in NETWORK_FILE_SYSTEMS else None


def _windows_network_drive(path: Path) -> str | None:
    import ctypes

    drive_remote = 4
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (exists on Windows alone)
    return "network drive" if kernel.GetDriveTypeW(path.absolute().anchor) == drive_remote else None
