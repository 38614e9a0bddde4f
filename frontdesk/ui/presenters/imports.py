"""What the import wizard asks of files and of the services: look, dry run, import, report, take back (D3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from frontdesk.services.client_rows import client_rows_by_id
from frontdesk.services.csv_reading.client_file import (
    ClientFile,
    draft_of,
    read_client_file,
    suggested_mapping,
)
from frontdesk.services.csv_reading.columns import ColumnMapping
from frontdesk.services.csv_reading.dates import DateOrder
from frontdesk.services.csv_reading.rows import date_columns
from frontdesk.services.csv_reading.table import Table, read_table
from frontdesk.services.drafts.imports import ImportDraft
from frontdesk.services.import_report import report_header, report_lines, write_report
from frontdesk.services.imports import import_batches, import_clients, plan_import
from frontdesk.services.progress import watching
from frontdesk.services.undoing_imports import undo_import
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.imports import ImportBatch, Imported, ImportPlan, ImportUndone
from frontdesk.services.views.text import looks_like_card_number

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

_SAMPLES = 4
_LOOKED_AT = 500
_CHUNK = 1_000
#: Shown instead of what looks like a card number (A5).
_HIDDEN = "••••"


@dataclass(frozen=True, slots=True)
class FileLook:
    """A file as it is read now. ``samples`` are some values of each column; ``unclear`` are dates that read
    both ways, where somebody has to be asked.

    ``asked_header`` is the row that a person said holds the column names, None where it was found.
    """

    file: ClientFile
    table: Table
    mapping: ColumnMapping
    samples: tuple[tuple[str, ...], ...]
    unclear: tuple[str, ...]
    order: DateOrder | None = None
    asked_header: int | None = None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do, and the draft that does it."""

    draft: ImportDraft
    plan: ImportPlan


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking an import back did; ``names`` are those of the clients whose rows stayed."""

    undone: ImportUndone
    names: dict[int, str]


class ImportsPresenter:
    """The asynchronous code of the import wizard."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks
        self._messages = context.messages
        self._formats = context.formats

    async def look(self, path: str) -> FileLook:
        """Reads a file and suggests what its columns hold. Raises ImportFileError."""
        return await self._tasks.chore(_look, path)

    async def look_again(self, look: FileLook, encoding: str, delimiter: str, header: int | None) -> FileLook:
        """The same file read in another way. Raises ImportFileError."""
        return await self._tasks.chore(_look_again, look, encoding, delimiter, header)

    async def remap(self, look: FileLook, mapping: ColumnMapping) -> FileLook:
        """The same table with other columns."""
        return await self._tasks.chore(_remapped, look, mapping)

    def with_order(self, look: FileLook, order: DateOrder | None) -> FileLook:
        """The same, with what was said about dates that read both ways."""
        return replace(look, order=order)

    async def dry_run(self, look: FileLook) -> DryRun:
        """What would come in; writes nothing. Raises ImportFileError."""
        today = self._formats.today()
        draft = await self._tasks.chore(
            draft_of, look.file, look.table, look.mapping, look.order if look.unclear else None, today
        )
        return DryRun(draft, await self._tasks.read(plan_import, draft, latest="imports.plan"))

    async def save_report(self, plan: ImportPlan, path: str) -> None:
        """Writes the row-by-row report as CSV. Raises Refused imports.report_unwritable."""
        say = self._messages.text
        await self._tasks.chore(lambda: write_report(path, report_header(say), report_lines(plan, say)))

    async def bring_in(
        self, draft: ImportDraft, command_id: UUID, told: Callable[[int, int], None], *, again: bool
    ) -> Imported:
        """Imports; ``told`` hears in the writer's thread how many of how many things are written.

        Raises Refused.
        """
        with watching(command_id, told):
            return await self._tasks.write(import_clients, replace(draft, again=again), command_id=command_id)

    async def earlier(self) -> tuple[ImportBatch, ...]:
        """All imports, the newest first."""
        return await self._tasks.read(import_batches, latest="imports.earlier")

    async def take_back(self, batch_id: int, command_id: UUID) -> TakenBack:
        """Takes an import back. Raises Refused imports.undone_already."""
        undone = await self._tasks.write(undo_import, batch_id, command_id=command_id)
        kept = tuple({row.client_id for row in undone.kept})
        return TakenBack(undone, await self._tasks.read(_names, kept))


def _look(path: str) -> FileLook:
    file = read_client_file(path)
    table = read_table(file.data)
    return _remapped(FileLook(file, table, ColumnMapping(), _samples(table), ()), suggested_mapping(table))


def _look_again(look: FileLook, encoding: str, delimiter: str, header: int | None) -> FileLook:
    table = read_table(look.file.data, encoding=encoding, delimiter=delimiter, header_row=header)
    # Other letters in the same columns change nothing of what somebody said about them.
    same = len(table.header) == len(look.table.header) and table.header_row == look.table.header_row
    mapping = look.mapping if same else suggested_mapping(table)
    read = replace(
        look,
        table=table,
        samples=_samples(table),
        asked_header=header,
    )
    return _remapped(read, mapping)


def _remapped(look: FileLook, mapping: ColumnMapping) -> FileLook:
    told = date_columns(look.table, mapping).values()
    unclear = tuple(dict.fromkeys(one for column in told if column.asks for one in column.examples))
    return replace(look, mapping=mapping, unclear=unclear)


def _samples(table: Table) -> tuple[tuple[str, ...], ...]:
    """The first few different values of each column."""
    found: list[dict[str, None]] = [{} for _ in table.header]
    for record in table.records[:_LOOKED_AT]:
        for seen, cell in zip(found, record.cells, strict=False):
            value = " ".join(cell.split())
            if value and len(seen) < _SAMPLES:
                seen[_HIDDEN if looks_like_card_number(value) else value] = None
    return tuple(tuple(seen) for seen in found)


def _names(reading: Reading, client_ids: tuple[int, ...]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(client_ids), _CHUNK):
        rows = client_rows_by_id(reading, client_ids[start : start + _CHUNK])
        found.update({client_id: row.name for client_id, row in rows.items()})
    return found
