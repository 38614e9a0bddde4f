"""The acts of a generated studio's day, each with all the rows that its use case writes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final, Protocol

from frontdesk.models import chain
from frontdesk.models.money import percent_of, split_by_largest_remainder, tax_included
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.subjects import sale_subject
from tools.datasets import catalogue
from tools.datasets.books import Act, Books, Lot, NewLot, Posted, Who
from tools.datasets.corrections import Corrections
from tools.datasets.founding import Version
from tools.datasets.refunding import Refunding, SoldLine, SoldSale

_MINUTE: Final = 60_000_000
_DAY: Final = 24 * 60 * _MINUTE
_TENDERS: Final = ("external_card", "cash", "bank_transfer")
_TENDER_WEIGHTS: Final = (62, 28, 10)
_DISCOUNTS: Final = (
    ("loyalty", 10_000, ""),
    ("promotion", 15_000, ""),
    ("concession", 20_000, ""),
    ("staff", 25_000, ""),
    ("goodwill", 10_000, "waited too long at the desk"),
    ("other", 5_000, "bought together with a friend"),
)
_BANKNOTES: Final = (500, 1000, 2000, 5000)

Later = Callable[..., None]


class Others(Protocol):
    """The clients an act may concern beside the one it is about."""

    def lots_of(self, client: int) -> Sequence[Lot]:
        """The client's lots with credits."""

    def somebody_else(self, client: int) -> int:
        """Another client."""

    def receives(self, client: int, lot: Lot) -> None:
        """The client has a lot that was not bought."""


