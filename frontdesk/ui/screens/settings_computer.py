"""Settings of this computer: its look, and where the data is, with the check of the books and the export."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from frontdesk.services.views.verify import BooksReport, Finding
from frontdesk.ui.context import UiContext
from frontdesk.ui.file_dialogs import file_dialog
from frontdesk.ui.formats import utc_now
from frontdesk.ui.i18n import SYSTEM, languages
from frontdesk.ui.screens.settings_section import Section
from frontdesk.ui.task_runner import Late
from frontdesk.ui.theme import Scheme
from frontdesk.ui.tokens import SPACE_2, Tone
from frontdesk.ui.widgets.basics import Button, Paragraph, Rule, SecondaryButton, Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import Select
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.surfaces import Banner, KeyValues

if TYPE_CHECKING:
    from frontdesk.services.exports import ExportResult
    from frontdesk.ui.presenters.settings import AllSettings, SettingsPresenter

_SCALES = (0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
_SHOWN_FINDINGS = 20


class LookSection(Section):
    """Colours, text size and language; the first two at once."""

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Look"),
            self.tr("For you at this computer. It takes effect at once."),
            name="settingsLook",
        )
        self.form = Form(context.messages, name="settingsLookForm")
        schemes = [
            (self.tr("As the system"), Scheme.SYSTEM),
            (self.tr("Light"), Scheme.LIGHT),
            (self.tr("Dark"), Scheme.DARK),
        ]
        self.form.add("scheme", self.tr("Colours"), Segments(schemes, Scheme.SYSTEM, name="settingsScheme"))
        scale = Select((), name="settingsScale")
        language = Select(self._languages(), SYSTEM, name="settingsLanguage")
        for field in (scale, language):
            field.setMaximumWidth(240)
        self.form.add("scale", self.tr("Text size"), scale)
        self.form.add(
            "language",
            self.tr("Language"),
            language,
            help=self.tr("The language changes when Frontdesk starts the next time."),
        )
        self.body.addWidget(self.form)
        self.form["scheme"].edited.connect(self._set_scheme)
        self.form["scale"].edited.connect(self._set_scale)
        self.form["language"].edited.connect(self._set_language)
        context.theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        theme = self.context.theme
        scales = sorted({*_SCALES, theme.scale})
        percent = self.tr("{n} %")
        self.form["scale"].set_choices([(percent.format(n=round(one * 100)), one) for one in scales])
        self.form.set_values(
            scheme=theme.scheme, scale=theme.scale, language=self.context.preferences.language
        )

    def _set_scheme(self) -> None:
        scheme = self.form["scheme"].value()
        self.context.preferences.scheme = scheme
        self.context.theme.set_scheme(scheme)

    def _set_scale(self) -> None:
        scale = self.form["scale"].value()
        self.context.preferences.text_scale = scale
        self.context.theme.set_scale(scale)

    def _set_language(self) -> None:
        self.context.preferences.language = self.form["language"].value()
        self.context.toast(self.tr("The language changes when Frontdesk starts the next time."))

    def _languages(self) -> list[tuple[str, str]]:
        named = [(QLocale(code).nativeLanguageName() or code, code) for code in languages()]
        return [
            (self.tr("As the system"), SYSTEM),
            *((name[:1].upper() + name[1:], code) for name, code in named),
        ]


class DataSection(Section):
    """Where the books are, whether they hold, and everything in files that others read."""

    #: Told from the reader's thread: words for what is being done.
    progressed = Signal(str, int, int)

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Data"),
            self.tr("The books of the studio, on this computer or on your server."),
            name="settingsData",
        )
        self._is_working = False
        self._place = KeyValues(name="settingsDataPlace")
        self.check_banner = Banner(name="checkBooksBanner")
        self._findings = Text("", wrap=True, name="checkBooksFindings")
        self._findings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._findings.hide()
        self._check = SecondaryButton(
            self.tr("Check the books"), self.check, name="checkBooksButton", icon="check"
        )
        self._import = SecondaryButton(
            self.tr("Import clients…"),
            lambda: context.ask("import_clients"),
            name="importClientsButton",
            icon="import",
        )
        self._export = SecondaryButton(
            self.tr("Export everything…"), self.choose_folder, name="exportButton", icon="export"
        )
        self.export_banner = Banner(name="exportBanner")
        self._build()
        self.progressed.connect(self._show_progress)
        self._showing_in = self.check_banner

    def _build(self) -> None:
        self.body.addWidget(self._place)
        open_folder = SecondaryButton(
            self.tr("Open folder"), self._open_folder, name="openFolderButton", icon="folder"
        )
        self.body.addLayout(_line(open_folder))
        self._add_part(
            self.tr("Check the books"),
            self.tr(
                "Proves every rule of the ledger and the money, and that no line was changed or taken "
                "out. It changes nothing, and you can go on working."
            ),
            self._check,
            self.check_banner,
            self._findings,
        )
        self._add_part(
            self.tr("Import clients"),
            self.tr(
                "Clients and part-used packs from another system's CSV export. Earlier imports are "
                "listed there too, and can be taken back."
            ),
            self._import,
        )
        self._add_part(
            self.tr("Export everything"),
            self.tr(
                "Clients, sales and the whole ledger as CSV, as one Excel workbook and as JSON, in a "
                "new folder."
            ),
            self._export,
            self.export_banner,
        )

    def _add_part(self, title: str, told: str, button: SecondaryButton, *answers: QWidget) -> None:
        """What can be done with the books: what it is for, its button, and where the answer will stand."""
        self.body.addWidget(Rule())
        self.body.addWidget(Text(title, "strong"))
        self.body.addWidget(Paragraph(told))
        self.body.addLayout(_line(button))
        for answer in answers:
            self.body.addWidget(answer)

    def show_settings(self, settings: AllSettings) -> None:
        """Where the books are."""
        folder = str(self.context.preferences.folder)
        pairs = [(self.tr("Folder"), folder)]
        books = settings.server or str(Path(folder) / "studio.db")
        pairs.append((self.tr("Server") if settings.server else self.tr("Books"), books))
        pairs.append((self.tr("Founded"), self.context.formats.instant(settings.studio.created_at)))
        pairs.append((self.tr("Version"), self.context.session.version))
        self._place.set(pairs)

    # The check

    def check(self) -> None:
        """Proves the books and shows what was found."""
        if not self._is_working:
            self._findings.hide()
            self._begin(self.check_banner, self.tr("Checking the books…"))
            self.context.tasks.start(self._run_check())

    async def _run_check(self) -> None:
        try:
            report = await (await self.presenter.get()).check_books(self.progressed.emit)
        except BaseException:
            self.check_banner.clear()
            raise
        finally:
            self._end()
        self._show_report(report)

    def _show_report(self, report: BooksReport) -> None:
        formats = self.context.formats
        if report.holds:
            lines = formats.number(report.counts.get("ledger_op", 0))
            sales = formats.number(report.counts.get("sale", 0))
            words = self.tr(
                "The books hold: {sales} sales and {lines} operations of the ledger, every rule proved."
            )
            self.check_banner.tell(words.format(sales=sales, lines=lines), Tone.GOOD)
            return
        count = len(report.findings)
        words = (
            self.tr("One thing in the books breaks a rule.")
            if count == 1
            else self.tr("{n} things in the books break a rule.").format(n=formats.number(count))
        )
        self.check_banner.tell(words, Tone.DANGER)
        self._findings.setText("\n".join(map(self._sentence, report.findings[:_SHOWN_FINDINGS])))
        self._findings.show()

    def _sentence(self, finding: Finding) -> str:
        return self.tr("• {finding}").format(finding=self.context.messages.text(finding.code, finding.params))

    # The export

    def choose_folder(self) -> None:
        """Asks where the new folder goes."""
        if self._is_working:
            return
        dialog = file_dialog(
            self, self.context.preferences, self.tr("Where to put the export"), name="exportFolderDialog"
        )
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, folder: str) -> None:
        """Exports everything into a new folder inside this one."""
        if folder and not self._is_working:
            target = Path(folder) / _export_name(self.context.studio.name, utc_now().astimezone())
            self._begin(self.export_banner, self.tr("Exporting…"))
            self.context.tasks.start(self._run_export(target))

    async def _run_export(self, target: Path) -> None:
        def told(table: str, rows: int) -> None:
            self.progressed.emit(table, rows, 0)

        try:
            result = await (await self.presenter.get()).export(str(target), told)
        except BaseException:
            self.export_banner.clear()
            raise
        finally:
            self._end()
        self._show_export(result)

    def _show_export(self, result: ExportResult) -> None:
        rows = sum(count for _, count in result.rows)
        words = self.tr("{rows} rows are in {folder}")
        self.export_banner.tell(
            words.format(rows=self.context.formats.number(rows), folder=result.folder),
            Tone.GOOD,
            action=self.tr("Open folder"),
            run=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(result.folder)),
        )
        self.bring_in_sight(self.export_banner)

    # Pieces

    def _begin(self, banner: Banner, words: str) -> None:
        self._is_working = True
        self._showing_in = banner
        banner.tell(words, Tone.INFO)
        self.bring_in_sight(banner)
        self.hold(self._check, self._export)

    def _end(self) -> None:
        self._is_working = False
        self.release()

    def _show_progress(self, what: str, done: int, total: int) -> None:
        if not self._is_working:
            return
        formats = self.context.formats
        if total > 1:
            words = self.tr("Checking {what}: {done} of {total}")
            numbers = {"done": formats.number(done), "total": formats.number(total)}
            self._showing_in.tell(words.format(what=self._stage(what), **numbers))
        elif total:
            self._showing_in.tell(self.tr("Checking {what}…").format(what=self._stage(what)))
        else:
            words = self.tr("Exporting {table}: {rows} rows")
            self._showing_in.tell(words.format(table=what, rows=formats.number(done)))

    def _stage(self, code: str) -> str:
        return {
            "pages": self.tr("the file"),
            "safeguards": self.tr("the safeguards"),
            "ledger": self.tr("the ledger"),
            "money": self.tr("the money"),
            "clients": self.tr("the clients"),
            "notes": self.tr("the notes"),
            "chains": self.tr("the hash chains"),
            "receipts": self.tr("the receipts"),
        }.get(code, code)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.context.preferences.folder)))


def _export_name(studio: str, now: datetime) -> str:
    """A name for a new folder: the studio, the day and the time of this computer."""
    plain = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in studio)
    return f"{' '.join(plain.split()) or 'Frontdesk'} {now:%Y-%m-%d %H.%M.%S}"


def _line(button: Button) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(SPACE_2)
    line.addWidget(button)
    line.addStretch(1)
    return line
