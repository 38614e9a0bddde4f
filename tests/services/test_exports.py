"""Everything in the books as CSV, XLSX and JSON that other programs read (D3)."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from frontdesk.errors import Refused
from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.services import exports
from frontdesk.services.exports import ExportResult, export_everything
from frontdesk.services.office import Office
from frontdesk.services.spreadsheet_text import harmless
from frontdesk.services.unit_of_work import Actor
from tests.builders import build_studio, make_client, make_package, make_sale
from tests.support.desk import Desk, busy_studio

Rows = list[dict[str, Any]]


def csv_rows(folder: Path, table: str) -> Rows:
    with (folder / "csv" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def json_rows(folder: Path, table: str) -> Rows:
    rows: Rows = json.loads((folder / "json" / f"{table}.json").read_text(encoding="utf-8"))
    return rows


class Workbook:
    """Reads an XLSX file as far as a plain table goes: each sheet as rows of (type, text)."""

    SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        book = ElementTree.fromstring(self._zip.read("xl/workbook.xml"))
        self.sheets = [sheet.attrib["name"] for sheet in book.iter(f"{self.SPACE}sheet")]

    def rows(self, name: str) -> Iterator[list[tuple[str, str]]]:
        """Header first; a cell without a type is a number."""
        number = self.sheets.index(name) + 1
        sheet = ElementTree.fromstring(self._zip.read(f"xl/worksheets/sheet{number}.xml"))
        assert not list(sheet.iter(f"{self.SPACE}f")), "a cell holds a formula"
        for row in sheet.iter(f"{self.SPACE}row"):
            yield [(cell.attrib.get("t", "n"), "".join(cell.itertext())) for cell in row]

    def close(self) -> None:
        self._zip.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "deep" / "export"


def exported(database: Database, folder: Path) -> tuple[Desk, ExportResult]:
    desk = busy_studio(database)
    return desk, desk.office.read(export_everything, str(folder))


def test_every_table_is_there_in_three_forms_with_the_same_rows(database: Database, folder: Path) -> None:
    """D3."""
    _, result = exported(database, folder)
    book = Workbook(folder / "frontdesk.xlsx")
    try:
        expected = {name for name in metadata.tables if name not in exports.LEFT_OUT}
        assert {name for name, _ in result.rows} == expected == set(book.sheets)
        for table, count in result.rows:
            assert len(csv_rows(folder, table)) == len(json_rows(folder, table)) == count, table
            header, *rows = book.rows(table)
            assert len(rows) == count, table
            names = [text for _, text in header]
            assert not count or names == list(json_rows(folder, table)[0])
    finally:
        book.close()
    assert sum(count for name, count in result.rows if name in ("sale", "refund", "ledger_entry")) > 20
    assert set(result.files) == {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    }


def test_what_is_at_stripe_goes_along_and_what_sync_notes_for_itself_does_not(
    database: Database, folder: Path
) -> None:
    """D3, A4: an owner gets what waits, what Stripe said and the links; no name of a key."""
    _, result = exported(database, folder)
    counts = dict(result.rows)
    kept = ("checkout", "outbox", "stripe_object", "stripe_transaction", "stripe_customer", "quarantine")
    assert all(counts[table] for table in (*kept, "stripe_account", "online_product", "online_price"))
    assert not {"sync_state", "stripe_reads", "stripe_event"} & counts.keys()
    (account,) = json_rows(folder, "stripe_account")
    assert account["account_id"] == "acct_1" and "secret_name" not in account
    assert csv_rows(folder, "online_price")[0]["link_id"] == "plink_1"


def test_amounts_are_decimal_and_instants_are_local_with_their_offset(
    database: Database, folder: Path
) -> None:
    """S9: 90.00, not 9000; times on the studio's clock, and no other instant by it."""
    desk, _ = exported(database, folder)
    sale = json_rows(folder, "sale")[0]
    at = datetime.fromisoformat(sale["sold_at"])
    assert at.utcoffset() is not None and sale["sold_at"].endswith(("+01:00", "+02:00"))
    with desk.office.database.reading() as connection:
        stored = connection.execute(metadata.tables["sale"].select().order_by("id")).first()
    assert stored is not None and stored.sold_at == at
    major, _, minor = csv_rows(folder, "sale")[0]["total"].partition(".")
    assert (len(minor), int(major + minor)) == (2, stored.total) and sale["total"] == f"{major}.{minor}"


