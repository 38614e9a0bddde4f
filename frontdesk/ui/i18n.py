"""Languages: which there are, the one in use, and a pseudo-locale for finding texts that do not fit (U7).

Texts of the ui go through tr() and `QCoreApplication.translate`; resources/translations holds Qt Linguist's
files, frontdesk_<language>.qm. English is in the source.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from frontdesk.ui.resources import resource

SYSTEM = "system"
PSEUDO = "pseudo"
_ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéíñöüýÁÇÉÍÑÖÜÝ")


def languages() -> tuple[str, ...]:
    """Codes of the languages that the program can speak, English first."""
    translated = resource("translations").glob("frontdesk_*.qm")
    return ("en", *sorted(file.stem.removeprefix("frontdesk_") for file in translated))


def install_language(app: QApplication, language: str = SYSTEM) -> QLocale:
    """Makes the program speak a language from now on; call before the first widget. Returns its locale.

    Numbers and dates follow the system when the language is the system's, else the language.
    """
    locale = QLocale.system() if language in (SYSTEM, PSEUDO) else QLocale(language)
    if locale.language() is QLocale.Language.C:
        # A system that names no language counts like a programmer: without separators of thousands.
        locale = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
    QLocale.setDefault(locale)
    translator: QTranslator | None = None
    if language == PSEUDO:
        translator = PseudoTranslator(app)
    else:
        translator = QTranslator(app)
        if not translator.load(locale, "frontdesk", "_", str(resource("translations"))):
            translator = None
    if translator is not None:
        app.installTranslator(translator)
    app.setLayoutDirection(locale.textDirection())
    return locale


class PseudoTranslator(QTranslator):
    """Makes every text 40 % longer and accented, so that one sees what is cut off or not translated."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1, /) -> str:
        """The lengthened text; placeholders in braces and %n keep their spelling."""
        return pseudo(source)

    def isEmpty(self) -> bool:
        """Never empty, so that Qt asks it."""
        return False


def pseudo(text: str) -> str:
    """The text lengthened by 40 %: "Sell" → "[Séll··]"."""
    pieces: list[str] = []
    depth = 0
    for at, letter in enumerate(text):
        depth += letter == "{"
        held = depth > 0 or (at > 0 and text[at - 1] in "%&")
        pieces.append(letter if held else letter.translate(_ACCENTS))
        depth -= letter == "}"
    return f"[{''.join(pieces)}{'·' * max(1, round(len(text) * 0.4) - 2)}]"


def set_right_to_left(on: bool) -> None:
    """Turns the layout around, as Arabic or Hebrew would."""
    app = QCoreApplication.instance()
    if isinstance(app, QApplication):
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if on else Qt.LayoutDirection.LeftToRight)
