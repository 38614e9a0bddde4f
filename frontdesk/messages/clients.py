"""Wording for clients and merges."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "client.email_shape": "This is not an e-mail address. Type it like mira@example.com, or leave it empty.",
    "client.phone_shape": "A phone number has at least three digits. Type it again, or leave it empty.",
    "client.code_shape": "A member code has no blanks. Type it as it is printed on the card.",
    "client.code_taken": "{name} has this member code. Scan another card, or leave it empty.",
    "client.birthday_in_future": "The birthday is after today. Check the year.",
    "client.is_archived": "{name} is archived already. There is nothing to do.",
    "client.not_archived": "{name} is not archived. There is nothing to restore.",
    "client.merged": "{name} was merged into {into}. Open that client, or undo the merge first.",
    "client.hidden": "This client came with an import that was undone. Import the file again to have them back.",
    "merge.with_itself": "These are one and the same client already. Choose another one.",
    "merge.into_archived": "{name} is archived, so both would leave the list. Keep the other card, or restore this one first.",
    "merge.unknown": "This merge does not exist. Look at the client again.",
    "merge.undone": "This merge was undone already. There is nothing to do.",
}
