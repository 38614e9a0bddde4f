"""The import wizard: choose a file, say what its columns hold, see what would come in, import it (D3)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from shiboken6 import isValid

from frontdesk.errors import FrontdeskError
from frontdesk.services.changes import Change, Topic
from frontdesk.services.views.imports import ImportBatch, Imported
from frontdesk.ui.dialogs.importing import words
from frontdesk.ui.dialogs.importing.choose_page import ChoosePage
from frontdesk.ui.dialogs.importing.columns_page import ColumnsPage
from frontdesk.ui.dialogs.importing.done_page import DonePage, WorkingPage
from frontdesk.ui.dialogs.importing.report_page import ReportPage
from frontdesk.ui.dialogs.importing.take_back import TakeBackDialog, undone_in_words
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import SecondaryButton
from frontdesk.ui.widgets.seen import Seen
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.services.csv_reading.columns import ColumnMapping
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.imports import DryRun, FileLook, ImportsPresenter, TakenBack
    from frontdesk.ui.task_runner import Late

_HEIGHT = 320
_DRAFT = "importClients"


def open_import_clients(context: UiContext, *, earlier: bool = False) -> ImportClientsDialog:
    """Opens the wizard; `earlier` gives the keyboard to the list of earlier imports."""
    dialog = ImportClientsDialog(context, earlier=earlier)
    dialog.open()
    return dialog


class Step(IntEnum):
    """The pages, in their order."""

    CHOOSE = 0
    COLUMNS = 1
    REPORT = 2
    WORKING = 3
    DONE = 4


class ImportClientsDialog(SheetDialog):
    """Esc and Back go one step back and keep what was chosen; closing keeps it for the next time."""

    #: Told from the writer's thread: how many things of how many are written.
    progressed = Signal(int, int)

    def __init__(self, context: UiContext, *, earlier: bool = False) -> None:
        super().__init__(context, self.tr("Import clients"), name="importClientsDialog", width=880)
        self._presenter: Late[ImportsPresenter] = context.late(
            "frontdesk.ui.presenters.imports", "ImportsPresenter"
        )
        self._look: FileLook | None = None
        self._run: DryRun | None = None
        self._done: Imported | None = None
        self._earlier: tuple[ImportBatch, ...] = ()
        self._command_id: UUID = uuid4()
        self._wants_earlier = earlier
        self.step = Step.CHOOSE
        self._build_pages(context)
        self.back_button = SecondaryButton(self.tr("Back"), self.go_back, name="importBackButton", tall=True)
        self.footer.insertWidget(0, self.back_button)
        self._seen = Seen(self.set_primary("", self._forward, name="importNextButton"))
        self.progressed.connect(self.working.show_progress)
        self.progressed.connect(self.busy.show_progress)
        context.notifier.watch(self, (Topic.IMPORTS,), self._changed)
        self._go(Step.CHOOSE)

    def open(self) -> None:
        """Shows the wizard, with the file that was chosen last time if it was left unfinished."""
        super().open()
        self.start(self._read_earlier(), latest="imports.earlier")
        kept = self.context.drafts.pop(_DRAFT, None)
        if kept:
            self._take_look(kept[0]["look"])
            self.banner.tell(
                self.tr("The file you chose last time is here again."),
                Tone.INFO,
                action=self.tr("Start over"),
                run=self._start_over,
            )

    # Going through the steps

    def go_back(self) -> None:
        """One step back; everything chosen stays."""
        self.banner.clear()
        self._go(Step(self.step - 1))

    def reject(self) -> None:
        """Closes, and keeps the file and what was said about it for the next time."""
        if self._look is not None and self._done is None and not self.is_busy():
            self.context.drafts[_DRAFT] = [{"look": self._look}]
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes one step back, and closes on the first and the last page."""
        if event.key() == Qt.Key.Key_Escape and self.step in (Step.COLUMNS, Step.REPORT):
            self.go_back()
        else:
            super().keyPressEvent(event)

    def is_armed(self) -> bool:
        """Whether Enter would go on: what would come in was seen."""
        return self.step is not Step.REPORT or self._seen.is_long_enough()

    def choose(self, path: str) -> None:
        """Takes a file and goes on to its columns."""
        self._work(self._open_file, path)

    def _forward(self) -> None:
        if self.step is Step.REPORT and not self._seen.press():
            return
        if self.step is Step.CHOOSE:
            self.choose_page.browse() if self._look is None else self._go(Step.COLUMNS)
        elif self.step is Step.COLUMNS:
            self._work(self._try_out)
        elif self.step is Step.REPORT:
            self._bring_in()
        elif self.step is Step.DONE:
            self.accept()

    def _go(self, step: Step) -> None:
        if step is Step.REPORT:
            self._seen.forget()
        self.step = step
        for one, page in self._pages.items():
            page.setVisible(one is step)
        self.subtitle_label.setText(self._subtitle(step))
        self.subtitle_label.setVisible(True)
        self.back_button.setVisible(step in (Step.COLUMNS, Step.REPORT))
        self.cancel_button.setVisible(step is not Step.DONE)
        # Where there is no file yet, the filled button is the one that chooses it.
        self.primary.setVisible(step is not Step.WORKING and (step > Step.CHOOSE or self._look is not None))
        self.choose_page.set_filled(self._look is None)
        self.primary.setText(self._verb(step))
        self.set_consequence(self._consequence() if step is Step.REPORT else "")
        self._focus(step)

    def _subtitle(self, step: Step) -> str:
        name = self._look.file.name if self._look is not None else ""
        rows = words.rows(self.context.formats, len(self._look.table.records)) if self._look else ""
        return {
            Step.CHOOSE: self.tr("Step 1 of 3 · The file"),
            Step.COLUMNS: self.tr("Step 2 of 3 · What the columns hold · {file}, {rows}").format(
                file=name, rows=rows
            ),
            Step.REPORT: self.tr("Step 3 of 3 · What would come in · nothing is written yet"),
            Step.WORKING: name,
            Step.DONE: name,
        }[step]

    def _verb(self, step: Step) -> str:
        if step is Step.CHOOSE and self._look is not None:
            return self.tr("Go on with {file}").format(file=self._look.file.name)
        if step is Step.REPORT and self._run is not None:
            plan = self._run.plan
            if plan.created or plan.packs:
                told = words.brings(self.context.formats, plan.created, plan.packs)
                return self.tr("Import {what}").format(what=told)
            return self.tr("Import")
        return {
            Step.COLUMNS: self.tr("See what would come in"),
            Step.DONE: self.tr("Done"),
        }.get(step, "")

    def _consequence(self) -> str:
        if self._run is None:
            return ""
        plan = self._run.plan
        if not plan.created and not plan.packs:
            return self.tr("Nobody new and no credits: there is nothing to import.")
        return self.tr(
            "The packs come in as credits without refund value, since their money was not received here."
        ) * bool(plan.packs)

    def _focus(self, step: Step) -> None:
        if step is Step.COLUMNS and self.columns_page.selects:
            self.columns_page.selects[0].setFocus(Qt.FocusReason.OtherFocusReason)
        elif step is Step.CHOOSE:
            self.choose_page.button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif step in (Step.REPORT, Step.DONE):
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    # The file

    async def _open_file(self, path: str) -> None:
        self._take_look(await (await self._presenter.get()).look(path))

    async def _read_again(self, encoding: str, delimiter: str, header: int | None) -> None:
        assert self._look is not None
        before = self._look
        try:
            look = await (await self._presenter.get()).look_again(before, encoding, delimiter, header)
        except FrontdeskError as error:
            self.columns_page.show_look(before)
            self.columns_page.show_problem(error.code, **error.params)
            return
        self._set_look(look)

    async def _remap(self, mapping: ColumnMapping) -> None:
        assert self._look is not None
        self._set_look(await (await self._presenter.get()).remap(self._look, mapping))

    def _take_look(self, look: FileLook) -> None:
        self._set_look(look)
        self._go(Step.COLUMNS)

    def _set_look(self, look: FileLook) -> None:
        self._look = look
        self._run = None
        self._command_id = uuid4()
        self.columns_page.show_look(look)
        self.subtitle_label.setText(self._subtitle(Step.COLUMNS))

    def _start_over(self) -> None:
        self._look = self._run = None
        self.banner.clear()
        self._go(Step.CHOOSE)

    # The dry run and the import

    async def _try_out(self) -> None:
        assert self._look is not None
        presenter = await self._presenter.get()
        self._look = presenter.with_order(self._look, self.columns_page.order())
        try:
            self._run = await presenter.dry_run(self._look)
        except FrontdeskError as error:
            self.columns_page.show_problem(error.code, **error.params)
            return
        self.report_page.show_plan(self._run.plan)
        self._go(Step.REPORT)

    def _bring_in(self) -> None:
        assert self._run is not None
        if not self.report_page.agrees():
            self.report_page.ask_again()
            return
        plan = self._run.plan
        if plan.created or plan.packs:
            self.working.begin(words.brings(self.context.formats, plan.created, plan.packs))
            self._go(Step.WORKING)
        self.commit(self._import(self._run), keep_open=True, then=self._show_done)

    async def _import(self, run: DryRun) -> Imported:
        presenter = await self._presenter.get()
        again = run.plan.imported_before is not None and self.report_page.agrees()
        try:
            return await presenter.bring_in(run.draft, self._command_id, self.progressed.emit, again=again)
        except BaseException:
            self._go(Step.REPORT)
            raise

    def _show_done(self, done: Imported) -> None:
        self._done = done
        assert self._look is not None and self._run is not None
        odd = sum(1 for row in self._run.plan.rows if row.problems)
        self.done_page.show_done(done, self._look.file.name, odd)
        self._go(Step.DONE)

    async def _save(self, path: str) -> None:
        assert self._run is not None
        await (await self._presenter.get()).save_report(self._run.plan, path)
        self.context.toast(self.tr("The report is in {path}.").format(path=path))

    # Earlier imports

    async def _read_earlier(self) -> None:
        self._earlier = await (await self._presenter.get()).earlier()
        self.choose_page.show_earlier(self._earlier)
        if self._wants_earlier and self._earlier:
            self._wants_earlier = False
            self.choose_page.focus_earlier()

    def _changed(self, _changes: tuple[Change, ...]) -> None:
        self.start(self._read_earlier(), latest="imports.earlier")

    def _take_back(self, batch: ImportBatch) -> None:
        dialog = TakeBackDialog(self.context, self._presenter, batch, self)
        dialog.done_well.connect(self._taken_back)
        dialog.open()

    def _take_this_back(self) -> None:
        assert self._done is not None
        batch = next((one for one in self._earlier if one.id == self._done.batch_id), None)
        if batch is not None:
            self._take_back(batch)

    def _taken_back(self, taken: TakenBack) -> None:
        if self.step is Step.DONE:
            self.done_page.show_taken_back(undone_in_words(self.context, taken))

    # Pieces

    def _build_pages(self, context: UiContext) -> None:
        self.choose_page = ChoosePage(context)
        self.columns_page = ColumnsPage(context)
        self.report_page = ReportPage(context)
        self.working = WorkingPage(context)
        self.done_page = DonePage(context)
        self._pages = {
            Step.CHOOSE: self.choose_page,
            Step.COLUMNS: self.columns_page,
            Step.REPORT: self.report_page,
            Step.WORKING: self.working,
            Step.DONE: self.done_page,
        }
        for page in self._pages.values():
            page.setMinimumHeight(_HEIGHT)
            self.body.addWidget(page, 1)
        self.choose_page.chosen.connect(self.choose)
        self.choose_page.take_back.connect(self._take_back)
        self.columns_page.reread.connect(lambda *how: self._work(self._read_again, *how))
        self.columns_page.remapped.connect(lambda mapping: self._work(self._remap, mapping))
        self.report_page.save.connect(lambda path: self._work(self._save, path))
        self.done_page.take_back.connect(self._take_this_back)
        self.done_page.save.connect(self.report_page.choose_place)

    def _work(self, work: Callable[..., Coroutine[Any, Any, None]], *about: object) -> None:
        """Runs something short with the busy line; the newest replaces an older one."""
        self.banner.clear()
        self.start(self._with_busy_line(partial(work, *about)), latest="imports.work")

    async def _with_busy_line(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.busy.start()
        try:
            await work()
        finally:
            # The wizard may have been closed while a report was being written.
            if isValid(self.busy):
                self.busy.stop()
