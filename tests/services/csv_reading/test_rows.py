"""Rows come out ready to import, each with every problem it has, and nobody is imported twice."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import frontdesk.services.csv_reading as csv_reading
from frontdesk.messages import template
from frontdesk.models.text import looks_like_card_number
from frontdesk.services.csv_reading.columns import ColumnMapping, Field, suggest_columns
from frontdesk.services.csv_reading.dates import DateOrder
from frontdesk.services.csv_reading.decoding import ImportFileError
from frontdesk.services.csv_reading.import_row import BLOCKING, ImportRow
from frontdesk.services.csv_reading.rows import choices_for, date_columns, read_rows
from frontdesk.services.csv_reading.table import read_table
from frontdesk.services.drafts.clients import ClientDraft

TODAY = date(2027, 1, 15)
HEADER = "Member ID,First Name,Last Name,Email,Phone,Birthday,Notes,Package,Credits Remaining,Expires"


def imported(csv_text: str | bytes, asked: DateOrder | None = None) -> tuple[ImportRow, ...]:
    """The rows of a file, read with what is suggested for it."""
    table = read_table(csv_text if isinstance(csv_text, bytes) else csv_text.encode())
    mapping = suggest_columns(table.header, [record.cells for record in table.records[:100]])
    return read_rows(table, choices_for(table, mapping, asked), TODAY)


def one(row: str, header: str = HEADER) -> ImportRow:
    return imported(f"{header}\n{row}\n")[0]


def codes(row: ImportRow) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in row.problems]


def test_a_full_row_is_read_to_the_last_field() -> None:
    """D3"""
    row = one(
        "0042, Zoë ,O’Neil,zoe@example.com,+49 (151) 234-567,2 May 1990,"
        '"Knee\nno jumps",10 classes,8,1 Apr 2027'
    )
    assert row == ImportRow(
        number=2,
        name="Zoë O’Neil",
        email="zoe@example.com",
        phone="+49 (151) 234-567",
        digits="49151234567",
        birthday=date(1990, 5, 2),
        notes="Knee\nno jumps",
        member_code="0042",
        pack_name="10 classes",
        pack_credits=8,
        pack_expires=date(2027, 4, 1),
    )
    assert row.is_importable


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Anna Ruiz", "Anna Ruiz"),
        ('"Ruiz, Anna"', "Anna Ruiz"),
        ('"Ruiz , Anna Maria"', "Anna Maria Ruiz"),
        ('"Ruiz,"', "Ruiz"),
        ("محمد بن علي", "محمد بن علي"),
        ("Anna  👩‍🏫", "Anna 👩‍🏫"),
    ],
)
def test_a_whole_name_is_turned_where_the_last_name_comes_first(written: str, name: str) -> None:
    assert one(f"{written},x@example.com", "Name,Email").name == name


def test_people_called_null_keep_their_name() -> None:
    rows = imported("First Name,Last Name\nAnna,Null\nTom,NULL\nZoë,null\nKim,None\nNan,Lee\n")
    assert [row.name for row in rows] == ["Anna Null", "Tom", "Zoë", "Kim", "Nan Lee"]


@pytest.mark.parametrize("nothing", ["", "-", "n/a", "NULL", "none", "--", "#N/A", '=""'])
def test_what_says_nothing_is_nothing(nothing: str) -> None:
    row = one(f"{nothing},Anna,Ruiz,{nothing},{nothing},{nothing},{nothing},{nothing},{nothing},{nothing}")
    assert row == ImportRow(number=2, name="Anna Ruiz")


def test_a_row_without_a_name_is_called_by_its_contact() -> None:
    row = one(",,,anna@example.com,,,,,,")
    assert (row.name, codes(row)) == ("anna@example.com", [("full_name", "imports.name_from_contact")])
    assert one(",,,,0301234567,,,,,").name == "0301234567"


def test_a_row_about_nobody_is_left_out() -> None:
    row = one("17,,,,,,likes tea,,,")
    assert codes(row) == [("full_name", "imports.nobody")] and not row.is_importable


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("Email", "anna(at)example.com", "imports.email_unclear"),
        ("Email", "anna@example", "imports.email_unclear"),
        ("Phone", "ask her", "imports.phone_unclear"),
        ("Phone", "4.91512E+12", "imports.number_mangled"),
        ("Member ID", "1.2E+11", "imports.number_mangled"),
        ("Birthday", "some day", "imports.birthday_unclear"),
        ("Birthday", "2031-01-01", "imports.birthday_unclear"),
        ("Birthday", "1900-01-01", "imports.birthday_unclear"),
        ("Phone", "1" * 41, "imports.too_long"),
    ],
)
def test_a_value_that_cannot_be_costs_the_value_and_not_the_row(field: str, value: str, code: str) -> None:
    row = one(f"Anna,{value}", f"Name,{field}")
    assert (row.name, [each[1] for each in codes(row)]) == ("Anna", [code])
    assert row.is_importable
    assert (row.email, row.phone, row.digits, row.birthday, row.member_code) == ("", "", "", None, "")


def test_of_several_addresses_the_first_is_taken() -> None:
    row = one('Anna,"anna@example.com; home@example.com"', "Name,Email")
    assert (row.email, codes(row)) == ("anna@example.com", [("email", "imports.email_several")])
    assert one("Anna,Anna Ruiz <anna@example.com>", "Name,Email").email == "anna@example.com"
    assert one("Anna,mailto:anna@example.com", "Name,Email").email == "anna@example.com"


def test_what_protects_numbers_from_a_spreadsheet_is_taken_off() -> None:
    row = one('Anna,"=""0049151""",\'007', "Name,Phone,Member ID")
    assert (row.phone, row.member_code) == ("0049151", "007")


