"""Wording of what stops sync in the background."""

MESSAGES: dict[str, str] = {
    "sync.unexpected": "Sync met something that Frontdesk does not expect ({detail}) and tries again by itself. If it stays, report this with the log: Settings, Data shows where it is.",
}
