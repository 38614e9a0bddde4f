"""Being somebody who may not do everything: tests often run as root, whom no folder is closed to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_NOBODY = 65_534


@contextmanager
def without_rights() -> Iterator[None]:
    """This process as a user who owns nothing, where it may change users; else as it is."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
