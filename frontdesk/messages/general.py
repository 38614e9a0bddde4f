"""Wording that no single area owns: fields of forms, commands, the database."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "field.required": "Fill this in to go on.",
    "field.too_long": "This is longer than {limit} characters. Shorten it.",
    "field.not_a_number": "“{text}” is not a number. Type digits only.",
    "field.too_small": "The least that is possible here is {least}. Type {least} or more.",
    "field.too_large": "The most that is possible here is {most}. Type {most} or less.",
    "field.not_money": "“{text}” is not an amount. Type it like {example}.",
    "field.too_many_decimals": "{currency} has {decimals} decimals. Type the amount like {example}.",
    "field.not_a_date": "“{text}” is not a date. Type it like {example}, or choose it in the calendar.",
    "field.date_too_early": "The earliest possible day is {earliest}. Choose that day or a later one.",
    "field.date_too_late": "The latest possible day is {latest}. Choose that day or an earlier one.",
    "field.card_number": "This looks like a card number, and card numbers are never stored. Remove it.",
    "draft.invalid": "Some fields need another look. The messages beside them say what to do.",
    "command.reused": "This was already sent with other values, and nothing was done twice. Close this and start again.",
    "query.cancelled": "The search was replaced by a newer one. Nothing to do.",
    "storage.full": "The disk is full, so nothing was saved. Free some space, then try again.",
    "storage.read_only": "The studio's file cannot be written, so nothing was saved. Check the rights of its folder.",
    "storage.locked": "Another program holds the studio's file, so nothing was saved. Close it, then try again.",
    "storage.damaged": "The studio's file is damaged, so nothing was saved. Restore the newest backup.",
    "storage.failed": "The studio's file could not be used, so nothing was saved. Try again; if it stays, quote the id.",
}