def test_money_follows_the_currencys_decimals(office: Office, folder: Path) -> None:
    """S9: none in yen."""
    from frontdesk.models.money import Money

    actor = build_studio(office, currency="JPY")
    package = make_package(office, actor, price=Money(9000, "JPY"))
    make_sale(office, actor, make_client(office, actor), package)
    office.read(export_everything, str(folder))
    assert csv_rows(folder, "sale")[0]["total"] == "9000"


def test_every_amount_of_money_in_the_tables_is_written_as_money(database: Database) -> None:
    """An integer column of that kind that nobody listed would come out a hundred times too high."""
    money_like = ("price", "amount", "total", "subtotal", "tax", "discount", "cash_given", "cash_change")
    for table in metadata.sorted_tables:
        listed = exports._MONEY.get(table.name, ())
        named = {column.name for column in table.columns if column.name.endswith(money_like)}
        assert named - {"prices_include_tax"} == set(listed), table.name


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd"])
def test_no_text_becomes_a_formula(office: Office, actor: Actor, folder: Path, name: str) -> None:
    """A client's name is typed by strangers and opened in a spreadsheet by the owner."""
    make_client(office, actor, name, phone="+49 30 123456")
    office.read(export_everything, str(folder))
    (row,) = csv_rows(folder, "client")
    assert (row["name"], row["phone"]) == (f"'{name}", "+49 30 123456")
    assert json_rows(folder, "client")[0]["name"] == name
    book = Workbook(folder / "frontdesk.xlsx")
    try:
        header, line = book.rows("client")
        cells = {text: kind for (_, text), (kind, _) in zip(header, line, strict=False)}
        assert cells["name"] in ("s", "inlineStr") and name in [text for _, text in line]
    finally:
        book.close()


@pytest.mark.parametrize("plain", ["Ada", "-3", "+49 (30) 12-34", "", "a=b", 7, -3, None])
def test_what_is_no_formula_stays_as_it_is(plain: object) -> None:
    assert harmless(plain) == plain


def test_accents_survive(office: Office, actor: Actor, folder: Path) -> None:
    make_client(office, actor, "Zoë Łukasz 山田 🙂", notes='two\nlines; "quoted"')
    office.read(export_everything, str(folder))
    for rows in (csv_rows(folder, "client"), json_rows(folder, "client")):
        assert (rows[0]["name"], rows[0]["notes"]) == ("Zoë Łukasz 山田 🙂", 'two\nlines; "quoted"')


def test_an_export_is_one_picture_whatever_is_written_meanwhile(
    office: Office, actor: Actor, folder: Path
) -> None:
    """On both databases: rows of a sale are all there or none of them."""
    package = make_package(office, actor)
    mira = make_client(office, actor)
    sold: list[object] = []

    def told(_table: str, _rows: int) -> None:
        if not sold:
            sold.append(make_sale(office, actor, mira, package))

    result = office.read(export_everything, str(folder), told)
    counts = dict(result.rows)
    assert sold and (counts["sale"], counts["money_transaction"], counts["credit_lot"]) == (0, 0, 0)


def test_progress_tells_each_table(office: Office, actor: Actor, folder: Path) -> None:
    told: list[tuple[str, int]] = []
    make_client(office, actor)
    office.read(export_everything, str(folder), lambda table, rows: told.append((table, rows)))
    assert ("client", 1) in told


def test_a_folder_that_holds_something_is_refused_and_left_alone(
    office: Office, actor: Actor, folder: Path
) -> None:
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match=r"export\.folder_not_empty"):
        office.read(export_everything, str(folder))
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_a_place_that_cannot_be_written_is_named(office: Office, actor: Actor, folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file stands in the way")
    with pytest.raises(Refused, match=r"export\.cannot_write") as refused:
        office.read(export_everything, str(folder))
    assert refused.value.params["path"] == str(folder)


def test_a_long_table_goes_on_in_a_further_worksheet(
    office: Office, actor: Actor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worksheet ends at 1,048,576 rows; here at three."""
    monkeypatch.setattr(exports, "XLSX_ROWS", 3)
    for number in range(5):
        make_client(office, actor, f"Client {number}")
    office.read(export_everything, str(folder))
    book = Workbook(folder / "frontdesk.xlsx")
    try:
        parts = [name for name in book.sheets if name in ("client", "client 2", "client 3")]
        assert [len(list(book.rows(name))) for name in parts] == [3, 3, 2]
    finally:
        book.close()
