"""The discount of a sale: an amount or a percentage with its reason, folded away until it is wanted (S2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.drafts.sales import DISCOUNT_REASONS, DiscountDraft
from frontdesk.services.views.money import Money
from frontdesk.ui import credit_words
from frontdesk.ui.widgets.basics import LinkButton
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import MoneyField, Select, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.rate_field import RateField

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

AMOUNT, PERCENT = "amount", "milli_percent"


class DiscountPart(QWidget):
    """Hidden until `open_button`, which the form places, is pressed; then its fields and the way back."""

    edited = Signal()

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._currency = context.formats.currency
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.open_button = LinkButton(
            self.tr("Add a discount"), self.open_up, name=f"{name}Open", icon="percent"
        )
        self.open_button.setToolTip(self.tr("Add a discount  Ctrl+D"))
        self.form = Form(context.messages, name=f"{name}Form")
        formats = context.formats
        kind = Segments([("%", PERCENT), (formats.currency, AMOUNT)], name=f"{name}Kind")
        remove = LinkButton(self.tr("Remove"), self.close_up, name=f"{name}Remove")
        self.form.add("kind", self.tr("Discount in"), kind)
        self.form.add(PERCENT, self.tr("Discount"), RateField(formats, name=f"{name}Percent"))
        self.form.add(AMOUNT, self.tr("Discount"), MoneyField(formats, name=f"{name}Amount"))
        self.form.side_by_side("kind", PERCENT, AMOUNT)
        reason = Select(credit_words.reasons(DISCOUNT_REASONS), name=f"{name}Reason")
        reason.setPlaceholderText(self.tr("Choose a reason"))
        reason.set_value(None)
        self.form.add("reason_code", self.tr("Reason"), reason, required=True)
        self.form.add("text", self.tr("In a few words"), TextField(name=f"{name}Text"), beside=[remove])
        self.form.side_by_side("reason_code", "text")
        self.form.edited.connect(self._edited)
        column.addWidget(self.form)
        self._fresh = self.form.snapshot()
        self._show(False)

    @property
    def is_open(self) -> bool:
        """Whether there is a discount."""
        return self._is_open

    def open_up(self) -> None:
        """Shows the fields, ready to type the percentage."""
        if not self.is_open:
            self._show(True)
            self.edited.emit()
        self.form[PERCENT if self._is_percent else AMOUNT].setFocus()

    def close_up(self) -> None:
        """No discount."""
        self.form.restore(self._fresh)
        self.form.clear_problems()
        self._show(False)
        self.open_button.setFocus()
        self.edited.emit()

    def draft(self) -> DiscountDraft | None:
        """The discount as far as it can be read; None without one."""
        if not self.is_open:
            return None
        values = self.form.readable_values()
        amount = values.get(AMOUNT)
        return DiscountDraft(
            reason_code=values["reason_code"] or "",
            amount=None if self._is_percent or amount is None else Money(amount, self._currency),
            milli_percent=values.get(PERCENT, 0) if self._is_percent else None,
            text=values["text"],
        )

    def is_readable(self) -> bool:
        """Whether all that is typed can be read; what cannot is marked."""
        return not self.is_open or self.form.values() is not None

    def is_said(self) -> bool:
        """Whether nothing is missing, or wrong; what is, is marked and has the focus."""
        draft = self.draft()
        if draft is None or not self.is_readable():
            return draft is None
        return not self.show_problems(draft.problems(), focus=True)

    def show_problems(self, problems: Iterable[Problem], *, focus: bool) -> bool:
        """Problems of the draft beside their fields."""
        return self.form.show_problems(problems, focus=focus)

    def snapshot(self) -> dict[str, Any]:
        """What is typed, for keeping a draft."""
        return {"open": self.is_open, "form": self.form.snapshot()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Puts back what `snapshot` took."""
        self._show(bool(snapshot["open"]))
        self.form.restore(snapshot["form"])
        self._show_kind()

    # Pieces

    @property
    def _is_percent(self) -> bool:
        return bool(self.form["kind"].value() == PERCENT)

    def _show(self, opened: bool) -> None:
        self._is_open = opened
        self.open_button.setVisible(not opened)
        self.setVisible(opened)
        self._show_kind()

    def _show_kind(self) -> None:
        self.form.set_visible(PERCENT, self._is_percent)
        self.form.set_visible(AMOUNT, not self._is_percent)

    def _edited(self) -> None:
        self._show_kind()
        self.edited.emit()
