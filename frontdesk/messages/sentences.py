"""Every line of a credit statement as a sentence that a client can be shown (C15).

Free of Qt: the ui passes its own translation and formats, the command line plain ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from frontdesk.messages.credit_words import Translate, same, words

if TYPE_CHECKING:
    from frontdesk.services.views.statement import LineLot, StatementLine

MESSAGES: dict[str, str] = {
    "sentence.credit": "{count} credit",
    "sentence.credits": "{count} credits",
    "sentence.lot": "“{title}” ({expiry})",
    "sentence.lot_counted": "{count} × “{title}” ({expiry})",
    "sentence.bonus": "“{title}”, bonus ({expiry})",
    "sentence.bonus_counted": "{count} × “{title}”, bonus ({expiry})",
    "sentence.through": "through {day}",
    "sentence.never": "never expires",
    "sentence.list_comma": "{first}, {rest}",
    "sentence.list_and": "{first} and {rest}",
    "sentence.moved": "“{title}” ({after}; was {before})",
    "sentence.kept": "“{title}” ({after})",
    "sentence.reason": "{reason}: {note}",
    "sentence.with_reason": "{what} {reason}",
    "sentence.sale": "{credits} bought: {lots}. Receipt {receipt}.",
    "sentence.sale_without_receipt": "{credits} bought: {lots}.",
    "sentence.adjust_plus": "{credits} added: {lots}.",
    "sentence.adjust_minus": "{credits} taken away from {lots}.",
    "sentence.visit": "{what}, class on {class_at}: {credits} from {lots}.",
    "sentence.visit_free": "{what}, class on {class_at}: no credits needed.",
    "sentence.visit_unnamed": "Class",
    "sentence.unpaid_visit": "{what}, class on {class_at}: attended without credits, {credits} still to be paid.",
    "sentence.settle_visit": "{what}, class on {class_at}, paid afterwards: {credits} from {lots}.",
    "sentence.undo_visit": "{what}, class on {class_at}, taken back: {credits} returned to {lots}.",
    "sentence.undo_visit_expired": "{what}, class on {class_at}, taken back: {credits} returned to {lots}, expired meanwhile.",
    "sentence.undo_visit_voided": "{what}, class on {class_at}, taken back: {credits} returned to {lots}, and voided since they were refunded.",
    "sentence.undo_visit_longer": "{what}, class on {class_at}, taken back: {credits} returned. Usable longer again: {lots}.",
    "sentence.undo_visit_nothing": "{what}, class on {class_at}, taken back. No credits had been taken.",
    "sentence.expire": "{credits} expired: {lots}.",
    "sentence.extend": "Expiry changed: {lots}.",
    "sentence.extend_back": "Expiry changed: {lots}. {credits} usable again.",
    "sentence.bulk_extend": "Expiry extended: {lots}.",
    "sentence.undo_extend": "Extension taken back: {lots}.",
    "sentence.freeze": "Credits frozen from {first_day} through {last_day}: {lots}.",
    "sentence.freeze_open": "Credits frozen from {first_day} until further notice: {lots}.",
    "sentence.unfreeze": "Freeze ended: {lots}.",
    "sentence.transfer_out": "{credits} given to {peer}, from {lots}.",
    "sentence.transfer_in": "{credits} received from {peer}: {lots}.",
    "sentence.revive": "{credits} revived: {lots}.",
    "sentence.hold": "Set aside ({hold}): {lots}.",
    "sentence.hold_counted": "{credits} set aside ({hold} {receipt}): {lots}.",
    "sentence.release": "No longer set aside ({hold}): {lots}.",
    "sentence.release_counted": "{credits} no longer set aside ({hold} {receipt}): {lots}.",
    "sentence.release_voided": "{credits} voided, from {lots}.",
    "sentence.release_nothing": "No credits were left to void.",
    "sentence.refund": "Refund {receipt}: {credits} voided, from {lots}.",
    "sentence.refund_nothing": "Refund {receipt}: no credits voided.",
    "sentence.void_sale": "Sale voided ({receipt}), with {credits}: {lots}.",
    "sentence.void_sale_nothing": "Sale voided ({receipt}), without credits.",
    "sentence.reinstate": "{credits} given back: {lots}.",
    "sentence.import": "{credits} brought over from another system: {lots}.",
    "sentence.undo_import": "Import taken back: {credits} voided, from {lots}.",
}

#: Kinds whose lots are told by how their last day moved.
_MOVING = ("extend", "bulk_extend", "undo_extend", "unfreeze", "freeze")


class SentenceFormats(Protocol):
    """How numbers, days and instants are written; the ui's Formats is one."""

    def number(self, value: int) -> str: ...
    def date(self, day: date) -> str: ...
    def instant(self, instant: datetime) -> str: ...


