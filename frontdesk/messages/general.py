"""Wording of what forms say about single fields, whatever they belong to."""

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
    "field.not_a_time": "“{text}” is not a time of day. Type it like 18:30.",
    "field.date_too_early": "The earliest possible day is {earliest}. Choose that day or a later one.",
    "field.date_too_late": "The latest possible day is {latest}. Choose that day or an earlier one.",
    "field.card_number": "This looks like a card number, and card numbers are never stored. Remove it.",
}
