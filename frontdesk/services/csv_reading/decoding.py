"""The text in a file's bytes: which encoding it is in, judged by what comes out of it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from frontdesk.errors import FrontdeskError

MAX_BYTES: Final = 64 * 1024 * 1024

# What the wizard offers when the detection is wrong, commonest first.
ENCODINGS: Final = (
    "utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "cp850", "mac_roman", "iso8859_2", "shift_jis", "gb18030", "big5", "euc_kr",
)  # fmt: skip

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "imports.file_is_workbook"),
    (b"\xd0\xcf\x11\xe0", "imports.file_is_workbook"),
    (b"%PDF", "imports.file_is_pdf"),
    (b"\x89PNG", "imports.file_is_no_text"),
    (b"\xff\xd8\xff", "imports.file_is_no_text"),
    (b"\x1f\x8b", "imports.file_is_no_text"),
)
_SAMPLE: Final = 64 * 1024
_HTML = re.compile(rb"\s*<(?:!doctype html|html|table|\?xml)", re.IGNORECASE)


class ImportFileError(FrontdeskError):
    """A file that cannot be imported as it is; the codes are `imports.file_…`."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and the encoding it was read in; `damaged` if some bytes meant nothing in it."""

    text: str
    encoding: str
    damaged: bool = False


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text in `data`, in the named encoding or in the one it seems to be in.

    A byte order mark decides; else UTF-16 shows by its zero bytes, UTF-8 by being valid, and of the one-byte
    encodings the one is taken in which the letters look like those of words. Single damaged bytes become
    U+FFFD. Raises ImportFileError for an empty or oversized file and for what is no text.
    """
    _refuse_other_files(data)
    if encoding is not None:
        return _decoded(_without_mark(data, encoding), encoding)
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], marked)
    wide = _utf16_without_mark(data)
    if wide is not None:
        return _decoded(data, wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _decoded(data, _narrow_encoding(data))


def _refuse_other_files(data: bytes) -> None:
    if not data.strip(b" \t\r\n\0"):
        raise ImportFileError("imports.file_empty")
    if len(data) > MAX_BYTES:
        raise ImportFileError("imports.file_too_large", megabytes=len(data) // 2**20, most=MAX_BYTES // 2**20)
    for start, code in _OTHER_FILES:
        if data.startswith(start):
            raise ImportFileError(code)
    if _HTML.match(data.removeprefix(codecs.BOM_UTF8)):
        raise ImportFileError("imports.file_is_web_page")


def _without_mark(data: bytes, encoding: str) -> bytes:
    for mark, marked in _BOMS:
        if marked == encoding:
            return data.removeprefix(mark)
    return data


def _decoded(data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding, errors="replace")
    except LookupError as error:
        raise ImportFileError("imports.file_encoding_unknown", encoding=encoding) from error
    return Decoded(text, encoding, damaged="\ufffd" in text)


def _utf16_without_mark(data: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every other byte: behind the letter (LE) or before it (BE)."""
    sample = data[: _SAMPLE & ~1]
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


_WESTERN: Final = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœšžßþðÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸŒŠŽÞÐ")
_CENTRAL: Final = frozenset(
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽäöüÄÖÜßőűŐŰăâîșțşţĂÂÎȘȚŞŢđĐľĺŕôôĽĹŔÔ"
)
_TURKISH: Final = frozenset("ğışçöüĞİŞÇÖÜâîûÂÎÛéÉ")
_PUNCTUATION: Final = frozenset("’‘“”–—…€£§°«»´¡¿ªº·•\u00a0®©™²³½¼¾")

# (encoding, letters that its readers write, how much it is trusted before others)
_NARROW: Final = (
    ("cp1252", _WESTERN, 3),
    ("cp1250", _CENTRAL, 2),
    ("cp1254", _TURKISH, 1),
    ("mac_roman", _WESTERN, 0),
    ("cp850", _WESTERN, 0),
    ("iso8859_2", _CENTRAL, 0),
)

# (encoding, the letters of its script, its vowels if it has capitals)
_OTHER_SCRIPTS: Final[tuple[tuple[str, frozenset[str], frozenset[str]], ...]] = (
    ("cp1251", frozenset(map(chr, range(0x400, 0x460))), frozenset("аеёиоуыэюяіїє")),
    ("cp1253", frozenset(map(chr, range(0x386, 0x3CF))), frozenset("αεηιουωάέήίόύώ")),
    ("cp1255", frozenset(map(chr, range(0x5D0, 0x5EB))), frozenset()),
    ("cp1256", frozenset(map(chr, range(0x621, 0x64B))) | frozenset("پچژگک"), frozenset()),
)


