"""Wording for packages."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "package.unknown": "This package does not exist any more. Look at the list again.",
    "package.changed": "{name} was changed at another desk meanwhile. Look at the newest version and repeat your change.",
    "package.name_on_sale": "Another package on sale is called {name}. Choose a name that clients can tell apart.",
    "package.other_currency": "This studio counts in {currency}. Type the price in it.",
    "package.free_online": "A free package cannot be sold online. Set a price, or sell it at the desk only.",
    "package.no_class_types": "Choose at least one class type, or allow all of them.",
    "package.unknown_class_type": "One of the class types does not exist any more. Choose again.",
    "package.already_published": "{name} is on sale already. There is nothing to do.",
    "package.not_published": "{name} is not on sale. Look at the list again.",
    "package.not_archived": "{name} is not archived. There is nothing to restore.",
    "package.sold": "{name} was sold {count} times, so it has to stay in the books. Archive it instead.",
    "package.not_on_sale": "{name} is not on sale. Publish it first, or choose another package.",
    "package.limit_reached": "{name} may be bought {limit} times by one client, and that many have been. Choose another package.",
}
