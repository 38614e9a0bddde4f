"""Wording for amounts, dates, time zones and texts that cannot be used."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "money.unknown_currency": "“{currency}” is not a currency a studio can use. Choose one by its code, like EUR, USD or JPY.",
    "money.mixed_currencies": "{one} and {other} cannot be added up. The studio has one currency: enter the amount in it.",
    "money.not_a_rate": "“{text}” is not a tax rate. Write a percentage from 0 to 100 with at most three decimals, like 8.875.",
    "calendar.unknown_zone": "“{zone}” is not a time zone. Choose one by its name, like Europe/Berlin or America/New_York.",
    "calendar.naive_instant": "The time {instant} has no time zone. Write it with one, like 2027-04-01T18:00:00Z.",
    "calendar.date_out_of_range": "The date {day} is too far away. Choose a nearer one.",
    "calendar.cutoff_range": "The business day can start at {least} to {most} o'clock. Choose an hour in between.",
    "calendar.validity_count_missing": "Type how many days or months the credits are valid, or choose that they never expire.",
    "calendar.validity_count_range": "A validity of {count} is not possible. Type a number from {least} to {most}.",
    "calendar.validity_latest_start_missing": "Type how many days after the purchase the first class has to be at the latest.",
    "calendar.validity_latest_start_range": "A latest start of {count} days is not possible. Type a number from {least} to {most}.",
    "calendar.validity_start_without_end": "Credits that never expire have no start. Type a validity, or count it from the purchase.",
    "text.too_long": "This has {length} characters and {limit} are possible. Shorten it.",
    "text.control_character": "This contains characters that cannot be shown. Type it again by hand.",
}