@pytest.mark.parametrize(
    ("credits", "left"),
    [("8", 8), ("8.0", 8), ("8,00", 8), ("8.0000", 8), ("8 of 10", 8), ("8/10", 8), ("8 von 10", 8),
     ("8 classes", 8), ("8x", 8), ("+8", 8)],
)  # fmt: skip
def test_credits_left_are_read_as_systems_write_them(credits: str, left: int) -> None:
    """D3"""
    row = one(f'Anna,10 classes,"{credits}"', "Name,Package,Credits Remaining")
    assert (row.pack_name, row.pack_credits, row.pack_expires, row.problems) == ("10 classes", left, None, ())


@pytest.mark.parametrize(
    ("credits", "code"),
    [
        ("unlimited", "imports.pack_unlimited"),
        ("7.5", "imports.credits_unclear"),
        # A thousand here, one there.
        ('"1,000"', "imports.credits_unclear"),
        ("10.000", "imports.credits_unclear"),
        ("-2", "imports.credits_unclear"),
        ("100001", "imports.credits_unclear"),
        ("12.50 EUR", "imports.credits_unclear"),
        ("many", "imports.credits_unclear"),
        ("", "imports.pack_without_credits"),
    ],
)
def test_what_is_no_number_of_credits_makes_no_pack(credits: str, code: str) -> None:
    row = one(f"Anna,10 classes,{credits}", "Name,Package,Credits Remaining")
    assert (row.pack_name, row.pack_credits, codes(row)) == ("", None, [("pack_credits", code)])
    assert row.is_importable


@pytest.mark.parametrize(
    ("total", "used", "left", "problem"),
    [
        ("10", "4", 6, None),
        ("10.0", "0", 10, None),
        ("10", "10", None, None),
        ("0", "", None, None),
        ("10", "", 10, ("pack_used", "imports.used_missing")),
        ("10", "-", 10, ("pack_used", "imports.used_missing")),
        ("10", "11", None, ("pack_used", "imports.used_too_many")),
        ("10", "-1", None, ("pack_used", "imports.credits_unclear")),
        ("-10", "1", None, ("pack_total", "imports.credits_unclear")),
        ("10", "some", None, ("pack_used", "imports.credits_unclear")),
        ("ten", "1", None, ("pack_total", "imports.credits_unclear")),
        ("100001", "1", None, ("pack_total", "imports.credits_unclear")),
        ("unlimited", "1", None, ("pack_total", "imports.pack_unlimited")),
        ("", "4", None, ("pack_total", "imports.pack_without_credits")),
    ],
)
def test_what_is_left_is_what_there_was_less_what_is_used(
    total: str, used: str, left: int | None, problem: tuple[str, str] | None
) -> None:
    """D3: where no column says what is left."""
    row = one(
        f"Ann Lee,10 classes,{total},{used},2027-04-01", "Name,Package,Total credits,Credits used,Expires"
    )
    assert (row.pack_credits, codes(row)) == (left, [problem] if problem else [])
    assert row.is_importable and row.pack_name == ("10 classes" if left else "")
    if problem == ("pack_used", "imports.used_too_many"):
        assert row.problems[0].params == {"value": "11", "total": 10}


