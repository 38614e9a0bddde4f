"""The text of an export comes out right, whatever encoding the other system wrote."""

from __future__ import annotations

import codecs

import pytest

from frontdesk.services.csv_reading.decoding import ENCODINGS, ImportFileError, decode

WESTERN = ("Müller José", "Zoë Ångström", "François Lefèvre", "Peña Núñez", "Bjørn Ærø")


def _file(names: tuple[str, ...]) -> str:
    return "Name;E-Mail;Telefon\n" + "".join(
        f"{name};client{place}@example.com;030 {place}\n" for place, name in enumerate(names)
    )


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("utf-8", WESTERN),
        ("utf-8-sig", WESTERN),
        ("utf-16", WESTERN),
        ("utf-16-le", WESTERN),
        ("utf-16-be", WESTERN),
        ("utf-32", WESTERN),
        ("latin-1", WESTERN),
        ("cp1252", (*WESTERN, "Renée O’Neil", "“Big” Šárka – 5 €")),
        ("cp1252", ("JOSÉ PEÑA", "MÜLLER")),
        ("cp1252", ("Þórdís Guðmundsdóttir",)),
        ("mac_roman", WESTERN),
        ("cp850", ("Müller José", "Zoë Ångström", "Peña")),
        ("cp1250", ("Łukasz Wójcik", "Świętosława Żak", "Dvořák Jiří")),
        ("iso8859_2", ("Łukasz Wójcik", "Świętosława Żak", "Dvořák Jiří")),
        ("cp1254", ("Ayşe Yılmaz", "Çağla İnce", "Ayşe Şahin")),
        ("cp1251", ("Иван Петров", "Мария Иванова", "Ольга Смирнова")),
        ("cp1253", ("Γιώργος Παπαδόπουλος", "Ελένη Νικολάου")),
        ("cp1255", ("דוד לוי", "שרה כהן")),
        ("cp1256", ("محمد علي", "فاطمة حسن")),
        ("shift_jis", ("山田太郎", "鈴木花子") * 5),
        ("gb18030", ("王小明", "李小龙") * 5),
        ("big5", ("王小明", "李小龍") * 5),
    ],
)
def test_names_come_out_as_they_were_written(encoding: str, names: tuple[str, ...]) -> None:
    """D3"""
    written = _file(names)
    decoded = decode(written.encode(encoding))
    assert decoded.text == written
    assert not decoded.damaged


def test_one_accent_among_thousands_of_rows_is_enough() -> None:
    written = _file(("Anna Smith",) * 5000 + ("Zoë Smith",) + ("Tom Brown",) * 5000)
    assert decode(written.encode("cp1252")).text == written


def test_a_file_in_utf_8_stays_so_with_a_damaged_byte() -> None:
    data = _file(WESTERN).encode() + b"Ren\xe9e;x@example.com;1\n"
    decoded = decode(data)
    assert (decoded.encoding, decoded.damaged) == ("utf-8", True)
    assert "Zoë Ångström" in decoded.text and "Ren\ufffde" in decoded.text


def test_somebody_who_knows_better_chooses_the_encoding() -> None:
    data = _file(("Łukasz",)).encode("cp1250")
    assert "Łukasz" in decode(data, "cp1250").text
    assert "Łukasz" not in decode(data, "cp1252").text
    assert decode(codecs.BOM_UTF8 + b"Name\nAnna\n", "utf-8").text == "Name\nAnna\n"
    for encoding in ENCODINGS:
        codecs.lookup(encoding)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "imports.file_empty"),
        (b" \r\n\t\n", "imports.file_empty"),
        (b"PK\x03\x04rest of a workbook", "imports.file_is_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "imports.file_is_workbook"),
        (b"%PDF-1.7", "imports.file_is_pdf"),
        (b"\x89PNG\r\n", "imports.file_is_no_text"),
        (b"\xef\xbb\xbf\n <HTML><table>", "imports.file_is_web_page"),
    ],
)
def test_a_file_of_another_kind_is_named(data: bytes, code: str) -> None:
    with pytest.raises(ImportFileError) as refusal:
        decode(data)
    assert refusal.value.code == code


def test_a_file_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.services.csv_reading.decoding.MAX_BYTES", 10)
    with pytest.raises(ImportFileError) as refusal:
        decode(b"Name;E-Mail\n")
    assert refusal.value.code == "imports.file_too_large"


def test_an_encoding_nobody_knows_is_refused() -> None:
    with pytest.raises(ImportFileError) as refusal:
        decode(b"Name\n", "klingon")
    assert refusal.value.code == "imports.file_encoding_unknown"
