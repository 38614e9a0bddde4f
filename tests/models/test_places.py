"""A database file on a network or synced folder is refused with what was found there (L3)."""

from pathlib import Path, PureWindowsPath

import pytest

from frontdesk.errors import Refused
from frontdesk.models.database import Database
from frontdesk.models.places import (
    NETWORK_FILE_SYSTEMS,
    SYNCED_FOLDERS,
    network_file_system,
    network_mount,
    refuse_shared_folder,
    synced_folder,
)

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
/dev/sda2 /home ext4 rw 0 0
server:/export /home/ana/studio nfs4 rw,vers=4.2 0 0
//nas/desk /mnt/our\\040desk cifs rw 0 0
tmpfs /home/ana/studio/local tmpfs rw 0 0
short line
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/home/ana/frontdesk/books.db", None),
        ("/home/ana/studio/books.db", "nfs4"),
        ("/home/ana/studio", "nfs4"),
        ("/home/ana/studio2/books.db", None),
        ("/home/ana/studio/local/books.db", None),
        ("/mnt/our desk/books.db", "cifs"),
        ("/var/lib/books.db", None),
    ],
)
def test_the_longest_mount_point_tells_the_file_system(path: str, found: str | None) -> None:
    assert network_mount(path, MOUNTS) == found


@pytest.mark.parametrize("kind", sorted(NETWORK_FILE_SYSTEMS))
def test_every_network_file_system_is_told(kind: str) -> None:
    assert network_mount("/mnt/x/books.db", f"a /mnt/x {kind} rw 0 0") == kind


@pytest.mark.parametrize("folder", SYNCED_FOLDERS)
def test_synced_folders_are_told_by_how_their_names_begin(folder: str) -> None:
    named = folder.title() + " - Sunrise Studio"
    assert synced_folder(Path("/home/ana") / named / "books.db") == named
    assert synced_folder(PureWindowsPath("C:/Users/Ana") / named / "books.db") == named


def test_a_folder_that_only_contains_such_a_word_is_fine() -> None:
    assert synced_folder(Path("/home/ana/my dropbox backup/books.db")) is None


def test_a_server_share_of_windows_is_told() -> None:
    assert network_file_system(Path("\\\\nas\\desk\\books.db")) == "UNC"


def test_the_refusal_names_the_path_and_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "Dropbox" / "books.db"
    with pytest.raises(Refused) as refused:
        Database.open(path)
    assert refused.value.code == "database.shared_folder"
    assert refused.value.params == {"path": str(path), "found": "Dropbox"}
    assert not path.exists()


def test_a_folder_of_this_computer_is_accepted(tmp_path: Path) -> None:
    refuse_shared_folder(tmp_path / "books.db")
