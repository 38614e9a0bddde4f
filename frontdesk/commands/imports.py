"""Commands that bring clients in from another system's file, list such imports and take one back (D3)."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any, Final

from frontdesk.commands.answer import FOUND, OK, Answer, refusal
from frontdesk.commands.books import opened
from frontdesk.errors import Refused
from frontdesk.messages import sentence
from frontdesk.models.calendar import local_day
from frontdesk.paths import Places
from frontdesk.services.client_rows import client_rows_by_id
from frontdesk.services.csv_reading.client_file import (
    ClientFile,
    draft_of,
    read_client_file,
    suggested_mapping,
)
from frontdesk.services.csv_reading.columns import ColumnMapping, Field
from frontdesk.services.csv_reading.dates import DateOrder
from frontdesk.services.csv_reading.decoding import ImportFileError
from frontdesk.services.csv_reading.table import Table, read_table
from frontdesk.services.desks import desk_rows
from frontdesk.services.drafts.imports import ImportDraft
from frontdesk.services.import_report import report_header, report_lines, write_report
from frontdesk.services.imports import import_batches, import_clients, plan_import
from frontdesk.services.office import Office
from frontdesk.services.staff import staff_rows
from frontdesk.services.undoing_imports import undo_import
from frontdesk.services.unit_of_work import Actor, Reading
from frontdesk.services.views.imports import ImportBatch, Imported, ImportPlan, RowPlan

ORDERS: Final[dict[str, DateOrder]] = {"day-first": "day_first", "month-first": "month_first"}
#: Rows that are told on the screen; a report has all of them.
_TOLD: Final = 20
_HINTS: Final = {
    "imports.file_date_order_needed": "Say it with --date-order day-first or --date-order month-first.",
    "imports.same_file": "Take it back with “frontdesk import undo”, or bring it in again with --again.",
}


def clients(options: argparse.Namespace, places: Places) -> Answer:
    """Reads a file, says what is in it, and brings it in unless this is a dry run."""
    if options.report is not None and options.report.absolute() == options.file.absolute():
        raise Refused("imports.report_is_the_file", path=str(options.report))
    try:
        return _clients(options, places)
    except (Refused, ImportFileError) as error:
        hint = _HINTS.get(error.code)
        return refusal(error, hint) if hint else refusal(error)


def _clients(options: argparse.Namespace, places: Places) -> Answer:
    with opened(places) as office:
        file = read_client_file(options.file)
        table = read_table(file.data)
        mapping = suggested_mapping(table)
        draft = _draft(office, file, table, mapping, options)
        plan = office.read(plan_import, draft)
        if options.report is not None:
            write_report(options.report, report_header(sentence), report_lines(plan, sentence))
        done = None if options.dry_run else _bring_in(office, places, draft)
    code = FOUND if plan.left_out else OK
    data = _told_data(table, mapping, plan, done)
    return Answer(data, (*_told_file(table, mapping), *_told_plan(plan), *_told_end(options, done)), code)


def _draft(
    office: Office, file: ClientFile, table: Table, mapping: ColumnMapping, options: argparse.Namespace
) -> ImportDraft:
    today = office.read(lambda reading: local_day(reading.now, reading.studio.zone))
    order = ORDERS[options.date_order] if options.date_order else None
    return draft_of(file, table, mapping, order, today, again=options.again)


def _bring_in(office: Office, places: Places, draft: ImportDraft) -> Imported:
    return office.write(import_clients, acting(office, places), None, draft).value


def acting(office: Office, places: Places) -> Actor:
    """Who acts on the command line: the studio's first staff member, at the desk of this computer.

    Raises:
        Refused: home.unknown_desk.
    """
    staff = [one for one in office.read(staff_rows) if not one.archived]
    desks = office.read(desk_rows)
    desk = next((one for one in desks if one.name == places.desk), None)
    if places.desk and desk is None:
        raise Refused("home.unknown_desk", desk=places.desk, desks=", ".join(one.name for one in desks))
    first = min(staff, key=lambda one: one.id)
    return Actor(first.id, (desk or min(desks, key=lambda one: one.id)).id)


# What was read and would be, or was, brought in


def _told_file(table: Table, mapping: ColumnMapping) -> Iterable[str]:
    shown = {"\t": "tabs"}.get(table.delimiter, f"“{table.delimiter}”")
    yield f"{len(table.records):,} rows in {table.encoding}, separated by {shown}."
    for field, place in mapping.columns:
        yield f"  {sentence(f'import.field.{field.value}', {}):<18} {_column(table, place)}"
    taken = {place for _, place in mapping.columns}
    left = [_column(table, place) for place in range(len(table.header)) if place not in taken]
    if left:
        yield f"  {'not read':<18} {', '.join(left)}"
    if not mapping.brings_packs:
        yield "No column holds credits left, so no packs come in."
    elif mapping.column(Field.PACK_CREDITS) is None:
        yield "What is left of a pack is what it had in all less what is used."


def _column(table: Table, place: int) -> str:
    return table.header[place] or f"column {place + 1}"


def _told_plan(plan: ImportPlan) -> Iterable[str]:
    yield f"{plan.created:>9,}  new clients"
    yield f"{plan.matched:>9,}  clients who are here already"
    yield f"{plan.left_out:>9,}  rows left out"
    yield f"{plan.packs:>9,}  packs with {plan.credits:,} credits"
    odd = [row for row in plan.rows if row.problems]
    for row in odd[:_TOLD]:
        yield f"Row {row.number}{f', {row.name}' if row.name else ''}: {_sentences(row)}"
    if len(odd) > _TOLD:
        yield f"… and {len(odd) - _TOLD:,} more rows; --report FILE writes all of them."


def _sentences(row: RowPlan) -> str:
    return " ".join(sentence(problem.code, problem.params) for problem in row.problems)


def _told_end(options: argparse.Namespace, done: Imported | None) -> Iterable[str]:
    if options.report is not None:
        yield f"The report is in {options.report}."
    if done is None:
        yield "Nothing was written: this was a dry run."
    else:
        yield f"Imported. Take it back with: frontdesk import undo {done.batch_id}"


def _told_data(
    table: Table, mapping: ColumnMapping, plan: ImportPlan, done: Imported | None
) -> dict[str, Any]:
    return {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "columns": {field.value: _column(table, place) for field, place in mapping.columns},
        "rows": len(plan.rows),
        "created": plan.created,
        "matched": plan.matched,
        "left_out": plan.left_out,
        "packs": plan.packs,
        "credits": plan.credits,
        "imported_before": None if plan.imported_before is None else plan.imported_before.isoformat(),
        "batch": None if done is None else done.batch_id,
        "problems": [
            {"row": row.number, "action": row.action, "codes": [problem.code for problem in row.problems]}
            for row in plan.rows
            if row.problems
        ],
    }


# The list, and taking back


def batches(options: argparse.Namespace, places: Places) -> Answer:
    """All imports, the newest first."""
    with opened(places) as office:
        found, zone = office.read(lambda reading: (import_batches(reading), reading.studio.zone))
    lines = []
    for batch in found:
        at = batch.imported_at.astimezone(zone)
        lines.append(
            f"{batch.id:>5}  {at:%Y-%m-%d %H:%M}  {batch.file_name}: {batch.created:,} new clients,"
            f" {batch.packs:,} packs{_told_undone(batch)}"
        )
    data = {"imports": [_batch_data(batch) for batch in found]}
    return Answer(data, tuple(lines) or ("Nothing was imported yet.",))


def _told_undone(batch: ImportBatch) -> str:
    if batch.undone_at is None:
        return ""
    return f", taken back but for {batch.kept:,} rows" if batch.kept else ", taken back"


def _batch_data(batch: ImportBatch) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "file": batch.file_name,
        "imported_at": batch.imported_at.isoformat(),
        "by": batch.staff_name,
        "created": batch.created,
        "matched": batch.matched,
        "left_out": batch.left_out,
        "packs": batch.packs,
        "credits": batch.credits,
        "undone_at": None if batch.undone_at is None else batch.undone_at.isoformat(),
        "kept": batch.kept,
    }


def undo(options: argparse.Namespace, places: Places) -> Answer:
    """Takes an import back and names the rows that stayed."""
    with opened(places) as office:
        undone = office.write(undo_import, acting(office, places), None, options.batch).value
        names = office.read(_names, tuple({row.client_id for row in undone.kept}))
    lines = [
        f"{undone.hidden:>9,}  clients taken off the list",
        f"{undone.voided:>9,}  credits voided",
        f"{len(undone.kept):>9,}  rows stay, since they were acted on",
    ]
    for row in undone.kept[:_TOLD]:
        lines.append(f"Row {row.number}, {names[row.client_id]}: {sentence(f'import.kept.{row.why}', {})}")
    if len(undone.kept) > _TOLD:
        lines.append(f"… and {len(undone.kept) - _TOLD:,} more rows.")
    data = {
        "hidden": undone.hidden,
        "voided": undone.voided,
        "kept": [{"row": row.number, "client": row.client_id, "why": row.why} for row in undone.kept],
    }
    return Answer(data, tuple(lines), FOUND if undone.kept else OK)


def _names(reading: Reading, client_ids: tuple[int, ...]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(client_ids), 1_000):
        rows = client_rows_by_id(reading, client_ids[start : start + 1_000])
        found.update({client_id: row.name for client_id, row in rows.items()})
    return found
