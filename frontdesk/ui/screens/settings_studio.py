"""Settings of the studio that are forms: name, currency, zone and day; tax; what receipts say."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from frontdesk.services.drafts.settings import ReceiptTextDraft, StudioSettingsDraft, TaxDraft
from frontdesk.ui.context import UiContext
from frontdesk.ui.places_of_the_world import currency_choices, zone_choices
from frontdesk.ui.screens.settings_section import FormSection
from frontdesk.ui.task_runner import Late
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_1, SPACE_4, SPACE_5
from frontdesk.ui.widgets.basics import Rule, Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import Select, TextArea, TextField
from frontdesk.ui.widgets.rate_field import RateField
from frontdesk.ui.widgets.search_select import SearchSelect
from frontdesk.ui.widgets.surfaces import Card, KeyValues

if TYPE_CHECKING:
    from frontdesk.ui.presenters.settings import AllSettings, SettingsPresenter

_LATEST_DAY_START = 12
_EXAMPLE_PRICE = 9000
_EXAMPLE_DAYS = 90


class StudioSection(FormSection):
    """Name, currency, zone, business day (S9, C4, D8)."""

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Studio"),
            self.tr("What holds for the whole studio, at every desk."),
            name="settingsStudio",
        )

    def build_form(self) -> None:
        """Adds the fields."""
        self.form.add(
            "name",
            self.tr("Name of the studio"),
            TextField(name="settingsStudioName"),
            required=True,
            help=self.tr("As clients read it on receipts."),
        )
        self.form.add(
            "currency",
            self.tr("Currency"),
            SearchSelect(currency_choices(), name="settingsCurrency"),
            required=True,
        )
        self.form.add(
            "zone", self.tr("Time zone"), SearchSelect(zone_choices(), name="settingsZone"), required=True
        )
        hours = [
            (self.tr("{hour}:00").format(hour=f"{hour:02d}"), hour) for hour in range(_LATEST_DAY_START + 1)
        ]
        begins = Select(hours, 0, name="settingsDayStart")
        begins.setMaximumWidth(140)
        self.form.add(
            "day_starts_hour",
            self.tr("The business day begins at"),
            begins,
            help=self.tr("Sales after midnight and before this hour count for the day before."),
        )

    def values_of(self, settings: AllSettings) -> dict[str, Any]:
        """What is saved."""
        studio = settings.studio
        return {
            "name": studio.name,
            "currency": studio.currency,
            "zone": studio.zone,
            "day_starts_hour": studio.day_starts_hour,
        }

    def show_settings(self, settings: AllSettings) -> None:
        """Also says whether currency and zone are locked, and why."""
        super().show_settings(settings)
        studio = settings.studio
        self.form["currency"].set_locked(studio.currency_locked)
        self.form["zone"].set_locked(studio.zone_locked)
        self.form.set_help(
            "currency",
            self.tr("Locked since the first sale, because amounts on receipts cannot change theirs.")
            if studio.currency_locked
            else self.tr("Prices keep their numbers if you change it. Locked from the first sale on."),
        )
        self.form.set_help(
            "zone",
            self.tr("Locked since the first sale, because it decides when sold credits expire.")
            if studio.zone_locked
            else self.tr("It decides when credits expire. Locked from the first sale on."),
        )

    def draft(self, values: dict[str, Any]) -> StudioSettingsDraft:
        """What was typed."""
        return StudioSettingsDraft(**values)

    def write(self, presenter: SettingsPresenter, draft: Any) -> Coroutine[Any, Any, None]:
        """Saves it."""
        return presenter.change_studio(draft)


class TaxSection(FormSection):
    """One rate for new packages, its name, and whether prices include it (S2)."""

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Tax"),
            self.tr("New packages begin with this rate. Packages and sales keep the rate they have."),
            name="settingsTax",
        )

    def build_form(self) -> None:
        """Adds the fields."""
        self.form.add(
            "name",
            self.tr("Name of the tax"),
            TextField(name="settingsTaxName", placeholder=self.tr("e.g. VAT")),
            help=self.tr("As receipts show it. Leave it empty without tax."),
        )
        self.form.add(
            "rate_milli_percent", self.tr("Rate"), RateField(self.context.formats, name="settingsTaxRate")
        )
        included = [(self.tr("Prices include it"), True), (self.tr("It is added on top"), False)]
        self.form.add(
            "prices_include_tax", self.tr("Prices"), Segments(included, True, name="settingsTaxIncluded")
        )

    def values_of(self, settings: AllSettings) -> dict[str, Any]:
        """What is saved."""
        studio = settings.studio
        return {
            "name": studio.tax_name,
            "rate_milli_percent": studio.tax_rate_milli_percent,
            "prices_include_tax": studio.prices_include_tax,
        }

    def draft(self, values: dict[str, Any]) -> TaxDraft:
        """What was typed."""
        return TaxDraft(**values)

    def write(self, presenter: SettingsPresenter, draft: Any) -> Coroutine[Any, Any, None]:
        """Saves it."""
        return presenter.change_tax(draft)


class ReceiptSection(FormSection):
    """What stands above and below every receipt, with a receipt as it will look (S10)."""

    width_limit = 860

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Receipts"),
            self.tr("Your address, a tax number, a thank-you: it prints on every receipt from now on."),
            name="settingsReceipts",
        )
        self._put_preview_beside()
        self.form.edited.connect(self._preview)

    def build_form(self) -> None:
        """Adds the fields."""
        header = TextArea(name="settingsReceiptHeader", lines=4)
        footer = TextArea(name="settingsReceiptFooter", lines=4)
        for area in (header, footer):
            area.setFixedHeight(area.minimumHeight())
        self.form.add(
            "header",
            self.tr("Above every receipt"),
            header,
            help=self.tr("It stands under the studio's name."),
        )
        self.form.add("footer", self.tr("Below every receipt"), footer)

    def values_of(self, settings: AllSettings) -> dict[str, Any]:
        """What is saved."""
        return {"header": settings.studio.receipt_header, "footer": settings.studio.receipt_footer}

    def show_settings(self, settings: AllSettings) -> None:
        """Also shows the receipt."""
        super().show_settings(settings)
        self._preview()

    def draft(self, values: dict[str, Any]) -> ReceiptTextDraft:
        """What was typed."""
        return ReceiptTextDraft(**values)

    def write(self, presenter: SettingsPresenter, draft: Any) -> Coroutine[Any, Any, None]:
        """Saves it."""
        return presenter.change_receipt_text(draft)

    def _put_preview_beside(self) -> None:
        """The form and its Save on the left, the receipt on the right."""
        left, beside = QVBoxLayout(), QHBoxLayout()
        left.setSpacing(SPACE_4)
        beside.setSpacing(SPACE_5)
        for widget in (self.form, self.buttons):
            self.body.removeWidget(widget)
            left.addWidget(widget)
        left.addStretch(1)
        beside.addLayout(left, 1)
        right = QVBoxLayout()
        right.setSpacing(SPACE_1)
        right.addWidget(Text(self.tr("As it will look"), "secondary"))
        right.addWidget(self._paper())
        right.addStretch(1)
        beside.addLayout(right)
        self.body.addLayout(beside)

    def _paper(self) -> Card:
        card = Card(name="settingsReceiptPreview")
        self._card = card
        self._scale_paper()
        theme().changed.connect(self._scale_paper)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._studio = Text("", "section", wrap=True)
        self._header = Text("", "secondary", wrap=True, name="settingsReceiptPreviewHeader")
        self._footer_text = Text("", "secondary", wrap=True, name="settingsReceiptPreviewFooter")
        self._lines = KeyValues(right=True)
        for words in (self._studio, self._header, self._footer_text):
            words.setAlignment(middle)
        card.body.addWidget(self._studio)
        card.body.addWidget(self._header)
        card.body.addWidget(Rule())
        card.body.addWidget(self._lines)
        card.body.addWidget(Rule())
        card.body.addWidget(self._footer_text)
        return card

    def _scale_paper(self) -> None:
        self._card.setFixedWidth(self.scaled(300))

    def _preview(self) -> None:
        formats = self.context.formats
        typed = self.form.readable_values()
        self._studio.setText(self.context.studio.name)
        for label, text in ((self._header, typed.get("header")), (self._footer_text, typed.get("footer"))):
            label.setText(text or "")
            label.setVisible(bool(text))
        until = formats.today() + timedelta(days=_EXAMPLE_DAYS)
        total = self.tr("Total")
        self._lines.set(
            (
                (self.tr("Receipt"), "D1-000042"),
                (self.tr("10-class pack, 10 + 2"), formats.amount(_EXAMPLE_PRICE)),
                (self.tr("Use until"), formats.date(until)),
                (total, formats.money(_EXAMPLE_PRICE)),
                (self.tr("Cash"), formats.amount(_EXAMPLE_PRICE)),
            ),
            strong=total,
        )
