"""The way in: checks that Qt fits this Python, then opens the window or runs one command."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run Frontdesk; returns the exit code (see ``frontdesk --help``)."""
    _check_python()
    from frontdesk.cli import run

    return run(sys.argv[1:] if arguments is None else arguments)


def _check_python() -> None:
    """PySide6 6.12 loses a reference with every call on Python before 3.12 and takes the process down."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(f"Frontdesk runs on Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")
    if sys.version_info < (3, 12):
        import PySide6

        if PySide6.__version_info__[:2] >= (6, 12):
            sys.exit(
                f"PySide6 {PySide6.__version__} does not run on Python {sys.version.split()[0]}."
                " Install PySide6-Essentials 6.11.3 (python3 dev.py run does), or use Python 3.12 or 3.13."
            )


if __name__ == "__main__":
    sys.exit(main())