def sentence(line: StatementLine, formats: SentenceFormats, translate: Translate = same) -> str:
    """What happened, to which lots with their expiry, and why. Who, when and the balance have columns."""
    writer = _Writer(formats, translate)
    told = writer.act(line)
    reason = writer.reason(line)
    return writer.text("with_reason", what=told, reason=reason) if reason else told


def credits_in_words(count: int, formats: SentenceFormats, translate: Translate = same) -> str:
    """ "1 credit", "12 credits"."""
    return _Writer(formats, translate).credits(count)


class _Writer:
    def __init__(self, formats: SentenceFormats, translate: Translate) -> None:
        self._formats = formats
        self._translate = translate

    def text(self, name: str, **parts: str) -> str:
        return self._translate(MESSAGES[f"sentence.{name}"]).format_map(parts)

    def credits(self, count: int) -> str:
        return self.text("credit" if abs(count) == 1 else "credits", count=self._formats.number(abs(count)))

    def act(self, line: StatementLine) -> str:
        lots = self._moved_lots(line.lots) if line.kind in _MOVING else self._lots(line.lots)
        return self.text(
            self._template(line),
            credits=self.credits(self._credits(line)),
            lots=lots,
            what=line.what or self.text("visit_unnamed"),
            class_at=self._formats.instant(line.class_at) if line.class_at else "",
            peer=line.peer or "",
            receipt=line.receipt or "",
            hold=words("hold", line.hold_kind, self._translate) if line.hold_kind else "",
            first_day=self._formats.date(line.hold_first_day) if line.hold_first_day else "",
            last_day=self._formats.date(line.hold_last_day) if line.hold_last_day else "",
        )

    def reason(self, line: StatementLine) -> str:
        # That it was an import is said already.
        if not line.reason_code or line.reason_code == "import":
            return f"{line.note}." if line.note else ""
        reason = words("reason", line.reason_code, self._translate)
        # A text that only says what the code says already is not told twice.
        if not line.note or line.note.casefold() == reason.casefold():
            return f"{reason}."
        return self.text("reason", reason=reason, note=line.note) + ("" if line.note[-1] in ".!?…" else ".")

    @staticmethod
    def _template(line: StatementLine) -> str:
        match line.kind:
            case "sale" if not line.receipt:
                return "sale_without_receipt"
            case "visit" if not line.lots:
                return "visit_free"
            case "undo_visit" if not any("return" in lot.types for lot in line.lots):
                return "undo_visit_nothing"
            case "undo_visit" if any("reinstate" in lot.types for lot in line.lots):
                return "undo_visit_longer"
            case "undo_visit" if all("void" in lot.types for lot in line.lots):
                return "undo_visit_voided"
            case "undo_visit" if any("expire" in lot.types for lot in line.lots):
                return "undo_visit_expired"
            case "extend" if line.change:
                return "extend_back"
            case "freeze" if line.hold_last_day is None:
                return "freeze_open"
            case "refund" if line.voids_sale:
                return "void_sale" if line.change else "void_sale_nothing"
            case "refund" if not line.change:
                return "refund_nothing"
            case "release" if line.change:
                return "release_voided"
            case "release" if not line.lots:
                return "release_nothing"
            case "hold" | "release" if line.hold_credits:
                return f"{line.kind}_counted"
        return line.kind

    @staticmethod
    def _credits(line: StatementLine) -> int:
        """The credits that the sentence is about, where entries on one lot cancel each other out."""
        if line.kind == "unpaid_visit" or (line.kind in ("visit", "settle_visit") and line.cost is not None):
            return line.cost or 0
        if line.kind == "undo_visit" and line.cost is not None:
            return line.cost
        return line.change or line.hold_credits or 0

    def _expiry(self, day: date | None) -> str:
        return self.text("never") if day is None else self.text("through", day=self._formats.date(day))

    def _lots(self, lots: Sequence[LineLot]) -> str:
        counted = len(lots) > 1 and all(lot.change for lot in lots)
        return self._listed([self._lot(lot, counted) for lot in lots])

    def _lot(self, lot: LineLot, counted: bool) -> str:
        name = "bonus" if lot.kind == "bonus" else "lot"
        count = self._formats.number(abs(lot.change))
        return self.text(
            f"{name}_counted" if counted else name,
            count=count,
            title=lot.title,
            expiry=self._expiry(lot.last_day),
        )

    def _moved_lots(self, lots: Sequence[LineLot]) -> str:
        return self._listed(
            [
                self.text(
                    "moved" if lot.moved_expiry and lot.last_day != lot.last_day_before else "kept",
                    title=lot.title,
                    after=self._expiry(lot.last_day),
                    before=self._expiry(lot.last_day_before),
                )
                for lot in lots
            ]
        )

    def _listed(self, parts: Sequence[str]) -> str:
        """ "A", "A and B", "A, B and C"."""
        if not parts:
            return ""
        told = parts[-1]
        for place, part in enumerate(reversed(parts[:-1])):
            told = self.text("list_and" if place == 0 else "list_comma", first=part, rest=told)
        return told
