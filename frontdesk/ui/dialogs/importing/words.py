"""How imports are put into words: counts, encodings, delimiters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from frontdesk.services.views.imports import ImportBatch
    from frontdesk.ui.formats import Formats

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def clients(formats: Formats, count: int) -> str:
    """ "1 client", "20,000 clients"."""
    if count == 1:
        return translate("Importing", "1 client")
    return translate("Importing", "{count} clients").format(count=formats.number(count))


def packs(formats: Formats, count: int) -> str:
    """ "1 pack", "8,062 packs"."""
    if count == 1:
        return translate("Importing", "1 pack")
    return translate("Importing", "{count} packs").format(count=formats.number(count))


def rows(formats: Formats, count: int) -> str:
    """ "1 row", "20,003 rows"."""
    if count == 1:
        return translate("Importing", "1 row")
    return translate("Importing", "{count} rows").format(count=formats.number(count))


def brings(formats: Formats, created: int, packs_: int) -> str:
    """What an import brings in, in a few words: "20,000 clients and 8,062 packs"."""
    if created and packs_:
        return translate("Importing", "{clients} and {packs}").format(
            clients=clients(formats, created), packs=packs(formats, packs_)
        )
    return packs(formats, packs_) if packs_ else clients(formats, created)


def batch(formats: Formats, one: ImportBatch) -> str:
    """What an earlier import brought in."""
    return brings(formats, one.created, one.packs)


def encoding(code: str) -> str:
    """An encoding by the name that export dialogs use; the code itself where it is rare."""
    return {
        "utf-8": "UTF-8",
        "utf-16-le": "UTF-16",
        "utf-16-be": "UTF-16 BE",
        "cp1252": translate("Importing", "Western (Windows-1252, Latin-1)"),
        "cp1250": translate("Importing", "Central European (Windows-1250)"),
        "cp1251": translate("Importing", "Cyrillic (Windows-1251)"),
        "cp1253": translate("Importing", "Greek (Windows-1253)"),
        "cp1254": translate("Importing", "Turkish (Windows-1254)"),
        "cp1255": translate("Importing", "Hebrew (Windows-1255)"),
        "cp1256": translate("Importing", "Arabic (Windows-1256)"),
        "cp1257": translate("Importing", "Baltic (Windows-1257)"),
        "cp850": translate("Importing", "Western (DOS 850)"),
        "mac_roman": translate("Importing", "Western (Mac)"),
        "iso8859_2": translate("Importing", "Central European (ISO 8859-2)"),
        "shift_jis": translate("Importing", "Japanese (Shift JIS)"),
        "gb18030": translate("Importing", "Chinese (GB 18030)"),
        "big5": translate("Importing", "Chinese (Big5)"),
        "euc_kr": translate("Importing", "Korean (EUC-KR)"),
    }.get(code, code)


def delimiter(sign: str) -> str:
    """What stands between two values."""
    return {
        ",": translate("Importing", "Comma"),
        ";": translate("Importing", "Semicolon"),
        "\t": translate("Importing", "Tab"),
        "|": translate("Importing", "Vertical bar"),
    }.get(sign, sign)
