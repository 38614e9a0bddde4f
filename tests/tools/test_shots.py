"""Every dialog of the program is a scene: drawn by ``dev.py shots``, and walked over."""

from __future__ import annotations

from frontdesk.ui.openers import DIALOGS
from tools.shots import scenes

#: What shows the dialog of another name, or a screen's own.
_SHOWN_BY = {"kept_sale": "sell"}


def test_every_dialog_that_can_be_asked_for_is_a_scene() -> None:
    """U3: what is no scene is walked over by nobody."""
    named = {scene.name for scene in scenes()}
    assert {_SHOWN_BY.get(name, name).replace("_", "-") for name in DIALOGS} <= named


def test_no_two_scenes_have_one_name() -> None:
    names = [scene.name for scene in scenes()]
    assert len(set(names)) == len(names)
