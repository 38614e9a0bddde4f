"""Wording for settings, desks, staff and class types."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "field.not_text": "This is not a text. Type it again.",
    "field.not_a_choice": "“{text}” is not one of the choices. Choose one of the list.",
    "studio.exists": "There is a studio in this database already: {name}. Open it, or name another folder with --home.",
    "studio.currency_locked": "The currency is locked since the first sale, also one that Stripe may still be paid for, because amounts on receipts cannot change theirs. Found a new studio for another currency.",
    "studio.zone_locked": "The time zone is locked since the first sale, because it decides when sold credits expire. Found a new studio for another zone.",
    "desk.unknown": "This desk does not exist. Look at the list again.",
    "desk.name_taken": "Another desk is called {name}. Choose a name that tells them apart.",
    "desk.prefix_shape": "Use one to six capital letters and digits, like D2.",
    "desk.prefix_taken": "Receipts of another desk begin with {prefix}. Choose another prefix.",
    "staff.unknown": "This staff member does not exist. Look at the list again.",
    "staff.name_taken": "Another staff member is called {name}. Add a letter or a surname that tells them apart.",
    "staff.last_one": "{name} is the only staff member, and somebody has to be at the desk. Add another one first.",
    "class_type.unknown": "This class type does not exist. Look at the list again.",
    "class_type.name_taken": "Another class type is called {name}. Choose a name that tells them apart.",
}
