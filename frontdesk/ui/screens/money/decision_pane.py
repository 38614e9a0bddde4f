"""One task of "needs a decision": what happened, and a button for each way to settle it (S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from frontdesk.errors import InvalidDraft, Problem
from frontdesk.services.views.refunds import DecisionRow
from frontdesk.ui import decision_words
from frontdesk.ui.decision_words import Act
from frontdesk.ui.tokens import SPACE_2, SPACE_4
from frontdesk.ui.widgets.basics import (
    Button,
    DangerButton,
    LinkButton,
    Paragraph,
    PrimaryButton,
    Rule,
    SecondaryButton,
    empty,
)
from frontdesk.ui.widgets.fields import IntField
from frontdesk.ui.widgets.focus_kept import focus_kept
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.surfaces import BigNumber, Chip, KeyValues, ScrollPage

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.payments import PaymentsPresenter
    from frontdesk.ui.task_runner import Late


class DecisionPane(ScrollPage):
    """The first button does what is suggested; beneath each stands what follows."""

    def __init__(self, context: UiContext, presenter: Late[PaymentsPresenter]) -> None:
        super().__init__(name="decisionPane")
        self._context, self._presenter = context, presenter
        self.row: DecisionRow | None = None
        #: The buttons of what can be done, in their order.
        self.buttons: list[Button] = []
        self._means: dict[str, Paragraph] = {}
        #: What was typed for a task, until it is settled.
        self._typed: dict[int, dict[str, Any]] = {}
        self._running = False
        self.amount = BigNumber(name="decisionAmount")
        self.chip = Chip(name="decisionKind")
        top = QHBoxLayout()
        top.addWidget(self.amount, 1)
        top.addWidget(self.chip)
        self.body.addLayout(top)
        self.story = Paragraph("", "body", name="decisionStory")
        self.body.addWidget(self.story)
        self.facts = KeyValues(name="decisionFacts")
        self.body.addWidget(self.facts)
        self.body.addWidget(Rule())
        self.form = Form(context.messages, name="decisionForm")
        self._number = self.form.add(
            "credits", self.tr("Credits to void"), IntField(context.formats, name="decisionCredits")
        )
        self._number.returnPressed.connect(self.focus_first)
        self.form.edited.connect(self._number_edited)
        self.body.addWidget(self.form)
        self._acts = QVBoxLayout()
        self._acts.setSpacing(SPACE_4)
        self.body.addLayout(self._acts)
        self.body.addWidget(Rule())
        self.client_button = LinkButton(
            self.tr("Go to client"), self._go_to_client, name="decisionClientButton", icon="user"
        )
        self.body.addWidget(self.client_button)
        self.body.addStretch(1)

    def show_row(self, row: DecisionRow) -> None:
        """Shows a task; one that is shown already and has not changed stays as it is."""
        if self.row == row:
            return
        self.row = row
        formats = self._context.formats
        with focus_kept(self):
            self.amount.set(formats.money(row.amount), row.client)
            self.chip.set(decision_words.title(row), decision_words.tone(row))
            self.story.set_text(decision_words.story(formats, row))
            self.facts.set(decision_words.facts(formats, row))
            self._show_acts(decision_words.acts(formats, row))
            # The words of the button follow what was typed for it.
            self._show_number(row)
            self.client_button.setVisible(row.client_id is not None)
        self.verticalScrollBar().setValue(0)

    def focus_first(self) -> None:
        """Gives the keyboard to what is suggested."""
        (*self.buttons, self.client_button)[0].setFocus()

    def has_focus(self) -> bool:
        """Whether one of its widgets has the keyboard."""
        return self.isAncestorOf(self.window().focusWidget())

    # Pieces: showing

    def _show_number(self, row: DecisionRow) -> None:
        """Where some of the credits may go: how many, with what the rules suggest."""
        asks = decision_words.asks_how_many(row)
        self.form.setVisible(asks)
        self.form.clear_problems()
        if asks:
            self._number.set_range(0, row.credits)
            self.form.set_values(credits=row.credits)
            if row.id in self._typed:
                self.form.restore(self._typed[row.id])
            told = self.tr("From 0 to {most}. By the rules, all that are set aside go.")
            self.form.set_help("credits", told.format(most=self._context.formats.number(row.credits)))

    def _number_edited(self) -> None:
        """The button and its sentence follow the number."""
        row = self.row
        if row is None or not decision_words.asks_how_many(row):
            return
        if self.form.is_touched:
            self._typed[row.id] = self.form.snapshot()
        credits = self.form.readable_values().get("credits")
        text, means = decision_words.void_some(self._context.formats, row, credits)
        button = next(one for one in self.buttons if one.objectName() == "decision.void_credits")
        button.setText(text)
        button.setAccessibleDescription(means)
        self._means["void_credits"].set_text(means)

    def _show_acts(self, acts: tuple[Act, ...]) -> None:
        empty(self._acts)
        self.buttons = []
        self._means = {}
        for act in acts:
            button = self._button(act)
            block = QWidget()
            column = QVBoxLayout(block)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(SPACE_2)
            column.addWidget(button)
            self._means[act.code] = Paragraph(act.means, name=f"{button.objectName()}Means")
            column.addWidget(self._means[act.code])
            self._acts.addWidget(block)
            self.buttons.append(button)

    def _button(self, act: Act) -> Button:
        kind: type[Button] = SecondaryButton
        if not self.buttons:
            kind = DangerButton if act.takes_away else PrimaryButton
        about = f".{act.other}" if act.other else ""
        button = kind(
            act.text,
            lambda: self._take(act),
            name=f"decision.{act.code}{about}",
            icon="publish" if act.code == "stripe" else "",
        )
        button.setAccessibleDescription(act.means)
        return button

    # Pieces: settling

    def _take(self, act: Act) -> None:
        row = self.row
        if row is None:
            return
        match act.code:
            case "refund":
                self._context.tasks.start(self._choose_line(row))
            case "merge":
                self._context.ask("merge", row.client_id, act.other)
            case "stripe":
                self._open_in_stripe(row)
            case _:
                credits = None
                if act.code == "void_credits" and decision_words.asks_how_many(row):
                    values = self.form.values()
                    if values is None or self.form.show_problems(_problems(values["credits"])):
                        return
                    credits = values["credits"]
                # Two quick presses settle one task.
                if not self._running:
                    self._running = True
                    self._context.tasks.start(self._settle(row, act.code, credits))

    async def _settle(self, row: DecisionRow, code: str, credits: int | None) -> None:
        try:
            presenter = await self._presenter.get()
            if code == "send" and row.outbox_id is not None:
                await presenter.send_held(row.outbox_id)
            elif code == "take_back" and row.outbox_id is not None:
                await presenter.take_back_held(row.outbox_id)
            else:
                await presenter.close_decision(row.id, code, credits)
        except InvalidDraft as invalid:
            # What was set aside has changed since.
            self.form.show_problems(invalid.problems)
            return
        finally:
            self._running = False
        self._typed.pop(row.id, None)
        told = decision_words.done(self._context.formats, row, code, credits)
        if not decision_words.can_be_undone(code):
            self._context.toast(told)
            return

        async def undo() -> None:
            await presenter.reopen_decision(row.id)

        self._context.toast(told, self.tr("Undo"), lambda: self._context.tasks.start(undo()))

    async def _choose_line(self, row: DecisionRow) -> None:
        if row.sale_id is None:
            return
        if row.sale_line_id is not None:
            self._context.ask("refund", row.sale_line_id, decision_id=row.id)
            return
        lines = await (await self._presenter.get()).refundable_lines(row.sale_id)
        if len(lines) == 1:
            self._context.ask("refund", lines[0].sale_line_id, decision_id=row.id)
            return
        if not lines:
            self._context.toast(self.tr("Nothing of this sale is left to refund"))
            return
        menu = QMenu(self)
        menu.setObjectName("decisionLineMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        for line in lines:
            action = menu.addAction(f"{line.name}   {self._context.formats.amount(line.refundable)}")
            action.triggered.connect(
                lambda _checked=False, id=line.sale_line_id: self._context.ask(
                    "refund", id, decision_id=row.id
                )
            )
        button = next(one for one in self.buttons if one.objectName() == "decision.refund")
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _open_in_stripe(self, row: DecisionRow) -> None:
        mode = "test/" if self._context.studio.test_mode else ""
        open_address = self._context.services.get("open_address", _open_address)
        open_address(f"https://dashboard.stripe.com/{mode}{row.stripe_page}")

    def _go_to_client(self) -> None:
        if self.row is not None and self.row.client_id is not None:
            self._context.navigate("client", self.row.client_id, "credits")


def _problems(credits: int | None) -> list[Problem]:
    return [Problem("credits", "field.required")] if credits is None else []


def _open_address(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
