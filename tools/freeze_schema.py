"""Writes the statements of the first revision from tables and triggers: ``python -m tools.freeze_schema``.

Only for as long as that revision has not been released; afterwards every change is a revision of its own.
"""

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from frontdesk.models import search_index, triggers
from frontdesk.models.base import metadata

TARGET = Path(__file__).parent.parent / "frontdesk/models/migrations/versions"
SEPARATOR = "\n-- next\n"


def statements(dialect: str) -> list[str]:
    """All CREATE statements of the dialect in the order in which they must run."""
    compiler = make_url(f"{dialect}://").get_dialect()()
    made = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=compiler)).strip())
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made += [str(CreateIndex(index).compile(dialect=compiler)).strip() for index in indexes]
    search = search_index.SQLITE_TABLE if dialect == "sqlite" else search_index.POSTGRESQL_INDEX
    return [*made, *search, *triggers.statements(dialect)]


def frozen(dialect: str) -> str:
    """The text of the frozen file."""
    lines = "\n".join(line.rstrip() for line in SEPARATOR.join(statements(dialect)).splitlines())
    return lines + "\n"


def main() -> None:
    """Write both files."""
    for dialect in ("sqlite", "postgresql"):
        (TARGET / f"0001_{dialect}.sql").write_text(frozen(dialect), encoding="utf-8")


if __name__ == "__main__":
    main()
