"""The program's own log: rotated files without personal data, kept small."""

import logging
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MAX_BYTES = 1_000_000
KEPT_FILES = 5


def start_logging(folder: Path, *, verbose: bool = False) -> None:
    """Log to ``folder``/frontdesk.log, and warnings to the terminal. Goes on where the folder cannot be."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    handlers: list[logging.Handler] = [_to_terminal(verbose)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(_LogFile(folder / "frontdesk.log"))
    except OSError as error:
        print(f"frontdesk: no log can be kept in {folder}: {error.strerror}", file=sys.stderr)
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(handler)


class _LogFile(logging.Handler):
    """The rotated file, opened by the first record: what rotates takes a window 5 ms to import."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a record to the file. Where there can be none, what is told on screen is still told."""
        try:
            if self._file is None:
                self._file = self._open()
        except OSError:
            return
        self._file.handle(record)

    def close(self) -> None:
        """Close the file too."""
        if self._file is not None:
            self._file.close()
        super().close()

    def _open(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        file = RotatingFileHandler(self._path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        file.setFormatter(self.formatter)
        return file


def _to_terminal(verbose: bool) -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setLevel(logging.DEBUG if verbose else logging.WARNING)
    return handler