def test_a_number_that_says_what_is_left_goes_before_the_difference() -> None:
    """D3: where somebody chose all three columns."""
    table = read_table(b"Name,All,Used,Left\nAnn,10,4,5\nBo,10,4,\n")
    mapping = ColumnMapping(
        ((Field.FULL_NAME, 0), (Field.PACK_TOTAL, 1), (Field.PACK_USED, 2), (Field.PACK_CREDITS, 3))
    )
    rows = read_rows(table, choices_for(table, mapping), TODAY)
    assert [row.pack_credits for row in rows] == [5, 6]


def test_a_used_up_pack_is_no_pack_and_no_problem() -> None:
    row = one("Anna,10 classes,0,2020-01-01", "Name,Package,Credits Remaining,Expires")
    assert row == ImportRow(number=2, name="Anna")


@pytest.mark.parametrize(
    ("expires", "last_day"), [("2027-01-15", TODAY), ("never", None), ("Unbegrenzt", None), ("", None)]
)
def test_a_pack_may_be_used_to_the_end_of_its_last_day(expires: str, last_day: date | None) -> None:
    row = one(f"Anna,Pack,3,{expires}", "Name,Package,Credits Remaining,Expires")
    assert (row.pack_credits, row.pack_expires, row.problems) == (3, last_day, ())


@pytest.mark.parametrize(
    ("expires", "code"),
    [
        ("2027-01-14", "imports.pack_expired"),
        ("whenever", "imports.expiry_unclear"),
        ("2999-01-01", "imports.expiry_unclear"),
    ],
)
def test_a_pack_with_a_doubtful_end_is_left_out_and_said_so(expires: str, code: str) -> None:
    row = one(f"Anna,Pack,3,{expires}", "Name,Package,Credits Remaining,Expires")
    assert (row.name, row.pack_name, row.pack_credits, codes(row)) == (
        "Anna",
        "",
        None,
        [("pack_expires", code)],
    )


@pytest.mark.parametrize("column", ["Notes", "Phone", "First Name", "Member ID", "Email", "Package"])
def test_a_card_number_is_never_read(column: str) -> None:
    """A5"""
    rows = imported(f"Last Name,{column},Credits Remaining\nRuiz,4242 4242 4242 4242,3\nLang,fine,2\n")
    assert not rows[0].is_importable and rows[1].number == 3
    assert "imports.card_number" in [code for _, code in codes(rows[0])]
    assert not looks_like_card_number(repr(rows[0]))


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("First Name,Last Name", "4242 4242,4242 4242"),
        ("Name,Email", '"4242 4242, 4242 4242",a@example.com'),
        ("Name,Phone", ",4222222222222"),
        ("Name,Package,Credits Remaining", "Anna,4242424242\u200b424242,3"),
        ("Name,Member ID", "Anna,4242424242\u200b424242"),
        ("Name,Notes", 'Anna,"4242\n4242\n4242\n4242"'),
    ],
)
def test_a_card_number_that_only_comes_together_in_the_row_is_never_read(header: str, line: str) -> None:
    """A5: a name from two columns, one taken from the phone, a value without its invisible signs."""
    row = one(line, header)
    assert "imports.card_number" in [code for _, code in codes(row)] and not row.is_importable
    kept = (row.name, row.email, row.notes, row.member_code, row.pack_name)
    assert not any(looks_like_card_number(value) for value in kept)


def test_a_member_code_with_blanks_is_left_out_and_the_row_comes_in() -> None:
    """P6: the card could not be saved again with it."""
    row = one("Anna,AB 12", "Name,Member ID")
    assert (row.member_code, codes(row)) == ("", [("member_code", "imports.member_code_unclear")])
    assert row.problems[0].params == {"value": "AB 12"} and row.is_importable