class Acts:
    """Writes acts into the books; ``later`` puts a follow-up on the agenda, ``runs_out`` a lot's end."""

    def __init__(self, books: Books, later: Later, runs_out: Callable[[Lot], None], others: Others) -> None:
        self.books = books
        self.rng: random.Random = books.rng
        self.day = ""
        self._later = later
        self._runs_out = runs_out
        self._others = others
        self._firsts: set[tuple[int, int]] = set()
        self._staff = [Who(staff, 1 if staff % 3 else 2) for staff in range(1, len(catalogue.STAFF) + 1)]
        self._refunding = Refunding(books)
        self._corrections = Corrections(books)

    @property
    def transactions(self) -> int:
        """How many payments and parts of refunds there are."""
        return self.books.ids.get("money_transaction", 0)

    def somebody(self) -> Who:
        """Who is at which desk."""
        return self.rng.choices(self._staff, (9, 8, 7, 6, 5, 3, 2))[0]

    def buys_first(self, client: int, package: int) -> bool:
        """Whether the client has not bought this package before; asked, it counts as bought."""
        if (client, package) in self._firsts:
            return False
        self._firsts.add((client, package))
        return True

    def new_client(self, row: tuple[Any, ...], at: int) -> int:
        """A client's card with the first line of its history."""
        who = self.somebody()
        client = self.books.add("client", *row)
        self.books.open_client(client)
        self.books.add("client_event", client, "created", None, who.staff, who.desk, at)
        result = {"client_id": client, "changed": ["name"], "similar": []}
        self.books.command(self.books.new_command(), "clients.create_client", result, who, at)
        return client

    # --- Sales --------------------------------------------------------------------------------------

    def sell(
        self, at: int, day: date, client: int, versions: Sequence[Version], parts: int
    ) -> tuple[Lot, ...]:
        """A sale in ``parts`` payments as far as its total allows; returns the new lots."""
        books, who, command = self.books, self.somebody(), self.books.new_command()
        series = catalogue.DESKS[who.desk - 1][1]
        number = books.number(series)
        subtotal = sum(version.price for version in versions)
        code, kept, discount = self._discount(subtotal, at)
        shares = split_by_largest_remainder(discount, [version.price for version in versions])
        taxes = [
            tax_included(one.price - share, catalogue.TAX)
            for one, share in zip(versions, shares, strict=True)
        ]
        sale: dict[str, Any] = {
            "id": books.new_id("sale"),
            "command_id": command,
            "client_id": client,
            "desk_id": who.desk,
            "staff_id": who.staff,
            "sold_at": at,
            "business_day": self.day,
            "series": series,
            "number": number,
            "currency": catalogue.CURRENCY,
            "subtotal": subtotal,
            "discount": discount,
            "tax": sum(taxes),
            "total": subtotal - discount,
            "tax_name": catalogue.TAX_NAME,
            "discount_code": code,
            "discount_note_id": kept[0] if kept else None,
        }
        books.sink.add("sale", tuple(sale.values()))
        lines = [
            self._line(sale["id"], place, version, share, tax)
            for place, (version, share, tax) in enumerate(zip(versions, shares, taxes, strict=True), start=1)
        ]
        payments = [
            self._payment(sale, payment, receipt_number(series, number))
            for payment in self._split(subtotal - discount, parts)
        ]
        subject = chain.subject_hash(sale_subject(sale, lines, payments))
        lots = tuple(_granted(at, day, versions, [line["id"] for line in lines]))
        posted = books.post(
            Act(client, "sale", at, who, command, lots=lots, sale=sale["id"], subject=subject, kept=kept)
        )
        self._answer(command, sale, posted, payments, who)
        self._follow_up(at, sale, lines, payments, posted)
        for lot in posted.lots:
            self._runs_out(lot)
        return posted.lots

    def _discount(self, subtotal: int, at: int) -> tuple[str | None, tuple[int, str] | None, int]:
        if not subtotal or self.rng.random() > 0.07:
            return None, None, 0
        code, rate, text = self.rng.choice(_DISCOUNTS)
        kept = self.books.note(text, at) if text else None
        return code, kept, percent_of(subtotal, rate)

    def _line(self, sale: int, place: int, version: Version, discount: int, tax: int) -> dict[str, Any]:
        offer = version.offer
        row = {
            "id": self.books.new_id("sale_line"),
            "sale_id": sale,
            "position": place,
            "package_id": version.package_id,
            "package_version_id": version.id,
            "name": offer.name,
            "credits": offer.credits,
            "bonus": offer.bonus,
            "validity": version.validity_kept,
            "eligible": None if offer.eligible is None else list(offer.eligible),
            "list_price": version.price,
            "discount": discount,
            "tax_milli_percent": catalogue.TAX,
            "tax_on_top": False,
            "tax": tax,
            "total": version.price - discount,
        }
        stored = {**row, "validity": version.validity_json, "eligible": version.eligible_json}
        self.books.sink.add("sale_line", tuple(stored.values()))
        return row

    def _split(self, total: int, parts: int) -> list[tuple[str, int]]:
        """Tender and amount of each payment."""
        if not total:
            return [("free", 0)]
        tender = self.rng.choices(_TENDERS, _TENDER_WEIGHTS)[0]
        if parts == 1 or total < 500:
            return [(tender, total)]
        first = max(100, int(total * self.rng.uniform(0.2, 0.8)) // 100 * 100)
        other = "external_card" if tender == "cash" else "cash"
        return [(tender, first), (other, total - first)]

    def _payment(self, sale: dict[str, Any], paid: tuple[str, int], receipt: str) -> dict[str, Any]:
        tender, amount = paid
        given = None
        if tender == "cash":
            note = self.rng.choice(_BANKNOTES)
            given = -(-amount // note) * note
        row = {
            "id": self.books.new_id("money_transaction"),
            "kind": "payment",
            "sale_id": sale["id"],
            "client_id": sale["client_id"],
            "refund_id": None,
            "payment_id": None,
            "tender": tender,
            "amount": amount,
            "at": sale["sold_at"],
            "business_day": sale["business_day"],
            "staff_id": sale["staff_id"],
            "desk_id": sale["desk_id"],
            "receipt": receipt,
            "reference": self._reference(tender),
            "cash_given": given,
            "cash_change": None if given is None else given - amount,
            "status": "succeeded",
        }
        self.books.sink.add("money_transaction", tuple(row.values()))
        return row

    def _reference(self, tender: str) -> str:
        if tender == "external_card":
            return f"T{self.rng.randrange(1, 10**7):07d}"
        return f"SEPA {self.rng.randrange(1, 10**6):06d}" if tender == "bank_transfer" else ""

    def _answer(
        self,
        command: str,
        sale: dict[str, Any],
        posted: Posted,
        payments: list[dict[str, Any]],
        who: Who,
    ) -> None:
        change = sum(one["cash_change"] or 0 for one in payments)
        result: dict[str, Any] = {
            "sale_id": sale["id"],
            "client_id": sale["client_id"],
            "receipt": receipt_number(sale["series"], sale["number"]),
            "total": {"amount": sale["total"], "currency": catalogue.CURRENCY},
            "change": {"amount": change, "currency": catalogue.CURRENCY},
            "lot_ids": [lot.id for lot in posted.lots],
            "settled_visits": 0,
        }
        self.books.command(command, "sales.sell", result, who, sale["sold_at"])

    def _follow_up(
        self,
        at: int,
        sale: dict[str, Any],
        lines: list[dict[str, Any]],
        payments: list[dict[str, Any]],
        posted: Posted,
    ) -> None:
        """What comes of a sale later: a refund now and then, a gift, a wish, an illness."""
        chance = self.rng.random()
        if chance > 0.075 or not sale["total"]:
            return
        later = at + int(self.rng.uniform(0.01, 40) * _DAY)
        if chance < 0.05:
            sold_lines = []
            lots = iter(posted.lots)
            for line in lines:
                mine = [next(lots)] + ([next(lots)] if line["bonus"] else [])
                sold_lines.append(SoldLine(line["id"], line["total"], line["credits"], line["bonus"], mine))
            sold = SoldSale(sale["id"], sale["client_id"], sold_lines, payments)
            self._later(later, self._refund, sold)
        elif chance < 0.06:
            self._later(later, self._adjust_plus, sale["client_id"])
        elif chance < 0.068:
            self._later(later, self._corrections.adjust_minus, posted.lots[0], self.somebody())
        elif chance < 0.071:
            self._later(later, self._extend, posted.lots[0])
        elif chance < 0.0735:
            self._later(later, self._freeze, sale["client_id"])
        else:
            self._later(later, self._transfer, posted.lots[0])

    def _refund(self, at: int, sold: SoldSale) -> None:
        self._refunding.refund(at, self.day, sold, self.somebody(), self._later)

    def _adjust_plus(self, at: int, client: int) -> None:
        lot = self._corrections.adjust_plus(at, client, self.somebody())
        self._others.receives(client, lot)
        self._runs_out(lot)

    def _extend(self, at: int, lot: Lot) -> None:
        if self._corrections.extend(at, lot, self.somebody()):
            self._runs_out(lot)

    def _freeze(self, at: int, client: int) -> None:
        frozen, ends_at = self._corrections.freeze(at, client, self._others.lots_of(client), self.somebody())
        for lot in frozen:
            self._runs_out(lot)
        if frozen:
            self._later(ends_at, self._corrections.thaw, frozen)

    def _transfer(self, at: int, lot: Lot) -> None:
        to = self._others.somebody_else(lot.client)
        received = self._corrections.transfer(at, lot, to, self.somebody())
        if received is not None:
            self._others.receives(to, received)
            self._runs_out(received)

    # --- Visits -------------------------------------------------------------------------------------

    def visit(
        self, at: int, class_at: int, client: int, class_type: int, cost: int, able: Sequence[Lot]
    ) -> None:
        """A visit paid by the lots in their order; one in a hundred was a mistake and is undone."""
        who, command = self.somebody(), self.books.new_command()
        moves: list[tuple[Lot, str, int]] = []
        left = cost
        for lot in able:
            taken = min(lot.remaining, left)
            if taken:
                moves.append((lot, "redeem", -taken))
            left -= taken
        act = Act(client, "visit", at, who, command, moves=moves, visit=(class_type, class_at, cost, True))
        act.class_type, act.class_at = class_type, class_at
        posted = self.books.post(act)
        result: dict[str, Any] = {
            "visit_id": posted.visit,
            "paid": True,
            "cost": cost,
            "takes": [],
            "usable": left,
        }
        self.books.command(command, "visits.record_visit", result, who, at)
        if self.rng.random() < 0.01:
            undo_at = at + int(self.rng.uniform(1, 25) * _MINUTE)
            self._later(undo_at, self._corrections.undo_visit, act, posted, who)


def _granted(at: int, day: date, versions: Sequence[Version], lines: Sequence[int]) -> Iterator[NewLot]:
    place = 0
    for version, line in zip(versions, lines, strict=True):
        offer, ends = version.offer, version.expires_at(day)
        purchased = NewLot(
            "purchased", offer.name, offer.credits, at, ends, eligible=offer.eligible, line=line
        )
        yield purchased
        if offer.bonus:
            yield NewLot("bonus", offer.name, offer.bonus, at, ends, True, offer.eligible, line, parent=place)
            place += 1
        place += 1
