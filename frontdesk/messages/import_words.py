"""Words of imports that are no errors: what a column holds, what becomes of a row, why a row stays."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "import.field.full_name": "Name",
    "import.field.first_name": "First name",
    "import.field.last_name": "Last name",
    "import.field.email": "E-mail",
    "import.field.phone": "Phone",
    "import.field.birthday": "Birthday",
    "import.field.notes": "Notes",
    "import.field.member_code": "Member code",
    "import.field.pack_name": "Package",
    "import.field.pack_credits": "Credits left",
    "import.field.pack_total": "Credits in all",
    "import.field.pack_used": "Credits used",
    "import.field.pack_expires": "Last day",
    "import.action.created": "New client",
    "import.action.more": "Further pack",
    "import.action.matched": "Already here",
    "import.action.left_out": "Left out",
    "import.kept.used": "Bought, used or changed credits since.",
    "import.kept.edited": "The card was changed since.",
    "import.kept.merged": "Merged with another client since.",
    "import.report.row": "Row",
    "import.report.client": "Client",
    "import.report.action": "What happens",
    "import.report.credits": "Credits",
    "import.report.remarks": "Remarks",
}
