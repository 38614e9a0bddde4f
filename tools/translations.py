"""Qt Linguist's files: python tools/translations.py update LANGUAGE | release

`update de` collects every text of the ui and every message of the services into
resources/translations/frontdesk_de.ts, keeping what is translated; `release` compiles all of them to .qm.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
sys.path.insert(0, str(ROOT))

from frontdesk.messages import templates  # noqa: E402 (after the path is set)


def _tool(name: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{name}")
    subprocess.run([str(program), *arguments], check=True, cwd=ROOT)


def messages_as_source() -> str:
    """The services' messages as calls that lupdate reads; in their modules they are plain data."""
    calls = "\n".join(f'QCoreApplication.translate("messages", {text!r})' for text in templates().values())
    return f"from PySide6.QtCore import QCoreApplication\n{calls}\n"


def update(language: str) -> None:
    """Collects all texts for a language."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        collected = Path(folder) / "messages.py"
        collected.write_text(messages_as_source(), encoding="utf-8")
        sources = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "frontdesk").rglob("*.py"))]
        target = FOLDER / f"frontdesk_{language}.ts"
        _tool("lupdate", "-locations", "none", *sources, str(collected), "-ts", str(target))


def release() -> None:
    """Compiles every language."""
    for source in sorted(FOLDER.glob("frontdesk_*.ts")):
        _tool("lrelease", str(source), "-qm", str(source.with_suffix(".qm")))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["update", language]:
            update(language)
        case ["release"]:
            release()
        case _:
            sys.exit(__doc__)
