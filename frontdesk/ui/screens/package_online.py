"""A package at Stripe, in the editor: its state, its link and QR code, and what was changed there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from frontdesk.errors import Refused
from frontdesk.services.views.online_packages import OnlineState
from frontdesk.ui.actions import Actions
from frontdesk.ui.context import UiContext
from frontdesk.ui.file_dialogs import file_dialog
from frontdesk.ui.online_words import OnlineWords
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import ElidedText, SecondaryButton, Text, action_button
from frontdesk.ui.widgets.qr_code import QrCode
from frontdesk.ui.widgets.surfaces import Banner, Icon

# Linguist knows calls of this name.
translate = QCoreApplication.translate

#: What is decided about a package at Stripe, by the presenter's verb.
DECISIONS = ("take_theirs", "keep_ours", "try_again")
#: What is done with the link, by the verb of the page.
_LINK_ACTS = ("copy_link", "save_code", "print_code", "save_paper")


def add_online_actions(context: UiContext, owner: QWidget, scope: str, run: Callable[[str], object]) -> None:
    """Registers the commands of a package at Stripe; `run` gets the verb."""
    for verb, text, icon in (
        ("take_theirs", translate("PackageOnline", "Take Stripe's"), ""),
        ("keep_ours", translate("PackageOnline", "Keep ours"), ""),
        ("try_again", translate("PackageOnline", "Try again at Stripe"), "refresh"),
        ("copy_link", translate("PackageOnline", "Copy payment link"), "copy"),
        ("save_code", translate("PackageOnline", "Save QR code…"), "export"),
        ("print_code", translate("PackageOnline", "Print QR code…"), "print"),
        ("save_paper", translate("PackageOnline", "Save QR code as PDF…"), "file"),
    ):
        context.actions.add(f"package.{verb}", text, partial(run, verb), owner=owner, scope=scope, icon=icon)


class DriftBanner(QFrame):
    """What somebody changed in Stripe's dashboard, and the two ways out; hidden while nothing was."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("packageDrift")
        self.setProperty("kind", "banner")
        self.setProperty("tone", str(Tone.WARNING))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_3)
        row.setSpacing(SPACE_2)
        row.addWidget(Icon("warning", "warning"), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(SPACE_2)
        column.addWidget(Text(self.tr("Changed in Stripe's dashboard"), "strong"))
        self.told = Text("", wrap=True, name="packageDriftText")
        column.addWidget(self.told)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(action_button(actions["package.take_theirs"], name="packageTakeTheirsButton"))
        buttons.addWidget(action_button(actions["package.keep_ours"], name="packageKeepOursButton"))
        buttons.addStretch(1)
        column.addLayout(buttons)
        row.addLayout(column, 1)
        self.hide()

    def show_lines(self, lines: list[str]) -> None:
        """Shows these differences; none takes the banner away."""
        self.told.setText("\n".join(lines))
        self.setVisible(bool(lines))


class PackageOnline(QScrollArea):
    """Shown in a tab of the editor."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("packageOnline")
        self.setAccessibleName(self.tr("This package online"))
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._context = context
        self._words = OnlineWords(context.formats, context.messages)
        self._name, self._offer = "", ""
        self.state = OnlineState("off")
        #: Deals with paper; it is no widget of the page.
        self.paper = LinkPaper(context, self)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE_4, SPACE_5, SPACE_5)
        column.setSpacing(SPACE_3)
        self.banner = Banner(name="packageOnlineBanner")
        self._sentence = Text("", "muted", wrap=True, name="packageOnlineSentence")
        again = context.actions["package.try_again"]
        self._again = action_button(again, SecondaryButton, name="packageTryAgainButton")
        column.addWidget(self.banner)
        column.addWidget(self._sentence)
        column.addWidget(self._again)
        column.addWidget(self._link_area())
        column.addStretch(1)
        self.setWidget(page)

    def show_state(self, state: OnlineState, name: str, offer: str) -> None:
        """Shows where the package stands; `offer` is the sentence that a client reads."""
        self.state, self._name, self._offer = state, name, offer
        self._sentence.setText(self._words.sentence(state))
        self._link.setText(state.url)
        self.code.set_text(state.url)
        self._area.setVisible(bool(state.url))
        actions = self._context.actions
        actions["package.try_again"].setVisible(state.state == "failed")
        for verb in ("take_theirs", "keep_ours"):
            actions[f"package.{verb}"].setVisible(bool(state.drift))
        for verb in _LINK_ACTS:
            actions[f"package.{verb}"].setVisible(bool(state.url))

    def copy_link(self) -> None:
        """Puts the link where it can be pasted from."""
        QGuiApplication.clipboard().setText(self.state.url)
        self._context.toast(self.tr("The link is copied."))

    def save_code(self) -> None:
        """Asks where to save the code as a picture."""
        self.paper.choose_picture(self._name, self.code)

    def print_code(self) -> None:
        """Asks for a printer."""
        self.paper.choose_printer(self._name, self._offer, self.code)

    def save_paper(self) -> None:
        """Asks where to save what would be printed."""
        self.paper.choose_pdf(self._name, self._offer, self.code)

    def _link_area(self) -> QWidget:
        actions = self._context.actions
        self._area = QWidget()
        column = QVBoxLayout(self._area)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        self._link = ElidedText("", "strong", name="packageLink")
        self._link.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._link.setAccessibleDescription(self.tr("Payment link"))
        self.code = QrCode(self.tr("QR code of the payment link"), name="packageQrCode")
        row = QHBoxLayout()
        row.setSpacing(SPACE_4)
        row.addWidget(self.code)
        buttons = QVBoxLayout()
        buttons.setSpacing(SPACE_2)
        for verb, name in (
            ("copy_link", "packageCopyLinkButton"),
            ("save_code", "packageSaveCodeButton"),
            ("print_code", "packagePrintCodeButton"),
        ):
            buttons.addWidget(action_button(actions[f"package.{verb}"], SecondaryButton, name=name))
        buttons.addStretch(1)
        row.addLayout(buttons)
        row.addStretch(1)
        column.addWidget(self._link)
        column.addLayout(row)
        return self._area


class LinkPaper(QObject):
    """Saves and prints a link's code."""

    def __init__(self, context: UiContext, page: PackageOnline) -> None:
        super().__init__(page)
        self._context, self._page = context, page

    def choose_picture(self, name: str, code: QrCode) -> None:
        """Asks for a file and writes the code into it."""
        asked = self._file(self.tr("Save the QR code"), self.tr("Pictures (*.png)"), f"{name}.png")
        asked.fileSelected.connect(lambda path: self.save_picture(Path(path), code))
        asked.open()

    def save_picture(self, path: Path, code: QrCode) -> None:
        """Writes the code as a picture, large enough for a poster."""
        from frontdesk.ui.link_paper import PICTURE_SIDE, save_picture

        self._context.tasks.start(self._save(save_picture, code.image(PICTURE_SIDE), path=path))

    def choose_pdf(self, name: str, offer: str, code: QrCode) -> None:
        """Asks for a file and writes into it what would be printed."""
        asked = self._file(self.tr("Save the QR code as a PDF"), self.tr("PDF files (*.pdf)"), f"{name}.pdf")
        asked.fileSelected.connect(lambda path: self.save_pdf(Path(path), name, offer, code))
        asked.open()

    def save_pdf(self, path: Path, name: str, offer: str, code: QrCode) -> None:
        """Writes what would be printed."""
        from frontdesk.ui.link_paper import save_link_pdf

        self._context.tasks.start(self._save(save_link_pdf, self._html(name, offer, code), name, path=path))

    def choose_printer(self, name: str, offer: str, code: QrCode) -> None:
        """Asks for a printer and prints."""
        self._context.tasks.start(self._choose_printer(name, self._html(name, offer, code)))

    def _html(self, name: str, offer: str, code: QrCode) -> str:
        from frontdesk.ui.link_paper import PICTURE_SIDE, link_html

        return link_html(self._context.session.studio.name, name, offer, code.image(PICTURE_SIDE))

    async def _choose_printer(self, name: str, html: str) -> None:
        # Late, since most starts print nothing.
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from frontdesk.ui.printing import PrintJob, printer_names

        names = await self._context.tasks.paper(printer_names)
        if not names:
            self._page.banner.tell(
                self._context.messages.error(Refused("link_paper.no_printer")),
                Tone.WARNING,
                action=self.tr("Save as PDF"),
                run=self._page.save_paper,
            )
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPrinterName(names[0])
        asked = QPrintDialog(printer, self._page.window())
        asked.setObjectName("packageLinkPrintDialog")

        def chosen() -> None:
            job = PrintJob(printer.printerName(), printer.copyCount(), printer.outputFileName())
            self._context.tasks.start(self._print(html, name, job))

        asked.accepted.connect(chosen)
        asked.finished.connect(asked.deleteLater)
        # Its own open() wants a slot by name.
        QDialog.open(asked)

    async def _print(self, html: str, name: str, job: object) -> None:
        from frontdesk.ui.link_paper import print_link_on

        await self._context.tasks.paper(print_link_on, html, name, job)
        self._context.toast(self.tr("{name} was sent to the printer.").format(name=name))

    async def _save(self, save: Callable[..., None], *content: object, path: Path) -> None:
        await self._context.tasks.paper(save, *content, path)
        self._context.toast(
            self.tr("Saved as {file}").format(file=path.name),
            self.tr("Open"),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
        )

    def _file(self, title: str, filters: str, suggested: str) -> QFileDialog:
        asked = file_dialog(
            self._page.window(), self._context.preferences, title, name="packageLinkFileDialog"
        )
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(filters)
        asked.setDefaultSuffix(suggested.rpartition(".")[2])
        asked.selectFile(suggested.replace("/", "-"))
        return asked
