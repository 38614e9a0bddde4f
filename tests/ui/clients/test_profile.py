"""The profile: its head, its tabs, what survives, and what its buttons mean."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from frontdesk.services.clients import change_notes, client_card
from frontdesk.services.drafts.credits import AdjustDraft, VisitDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.settling import settle_visits
from frontdesk.services.visits import record_visit
from frontdesk.ui.screens.client_profile import TABS
from frontdesk.ui.screens.profile.lot_cards import LotCardView
from frontdesk.ui.screens.profile.statement_table import StatementTable
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.tokens import SPACE_3
from frontdesk.ui.widgets.basics import LinkButton
from frontdesk.ui.widgets.surfaces import Chip
from tests.support.event_loop import until
from tests.ui.clients.conftest import CTRL, Clients
from tests.ui.walk import assert_accessible, assert_nothing_cut_off


def shown(clients: Clients, name: str) -> str:
    return clients.find(QLabel, name).text()


async def test_the_head_says_who_it_is_and_what_to_mind(clients: Clients) -> None:
    screen = await clients.profile("overview")
    assert shown(clients, "screenTitle") == "Mira Okafor"
    assert shown(clients, "profileContact") == "mira@example.com · +44 20 7946 0958"
    assert screen.alert.text() == "Knee injury"
    assert shown(clients, "overviewBalanceNumber") == "12 credits"
    assert shown(clients, "overviewBalanceCaption") == "next to expire: 12 on 4 Apr 2027 (in 90 days)"
    told = [label.text() for label in screen.overview.lots.findChildren(QLabel)]
    assert "10-class pack" in told and "10-class pack, bonus" in told


async def test_the_overview_leads_to_the_lots_it_leaves_out(clients: Clients) -> None:
    for _ in range(2):
        clients.sell(clients.mira)
    screen = await clients.profile("overview")
    lots = screen.overview.lots
    rest = lots.findChild(LinkButton, "overviewLotsRest")
    assert rest is not None and rest.text() == "and 2 more"
    assert "20 credits" in [label.text() for label in lots.findChildren(QLabel)]
    rest.click()
    await clients.settled()
    assert screen.tabs.current() == "credits"


async def test_a_visit_that_was_settled_is_unpaid_no_more(clients: Clients) -> None:
    """C12."""
    ada = clients.client("Ada Dubois")
    attended = VisitDraft(ada, 1, clients.clock.at, clients.yoga, when_short="unpaid")
    clients.office.write(record_visit, clients.actor, None, attended)
    screen = await clients.profile("overview", ada)
    told = [label.text() for label in screen.overview.visits.findChildren(QLabel)]
    assert any(one.startswith("unpaid · 4 Jan 2027") for one in told)
    clients.sell(ada)
    clients.office.write(settle_visits, clients.actor, None, ada)
    await clients.profile("credits", ada)
    screen = await clients.profile("overview", ada)
    told = [label.text() for label in screen.overview.visits.findChildren(QLabel) if label.isVisible()]
    assert any(one.startswith("1 credit · 4 Jan 2027") for one in told), told
    assert not any("unpaid" in one for one in told)


async def test_credits_are_cards_in_the_order_of_use(clients: Clients) -> None:
    """C6: bonus before bought."""
    screen = await clients.profile()
    cards = screen.credits.lot_views()
    assert [card.lot.kind for card in cards] == ["bonus", "purchased"]
    first = cards[0]
    assert first.findChild(Chip, f"lotState{first.lot.lot_id}").text() == "Used next"  # type: ignore[union-attr]
    told = shown(clients, f"lotFacts{cards[1].lot.lot_id}")
    assert told == "10 of 10 left · until 4 Apr 2027 (in 90 days)"
    assert shown(clients, f"lotOrigin{cards[1].lot.lot_id}") == "bought 4 Jan 2027 · 90.00 USD · cash"


async def test_a_card_offers_what_its_lot_allows(clients: Clients) -> None:
    screen = await clients.profile()
    card = screen.credits.lot_views()[1]
    assert isinstance(card, LotCardView)
    offered = [action.text() for action in card.menu_button.menu().actions()]
    assert offered == [
        "Record visit…",
        "Change last day…",
        "Transfer to another client…",
        "Adjust from this lot…",
        "Freeze credits…",
        "Refund…",
        "Show the receipt",
    ]


async def test_the_ledger_reads_as_sentences_with_change_and_balance(clients: Clients) -> None:
    """C15."""
    screen = await clients.profile()
    (cells,) = screen.credits.statement.lines._cells
    assert [cell.text for cell in cells] == [
        "4 Jan 2027",
        "12 credits bought: 10 × “10-class pack” (through 4 Apr 2027)"
        " and 2 × “10-class pack”, bonus (through 4 Apr 2027). Receipt D1-000001.",
        "Ana",
        "+12",
        "12",
    ]


async def test_a_long_ledger_is_read_on_as_one_scrolls(clients: Clients) -> None:
    """F4: the profile of somebody with thousands of entries opens with its first page."""
    from frontdesk.services.credits import adjust

    for _ in range(60):
        draft = AdjustDraft(clients.mira, 1, "goodwill", "again")
        clients.office.write(adjust, clients.actor, None, draft)
    screen = await clients.profile()
    statement = screen.credits.statement
    assert statement.lines.rowCount() == 50
    bar = screen.credits.verticalScrollBar()
    bar.setValue(bar.maximum())
    await clients.settled()
    assert statement.lines.rowCount() == 61


async def test_a_long_sentence_of_the_ledger_is_read_whole_at_every_width(clients: Clients) -> None:
    """C15, U3: the row grows with it, and shrinks again."""
    from frontdesk.services.credits import adjust

    reason = " ".join(["the heating was off again"] * 6)
    clients.office.write(adjust, clients.actor, None, AdjustDraft(clients.mira, 1, "goodwill", reason))
    screen = await clients.profile()
    table = screen.credits.statement
    sentence = table.lines.index(0, 1).data()
    assert reason in sentence
    heights = []
    for width in (1024, 1900, 1024):
        clients.window.resize(width, 640)
        await until(lambda: heights_fit(table))
        room = table.columnWidth(1) - 2 * SPACE_3
        lines = table._sentences.lines_of(sentence, room)
        assert " ".join(lines) == sentence
        assert max(map(table.fontMetrics().horizontalAdvance, lines)) <= room
        heights.append(table.rowHeight(0))
    assert heights[0] == heights[2] > heights[1] >= table.rowHeight(1) == 52


def heights_fit(table: StatementTable) -> bool:
    """Whether each row has the height of its sentence, and the table that of its rows."""
    rows = range(table.lines.rowCount())
    needed = [table._sentences.height_of(table.lines.index(row, 1).data(), 1) for row in rows]
    whole = table.horizontalHeader().height() + sum(needed)
    return [table.rowHeight(row) for row in rows] == needed and table.height() >= whole


async def test_purchases_show_what_became_of_each_line(clients: Clients) -> None:
    screen = await clients.profile("purchases")
    (card,) = screen.purchases.cards
    told = [label.text() for label in card.findChildren(QLabel)]
    assert "90.00 USD" in told
    assert "10-class pack · 10 + 2" in told
    assert "0 used · 12 credits left · until 4 Apr 2027 (in 90 days)" in told
    links = [link.text() for link in card.findChildren(LinkButton)]
    assert links == ["Receipt", "Void sale…", "Refund…"]


async def test_notes_are_saved_by_keyboard(clients: Clients) -> None:
    screen = await clients.profile("notes")
    screen.notes.form["notes"].setFocus()
    await clients.write("Prefers mornings")
    assert shown(clients, "notesState") == "Not saved yet"
    await clients.press(Qt.Key.Key_S, held=CTRL)
    assert clients.office.read(client_card, clients.mira).notes == "Prefers mornings"
    assert clients.toast() == "Notes saved"
    assert shown(clients, "notesState") == ""


async def test_notes_that_are_not_saved_survive_another_client(clients: Clients) -> None:
    """U2: nothing typed is lost."""
    ada = clients.client("Ada Dubois")
    screen = await clients.profile("notes")
    screen.notes.form["notes"].setFocus()
    await clients.write("Prefers mornings")
    await clients.profile("notes", ada)
    assert screen.notes.form["notes"].value() == ""
    await clients.profile("notes")
    assert screen.notes.form["notes"].value() == "Prefers mornings"


async def test_notes_changed_by_another_desk_do_not_replace_what_is_typed(clients: Clients) -> None:
    screen = await clients.profile("notes")
    screen.notes.form["notes"].setFocus()
    await clients.write("Prefers mornings")
    outcome = clients.office.write(change_notes, clients.actor, None, clients.mira, "Comes late")
    clients.context.notifier.broadcast(outcome.changes)
    await clients.settled()
    assert screen.notes.form["notes"].value() == "Prefers mornings"


async def test_history_tells_who_did_what(clients: Clients) -> None:
    """D1."""
    screen = await clients.profile("history")
    rows = [[cell.text for cell in cells] for cells in screen.history.rows._cells]
    assert [row[1] for row in rows] == [
        "Bought 12 credits for 90.00 USD, receipt D1-000001",
        "Card created",
    ]
    assert rows[0][2] == "Ana"


async def test_a_merged_client_leads_to_who_stands_for_them_and_can_be_parted(clients: Clients) -> None:
    """D4."""
    ada = clients.client("Ada Dubois")
    clients.office.write(merge_clients, clients.actor, None, ada, clients.mira)
    screen = await clients.profile("overview", ada)
    assert screen.chosen_client() == clients.mira
    clients.click("unmerge0")
    await clients.settled()
    assert clients.office.read(client_card, ada).id == ada
    assert not screen.overview.merged.isVisible()


async def test_archiving_can_be_undone(clients: Clients) -> None:
    screen = await clients.profile("overview")
    clients.context.actions["client.archive"].trigger()
    await clients.settled()
    assert screen.archived_chip.text() == "Archived"
    clients.click("toastAction")
    await clients.settled()
    assert not clients.office.read(client_card, clients.mira).archived


async def test_tabs_are_reached_by_keyboard(clients: Clients) -> None:
    screen = await clients.profile("overview")
    assert QApplication.focusWidget() is screen.tabs.bar
    for number, tab in enumerate(TABS, 1):
        QTest.keyClick(screen.tabs.bar, Qt.Key(int(Qt.Key.Key_0) + number), Qt.KeyboardModifier.AltModifier)
        await clients.settled()
        assert screen.tabs.current() == tab


async def test_every_tab_has_names_and_nothing_cut_off_in_both_schemes(clients: Clients) -> None:
    """U3."""
    screen = await clients.profile()
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme().set_scheme(scheme)
        for tab in TABS:
            screen.tabs.show_page(tab)
            await clients.settled()
            assert_accessible(screen)
            assert_nothing_cut_off(screen)


async def test_nothing_is_shown_in_a_window_of_its_own(clients: Clients) -> None:
    """A widget that is shown before it has a parent would flash."""
    await clients.profile()
    windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert windows == [clients.window]
    assert all(isinstance(one, QWidget) for one in windows)
