"""What the dialogs ask of the services about sales that wait for Stripe, and about card readers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from frontdesk.services.drafts.checkouts import CheckoutDraft, ReaderDraft
from frontdesk.services.stripe.checkout_list import checkout_view, checkouts_of, pending_checkouts
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout, send_to_reader
from frontdesk.services.stripe.readers import (
    known_place,
    present_card,
    register_reader,
    registration_state,
    stripe_tenders,
)
from frontdesk.services.views.checkouts import (
    CheckoutRow,
    CheckoutView,
    OpenedCheckout,
    Registration,
    StripeTenders,
)

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class CheckoutsPresenter:
    """The asynchronous code of everything that takes money by Stripe."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def tenders(self, client_id: int | None) -> StripeTenders:
        """What can be paid by Stripe, and the client's e-mail for its receipt."""
        return await self._tasks.read(stripe_tenders, client_id, latest="checkouts.tenders")

    async def open(self, draft: CheckoutDraft, command_id: UUID) -> OpenedCheckout:
        """Opens a checkout, once for this command. Raises InvalidDraft, NotFound, Refused."""
        return await self._tasks.write(open_checkout, draft, command_id=command_id)

    async def view(self, checkout_id: int) -> CheckoutView:
        """One of them as it stands. Raises NotFound."""
        return await self._tasks.read(checkout_view, checkout_id, latest=f"checkouts.view{checkout_id}")

    async def pending(self) -> tuple[CheckoutRow, ...]:
        """All that wait."""
        return await self._tasks.read(pending_checkouts, latest="checkouts.pending")

    async def of_client(self, client_id: int) -> tuple[CheckoutRow, ...]:
        """Those of a client. Raises NotFound."""
        return await self._tasks.read(checkouts_of, client_id, latest="checkouts.of_client")

    async def cancel(self, checkout_id: int) -> None:
        """Takes one back. Raises NotFound, Refused."""
        await self._tasks.write(cancel_checkout, checkout_id)

    async def send_again(self, checkout_id: int, reader_id: str) -> None:
        """Lets a reader ask for the card once more. Raises NotFound, Refused."""
        await self._tasks.write(send_to_reader, checkout_id, reader_id)

    async def present_card(self, reader_id: str) -> None:
        """Holds a test card to a simulated reader. Raises Refused."""
        await self._tasks.write(present_card, reader_id)

    async def place_is_known(self) -> bool:
        """Whether a new reader needs no address."""
        return await self._tasks.read(known_place) is not None

    async def register_reader(self, draft: ReaderDraft) -> int:
        """Asks for a card reader to be registered; the request. Raises InvalidDraft, Refused."""
        return await self._tasks.write(register_reader, draft)

    async def registration(self, outbox_id: int) -> Registration:
        """How far Stripe is with that."""
        return await self._tasks.read(registration_state, outbox_id, latest="checkouts.registration")
