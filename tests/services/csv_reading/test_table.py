"""An export becomes a table, with its own delimiter, its header and every record on its row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.services.csv_reading.decoding import ImportFileError
from frontdesk.services.csv_reading.table import Table, read_table

ROWS = (("Anna Ruiz", "anna@example.com", "030 123"), ("Tom, Brown; Jr.", "tom@example.com", ""))


def _written(
    delimiter: str, *rows: tuple[str, ...], header: tuple[str, ...] = ("Name", "E-Mail", "Phone")
) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows((header, *rows))
    return out.getvalue()


def _cells(table: Table) -> list[tuple[str, ...]]:
    return [record.cells for record in table.records]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_every_delimiter_and_line_end_is_found(delimiter: str, line_end: str) -> None:
    """D3"""
    table = read_table(_written(delimiter, *ROWS).replace("\r\n", line_end).encode())
    assert (table.delimiter, table.header, table.header_row) == (delimiter, ("Name", "E-Mail", "Phone"), 1)
    assert _cells(table) == list(ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends_inside_quotes_do_not_count(delimiter: str) -> None:
    notes = 'knee; back, hip | "old"\tinjury\nno jumps; no, really'
    rows = tuple((f"Client {n}", notes if n % 2 else "", f"c{n}@example.com") for n in range(40))
    table = read_table(_written(delimiter, *rows, header=("Name", "Notes", "Email")).encode())
    assert table.delimiter == delimiter
    assert _cells(table) == list(rows)


cell = st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"), max_size=12).map(str.strip)


@settings(max_examples=60)
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_what_a_system_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    kept = [("x" + name, notes) for name, notes in rows]
    written = _written(delimiter, *kept, header=("Name", "Notes"))
    table = read_table(b"\xef\xbb\xbf" + written.encode(), delimiter=delimiter)
    assert _cells(table) == kept


def test_excel_s_own_line_says_the_delimiter() -> None:
    table = read_table(b"sep=;\r\nName;Town, Street\r\nAnna;A, B\r\n")
    assert (table.delimiter, table.header, table.header_row) == (";", ("Name", "Town, Street"), 2)
    assert table.records[0].number == 3


def test_titles_above_the_header_are_passed_over() -> None:
    data = "Client report,,\nStudio Sun,,\n,,\nFirst Name,Last Name,Email\nAnna,Ruiz,anna@example.com\n"
    table = read_table(data.encode())
    assert (table.header_row, table.header) == (4, ("First Name", "Last Name", "Email"))
    assert [record.number for record in table.records] == [5]


def test_a_file_without_a_header_keeps_its_first_row() -> None:
    table = read_table(b"Anna Ruiz,anna@example.com,030 1234567\nTom Brown,tom@example.com,030 7654321\n")
    assert (table.header_row, table.header) == (0, ("", "", ""))
    assert len(table.records) == 2


def test_a_header_in_an_unknown_language_is_one_all_the_same() -> None:
    table = read_table("Nimi,Sähköposti\nAnna Ruiz,anna@example.com\n".encode())
    assert (table.header_row, table.header) == (1, ("Nimi", "Sähköposti"))


def test_somebody_who_knows_better_chooses_delimiter_and_header() -> None:
    table = read_table(b"a;b,c\nd;e,f\n", delimiter=";", header_row=0)
    assert _cells(table) == [("a", "b,c"), ("d", "e,f")]
    assert read_table(b"a;b\nc;d\ne;f\n", delimiter=";", header_row=2).header == ("c", "d")


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    table = read_table(b'Name,Notes\nAnna,"two\nlines"\n\n,\nTom,x\n')
    assert [(record.number, record.cells[0]) for record in table.records] == [(2, "Anna"), (5, "Tom")]


def test_a_quote_that_never_closes_costs_one_row_and_not_the_file() -> None:
    rows = "".join(f"Client {n},c{n}@example.com\n" for n in range(1000))
    table = read_table(f'Name,E-Mail\nAnna,anna@example.com\n"Broken,b@example.com\n{rows}'.encode())
    assert len(table.records) == 1002
    broken = table.records[1]
    assert (broken.number, broken.cells, broken.damage) == (
        3, ("Broken", "b@example.com"), "imports.quote_not_closed",
    )  # fmt: skip
    assert table.records[-1].cells == ("Client 999", "c999@example.com")


def test_a_quote_that_never_closes_on_the_last_row_is_found_too() -> None:
    table = read_table(b'Name,E-Mail\nAnna,anna@example.com\n"Broken,b@example.com\n')
    assert table.records[1].damage == "imports.quote_not_closed"


def test_an_open_quote_does_not_run_to_the_next_one_hundreds_of_rows_later() -> None:
    rows = "".join(f"Client {n},c{n}@example.com\n" for n in range(300))
    table = read_table(f'Name,E-Mail\n"Broken,b@example.com\n{rows}Anna 5",anna@example.com\n'.encode())
    assert len(table.records) == 302
    assert [record.number for record in table.records if record.damage] == [2]


def test_a_nickname_in_quotes_is_no_damage() -> None:
    table = read_table(b'Name,E-Mail\nRobert "Bob" Hill,bob@example.com\n"Bob" Hill,b@example.com\n')
    assert [(record.cells[0], record.damage) for record in table.records] == [
        ('Robert "Bob" Hill', ""),
        ("Bob Hill", ""),
    ]


def test_a_field_beyond_any_measure_costs_its_row_alone() -> None:
    data = b"Name,Notes\nAnna," + b"x" * 200_000 + b"\nTom,fine\n"
    table = read_table(data)
    assert [record.damage for record in table.records] == ["imports.field_too_large", ""]
    assert table.records[1].cells == ("Tom", "fine")


def test_zero_bytes_do_not_stop_the_reading() -> None:
    table = read_table(b"Name,E-Mail\nAn\0na,anna@example.com\nTom,tom@example.com\n")
    assert len(table.records) == 2


def test_a_file_without_rows_is_refused() -> None:
    with pytest.raises(ImportFileError) as refusal:
        read_table(b"First Name,Last Name,Email\n\n,,\n")
    assert refusal.value.code == "imports.file_without_rows"


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.services.csv_reading.table.MAX_ROWS", 3)
    with pytest.raises(ImportFileError) as refusal:
        read_table(b"Name\n" + b"Anna\n" * 5)
    assert refusal.value.code == "imports.file_too_many_rows"


def test_a_list_of_names_alone_is_a_table() -> None:
    table = read_table(b"Name\nAnna Ruiz\nTom Brown\n")
    assert (table.header, len(table.records)) == (("Name",), 2)
