"""A file as a table: its delimiter, its header and its records, however untidy the export was."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from frontdesk.services.csv_reading.columns import field_of_header
from frontdesk.services.csv_reading.decoding import Decoded, ImportFileError, decode

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_ROWS: Final = 500_000

# A quoted field with more lines than this was never closed; a client's notes are shorter.
_MAX_LINES_OF_A_RECORD: Final = 200
_MAX_FIELD: Final = 100_000
_SAMPLE: Final = 64 * 1024
_SAMPLE_RECORDS: Final = 60
_HEADER_SEARCH: Final = 20


@dataclass(frozen=True, slots=True)
class Record:
    """One record; `number` counts from 1 as a spreadsheet does, empty rows included.

    `damage` is "" or the code of what was wrong: a quote that never closes or a field beyond any measure.
    """

    number: int
    cells: tuple[str, ...]
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What was read; `header_row` is the header's number, 0 if there is none. A column may have no name."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    records: tuple[Record, ...]
    damaged_text: bool = False


def read_table(
    data: bytes, *, encoding: str | None = None, delimiter: str | None = None, header_row: int | None = None
) -> Table:
    """Reads a file's bytes; what is not given is detected. Empty rows are left out but keep their number.

    Raises ImportFileError for what is no table, for one without any row and for more than MAX_ROWS.
    """
    decoded = decode(data, encoding)
    text, declared = _without_separator_line(_as_lines(decoded))
    skipped = 1 if declared else 0
    delimiter = delimiter or declared or detect_delimiter(text)
    records = tuple(_records(text, delimiter, first_number=1 + skipped))
    if len(records) > MAX_ROWS:
        raise ImportFileError("imports.file_too_many_rows", rows=len(records), most=MAX_ROWS)
    if header_row is None:
        header_row = detect_header(records)
    header, body = _split_header(records, header_row)
    if not body:
        raise ImportFileError("imports.file_without_rows")
    return Table(decoded.encoding, delimiter, header, header_row, body, decoded.damaged)


def _as_lines(decoded: Decoded) -> str:
    """The text with one kind of line end: old Mac exports have bare carriage returns."""
    text = decoded.text
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _without_separator_line(text: str) -> tuple[str, str | None]:
    """Excel's own first line, "sep=;", says the delimiter."""
    line, _, rest = text.partition("\n")
    told = line.strip().strip('"')
    if told.lower().startswith("sep=") and len(told) == 5:
        return rest, told[4]
    if line.lower().startswith("sep=\t"):
        return rest, "\t"
    return text, None


def detect_delimiter(text: str) -> str:
    """The delimiter that makes the first rows alike, with the most columns that are known by name.

    Each candidate reads the sample as a whole, so that delimiters and line ends inside quotes don't count.
    """
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda delimiter: _delimiter_score(sample, delimiter))


def _delimiter_score(sample: str, delimiter: str) -> tuple[float, int]:
    records = list(islice(_records(sample, delimiter, 1), _SAMPLE_RECORDS))
    if not records:
        return 0.0, 0
    widths = Counter(len(record.cells) for record in records)
    width, rows = max(widths.items(), key=lambda each: (each[1] * min(each[0], 2), each[0]))
    if width < 2:
        return 0.0, 0
    known = max(_known_names(record.cells) for record in records[:_HEADER_SEARCH])
    return rows / len(records) + known, width


def _known_names(cells: tuple[str, ...]) -> int:
    return len({field for cell in cells if (field := field_of_header(cell)) is not None})


class _Lines:
    """Feeds csv.reader line by line, and stops it where a record grows beyond reason."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        if self._lines[-1] == "":
            self._lines.pop()
        self.place = 0
        self.record_start = 0
        self.overrun = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.place >= len(self._lines):
            raise StopIteration
        if self.place - self.record_start >= _MAX_LINES_OF_A_RECORD:
            self.overrun = True
            raise StopIteration
        line = self._lines[self.place]
        self.place += 1
        # The reader joins the lines of a quoted field by what ends them.
        return line + "\n"

    def start_record(self) -> None:
        self.record_start = self.place
        self.overrun = False

    @property
    def at_end(self) -> bool:
        return self.place >= len(self._lines)

    def back_to_one_line(self) -> str:
        """Takes the record's first line alone and gives the others back."""
        self.place = self.record_start + 1
        return self._lines[self.record_start]


def _records(text: str, delimiter: str, first_number: int) -> Iterator[Record]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    number = first_number
    while not lines.at_end:
        lines.start_record()
        damage = ""
        try:
            cells = next(reader)
        except (csv.Error, StopIteration):
            # An open quote, a quote inside a quoted field, or a field beyond the reader's limit.
            cells, damage = _read_leniently(lines, delimiter)
        if any(cells):
            yield Record(number, tuple(cells), damage)
        number += 1


def _read_leniently(lines: _Lines, delimiter: str) -> tuple[list[str], str]:
    """A record with a stray quote: read leniently if that stays on its line, else without any quoting."""
    line = lines.back_to_one_line()
    if len(line) > _MAX_FIELD:
        return [line[:200]], "imports.field_too_large"
    lenient = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    literal = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))
    if len(lenient) == len(literal):
        return lenient, ""
    return [cell.strip('"') for cell in literal], "imports.quote_not_closed"


def detect_header(records: tuple[Record, ...]) -> int:
    """The number of the row that names the columns, 0 if none does.

    Reports put titles above it, so the first rows are all looked at: the one with the most known names wins.
    A row of words in which nothing looks like data counts as well, if it is the first.
    """
    best, best_known = 0, 0
    for record in records[:_HEADER_SEARCH]:
        known = _known_names(record.cells)
        if known > best_known and (known >= 2 or not _has_data(record.cells)):
            best, best_known = record.number, known
    if best:
        return best
    first = records[0] if records else None
    if first is not None and len(records) > 1 and len(first.cells) > 1 and not _has_data(first.cells):
        others = [record.cells for record in records[1:_HEADER_SEARCH]]
        if any(_has_data(cells) for cells in others) and all(first.cells):
            return first.number
    return 0


def _has_data(cells: tuple[str, ...]) -> bool:
    """Whether some cell is a value rather than a name: an address, or mostly digits."""
    return any(
        "@" in cell or sum(char.isdecimal() for char in cell) * 2 > len(cell) for cell in cells if cell
    )


def _split_header(records: tuple[Record, ...], header_row: int) -> tuple[tuple[str, ...], tuple[Record, ...]]:
    body = tuple(record for record in records if record.number > header_row)
    names = next((record.cells for record in records if record.number == header_row), ())
    width = max(len(names), _usual_width(body)) or max((len(record.cells) for record in body), default=0)
    header = (*(name.strip() for name in names), *("" for _ in range(len(names), width)))
    return header, body


def _usual_width(records: tuple[Record, ...]) -> int:
    """The number of cells that more than half of the records have, 0 if they differ."""
    widths = Counter(len(record.cells) for record in records)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width if count * 2 > len(records) else 0
