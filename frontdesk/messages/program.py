"""Wording for the program itself: its folder, its command line, its start."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "command.stopped": "Stopped. What was finished by then is kept; the same command does the rest.",
    "home.cannot_make": "The folder {path} cannot be made ({detail}). Name another one with --home.",
    "home.bad_settings": "The settings in {path} cannot be used ({detail}). Correct them: frontdesk.toml may hold “database”, an address like postgresql://server/studio, and “desk”, each a text in quotes.",
    "home.unusable": "The folder {path} cannot be used ({detail}). Name another one with --home, or give this user the right to look into it.",
    "home.not_text": "The name of the folder {path} is no text, which a window cannot work with. Name another one with --home; the commands of “frontdesk --help” work there all the same.",
    "home.books_empty": "The file {path} is empty: no books of a studio are in it. If there were, put the newest good copy in its place; to begin anew, run “frontdesk new-studio”.",
    "home.no_demo": "There is no demo studio in {path} yet. Start “frontdesk --demo” once, which makes it.",
    "home.no_studio": "There is no studio in {path} yet. Start Frontdesk there to set one up, or run “frontdesk new-studio”.",
    "home.unknown_desk": "This computer's settings name the desk “{desk}”, which the studio does not have. It has: {desks}. Correct frontdesk.toml.",
}