def _narrow_encoding(data: bytes) -> str:
    """The encoding of bytes that are not valid UTF-8."""
    if _is_damaged_utf8(data):
        return "utf-8"
    sample = _informative_sample(data)
    if _is_mostly_ascii_letters(sample):
        best, score = _best_latin(sample)
        return best if score >= 0.9 else _guess_by_language(sample) or best
    return _other_script(sample) or _guess_by_language(sample) or "cp1252"


_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


def _is_mostly_ascii_letters(sample: bytes) -> bool:
    """Whether words with letters beyond ASCII have others too, as all in Latin letters do."""
    words = b"".join(_WORDS.findall(sample))
    return sum(1 for byte in words if byte < 0x80) >= 0.35 * len(words)


def _best_latin(sample: bytes) -> tuple[str, float]:
    best, best_score = "cp1252", -1.0
    for encoding, letters, trust in _NARROW:
        score = _plausibility(sample.decode(encoding, errors="replace"), letters) + trust / 1000
        if score > best_score:
            best, best_score = encoding, score
    return best, best_score


def _other_script(sample: bytes) -> str | None:
    """The encoding in which nearly all is of one script; of two the one with the more vowels.

    Greek and Cyrillic come out as each other's letters, and only the vowels then are too few.
    """
    best, best_share = None, -1.0
    for encoding, letters, vowels in _OTHER_SCRIPTS:
        try:
            beyond = [char for char in sample.decode(encoding) if char > "\x7f"]
        except UnicodeDecodeError:
            continue
        if sum(1 for char in beyond if char in letters) < 0.95 * len(beyond):
            continue
        if vowels and not _has_capitals(sample.decode(encoding)):
            continue
        share = sum(1 for char in beyond if char.lower() in vowels) / len(beyond)
        if share > best_share:
            best, best_share = encoding, share
    return best


def _has_capitals(text: str) -> bool:
    """Whether most words beyond ASCII look like names; all small or in random case is a wrong guess."""
    words: list[str] = re.findall(r"[^\W\d_a-zA-Z]+", text)
    return sum(word.istitle() or word.isupper() for word in words) >= 0.7 * len(words)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether the file is UTF-8 but for a few bytes (cut in the middle, or two files joined)."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(1 for char in text[: 4 * _SAMPLE] if char > "\x7f" and char != "\ufffd")
    return good > 4 * bad


def _informative_sample(data: bytes) -> bytes:
    """The lines with bytes beyond ASCII, as many as fit the sample: they alone tell encodings apart."""
    lines: list[bytes] = []
    size = 0
    for line in data[: 8 * 2**20].splitlines(keepends=True):
        if not line.isascii():
            lines.append(line[:2000])
            size += len(lines[-1])
            if size > _SAMPLE:
                break
    return b"".join(lines)


def _plausibility(text: str, letters: frozenset[str]) -> float:
    """The share (0…1) of the characters beyond ASCII that stand where people write such characters."""
    fitting = total = 0
    for place, char in enumerate(text):
        if char < "\x80":
            continue
        total += 1
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        if char in letters:
            # A capital inside a small word (MŸller, JosŽ) gives a wrong encoding away.
            # So does a thorn that does not begin its word: it is a Turkish ş (Ayþe).
            wrong = before.islower() and (char.isupper() or char == "þ")
            fitting += not wrong
        elif char in _PUNCTUATION:
            # So does a sign inside a word (£ukasz, Mu¤oz); an apostrophe belongs there.
            fitting += char in "’‘´·" or not (after.islower() or (before.islower() and after.isalpha()))
    return fitting / total if total else 1.0


def _guess_by_language(sample: bytes) -> str | None:
    """What charset-normalizer makes of it: for scripts and languages that no rule above knows."""
    from charset_normalizer import from_bytes

    match = from_bytes(sample[:_SAMPLE], steps=5, chunk_size=512).best()
    if match is None:
        return None
    decoded = str(match)
    letters = sum(1 for char in decoded if char > "\x7f" and unicodedata.category(char)[0] == "L")
    beyond = sum(1 for char in decoded if char > "\x7f")
    return match.encoding if beyond and letters >= beyond * 0.7 else None