def test_a_name_that_nobody_can_see_is_no_name() -> None:
    """D1: joiners alone."""
    row = one("\u200d\u200c,anna@example.com", "Name,Email")
    assert (row.name, codes(row)) == ("anna@example.com", [("full_name", "imports.name_from_contact")])
    assert codes(one("\u200d\u200c,tea", "Name,Notes")) == [("full_name", "imports.nobody")]


def test_a_card_number_in_a_column_that_is_not_read_harms_nobody() -> None:
    row = one("Anna,4242424242424242", "Name,Something else")
    assert row == ImportRow(number=2, name="Anna")


def test_totals_and_repeated_headers_are_told_from_people() -> None:
    rows = imported(
        f"{HEADER}\n1,Anna,Ruiz,anna@example.com,,,,,,\n{HEADER}\n2,Tom,Brown,tom@example.com,,,,,,\n"
        "Total: 2,,,,,,,,,\nTotal,,,,,,,,12,\n2 records,,,,,,,,,\n"
    )
    assert [codes(row) for row in rows] == [
        [],
        [("", "imports.repeated_header")],
        [],
        [("", "imports.totals_row")],
        [("", "imports.totals_row")],
        [("", "imports.totals_row")],
    ]
    assert [row.number for row in rows] == [2, 3, 4, 5, 6, 7]


def test_a_row_with_more_values_than_columns_is_left_out() -> None:
    full = "Zoë,,z@example.com,\n" * 9
    rows = imported(
        "Name,Notes,Email,Phone\nAnna,likes tea, and rum,anna@example.com,\n"
        f"{full}Tom,x,tom@example.com,1234,5\n"
    )
    assert codes(rows[0]) == codes(rows[-1]) == [("", "imports.too_many_columns")]


def test_delimiters_at_the_end_of_every_row_are_no_columns() -> None:
    rows = imported("Name,Email\nAnna,anna@example.com,,\nTom,tom@example.com,,\n")
    assert [row.problems for row in rows] == [(), ()]


def test_a_short_row_is_noticed_only_where_rows_are_not_short_anyway() -> None:
    full = "".join(f"Anna {n},anna{n}@example.com,x\n" for n in range(6))
    rows = imported(f"Name,Email,Notes\n{full}Tom\nZoë,z@example.com,y\n")
    assert [codes(row) for row in rows[6:]] == [[("", "imports.too_few_columns")], []]
    trimmed = imported("Name,Email,Notes\nAnna,anna@example.com\nTom\nZoë,z@example.com,y\n")
    assert [row.problems for row in trimmed] == [(), (), ()]


def test_damaged_and_unprintable_characters_are_said() -> None:
    fine = "".join(
        f"{name},c{place}@example.com\n" for place, name in enumerate(("Zoë", "Åsa", "Öz", "Üla", "Ça"))
    )
    rows = imported(f"Name,Email\nAn\0na Ruiz,a@example.com\n{fine}".encode() + b"Ren\xe9e,r@example.com\n")
    assert (rows[0].name, codes(rows[0])) == ("Anna Ruiz", [("full_name", "imports.control_characters")])
    assert codes(rows[-1]) == [("full_name", "imports.damaged_text")]
    assert rows[-1].is_importable


def test_a_second_pack_of_the_same_person_goes_to_the_first_row_s_client() -> None:
    rows = imported(
        "Name,Email,Package,Credits Remaining\n"
        "Anna Ruiz,anna@example.com,Yoga,3\n"
        "ANNA RUIZ,Anna@Example.com,Dance,5\n"
    )
    assert (rows[1].same_as, rows[1].is_importable, rows[1].problems) == (2, True, ())
    assert [row.pack_credits for row in rows] == [3, 5]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,Anna Ruiz,anna@example.com,", ",Anna Ruíz,ANNA@example.com,030 1"),
        ("1,Anna Ruiz,,+49 151 2345678", ",anna ruiz,,0151 2345678"),
        ("A7,Anna Ruiz,,", "a7,Anna Ruiz,new@example.com,"),
    ],
)
def test_the_same_person_again_is_left_out(first: str, second: str) -> None:
    rows = imported(f"Member ID,Name,Email,Phone\n{first}\n{second}\n")
    assert codes(rows[1]) == [("", "imports.duplicate_row")]
    assert rows[1].problems[0].params == {"row": 2}
    assert not rows[1].is_importable


