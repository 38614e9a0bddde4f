"""What must hold for the books after every test."""

from frontdesk.models.database import Database
from frontdesk.services.office import Office
from frontdesk.services.verify import check_books
from frontdesk.services.views.verify import BooksReport


def report_on(database: Database) -> BooksReport:
    """What a check of the books finds."""
    return Office(database).read(check_books)


def found_in(database: Database) -> set[str]:
    """The codes of what a check of the books finds."""
    return {finding.code for finding in report_on(database).findings}


def assert_books_hold(database: Database) -> None:
    """Fail with every finding of a check of the books."""
    told = [f"{one.code}: {dict(one.params)}" for one in report_on(database).findings]
    assert not told, "the books do not hold after this test:\n" + "\n".join(told)
