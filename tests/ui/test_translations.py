"""Every text of the ui reaches Qt Linguist in the context where the program looks for it (U7)."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import frontdesk
from frontdesk.messages import templates
from tools.translations import messages_as_source


def test_lupdate_finds_every_text_with_its_context(tmp_path: Path) -> None:
    messages = tmp_path / "messages.py"
    messages.write_text(messages_as_source(), encoding="utf-8")
    sources = [str(path) for path in sorted(Path(frontdesk.__file__).parent.rglob("*.py"))]
    target = tmp_path / "frontdesk_xx.ts"
    program = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run([program, *sources, str(messages), "-ts", str(target)], check=True, capture_output=True)
    found: dict[str, set[str]] = {}
    for context in ElementTree.parse(target).getroot().iter("context"):
        texts = {str(message.findtext("source")) for message in context.iter("message")}
        found[str(context.findtext("name") or "")] = texts
    assert "Find anything" in found["MainWindow"]
    assert "in %n days" in found["Formats"]
    assert set(templates().values()) <= found["messages"]
    # A local function called tr() has no context: use QCoreApplication.translate("context", "text").
    assert found.get("", set()) == set()