def test_a_row_that_says_the_same_again_is_left_out_with_its_pack() -> None:
    line = "Anna,anna@example.com,Yoga,3\n"
    rows = imported(f"Name,Email,Package,Credits Remaining\n{line}{line}")
    assert codes(rows[1]) == [("", "imports.repeated_row")]
    assert [row.is_importable for row in rows] == [True, False]


def test_a_family_may_share_an_address() -> None:
    rows = imported("Name,Email\nAnna Ruiz,family@example.com\nTom Ruiz,family@example.com\n")
    assert rows[1].same_as is None and rows[1].is_importable
    assert codes(rows[1]) == [("email", "imports.email_shared")]


def test_people_of_one_name_without_a_contact_are_two() -> None:
    rows = imported("Name,Notes\nAnna Smith,a\nAnna Smith,b\n")
    assert [row.same_as for row in rows] == [None, None]


def test_a_member_code_of_somebody_else_is_taken_off() -> None:
    rows = imported("Member ID,Name\n7,Anna Ruiz\n7,Tom Brown\n")
    assert (rows[1].member_code, codes(rows[1])) == ("", [("member_code", "imports.member_code_taken")])
    assert rows[1].is_importable


def test_the_order_of_dates_is_asked_where_the_file_does_not_tell() -> None:
    """D3"""
    text = "Name,Birthday,Package,Credits Remaining,Expires\nAnna,03/04/1990,Yoga,3,05/06/2027\n"
    table = read_table(text.encode())
    mapping = suggest_columns(table.header)
    told = date_columns(table, mapping)
    assert told[Field.BIRTHDAY].asks and told[Field.PACK_EXPIRES].examples == ("05/06/2027",)
    with pytest.raises(ImportFileError) as refusal:
        imported(text)
    assert refusal.value.code == "imports.file_date_order_needed"
    assert imported(text, "day_first")[0].pack_expires == date(2027, 6, 5)
    assert imported(text, "month_first")[0].birthday == date(1990, 3, 4)


def test_what_the_file_tells_counts_more_than_the_answer() -> None:
    text = "Name,Birthday\nAnna,03/04/1990\nTom,04/13/1990\n"
    assert imported(text, "day_first")[0].birthday == date(1990, 3, 4)


def test_a_file_in_which_nobody_is_named_is_refused() -> None:
    with pytest.raises(ImportFileError) as refusal:
        imported("Notes,Birthday\nlikes tea,1990-01-01\n")
    assert refusal.value.code == "imports.file_names_nobody"


def test_every_problem_has_its_words() -> None:
    """Each code in the sources reads as a sentence that names the next step or what was done."""
    sources = "".join(path.read_text("utf-8") for path in Path(csv_reading.__path__[0]).glob("*.py"))
    used = set(re.findall(r'"(imports\.[a-z_]+)"', sources))
    assert {code for code in used if template(code) is None} == set()
    assert used >= BLOCKING


line = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=150)
@given(st.lists(line, max_size=8), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_no_file_breaks_the_reading(lines: list[str], encoding: str) -> None:
    """Whatever stands in the file, it is read or refused with a reason; nothing else happens."""
    data = "\n".join(["Name,Email,Phone,Birthday,Notes,Credits Remaining,Expires", *lines])
    try:
        rows = imported(data.encode(encoding, errors="replace"), "day_first")
    except ImportFileError as refusal:
        assert template(refusal.code)
        return
    assert len({row.number for row in rows}) == len(rows)
    for row in rows:
        card = ClientDraft(row.name, row.email, row.phone, row.birthday, row.notes, "", row.member_code)
        assert not row.is_importable or not card.problems()
        assert all(template(problem.code) for problem in row.problems)


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    try:
        imported(data, "month_first")
    except ImportFileError as refusal:
        assert template(refusal.code)
