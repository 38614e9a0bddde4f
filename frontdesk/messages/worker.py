"""Wording of what stops sync in the background."""

MESSAGES: dict[str, str] = {
    "sync.unexpected": "Sync met a fault in Frontdesk and tries again by itself; nothing in the books is lost. Install the newest version. If it stays, report it with the log (Settings, Data shows where it is) and quote {id}.",
}
