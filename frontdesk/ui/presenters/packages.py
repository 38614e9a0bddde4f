"""What the Packages screen asks of the services: the list, one package, and everything done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontdesk.services.class_types import class_type_rows
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.package_lists import package_detail, package_rows
from frontdesk.services.packages import (
    archive_package,
    create_package,
    delete_package,
    duplicate_package,
    package_draft,
    publish_package,
    reorder_packages,
    restore_package,
    save_package,
    unpublish_package,
)
from frontdesk.services.stripe.catalogue import try_again
from frontdesk.services.stripe.drift_acts import keep_ours, take_theirs
from frontdesk.services.stripe.online_state import online_state
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.online_packages import OnlineState
from frontdesk.services.views.packages import PackageDetail, PackageRow, PackageSaved
from frontdesk.services.views.settings import ClassTypeRow

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


@dataclass(frozen=True, slots=True)
class PackageList:
    """All packages in their order, and what every editor of one needs."""

    rows: tuple[PackageRow, ...]
    class_types: tuple[ClassTypeRow, ...]
    default_tax_milli_percent: int


@dataclass(frozen=True, slots=True)
class OpenPackage:
    """One package as saved: all about it, its terms ready to be edited, and where it stands at Stripe."""

    detail: PackageDetail
    draft: PackageDraft
    online: OnlineState


class PackagesPresenter:
    """The Packages screen's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def overview(self) -> PackageList:
        """The list with class types and the studio's tax rate, in one picture."""
        return await self._tasks.read(_overview)

    async def opened(self, package_id: int) -> OpenPackage:
        """One package. Raises NotFound package.unknown."""
        return await self._tasks.read(_opened, package_id)

    async def online(self, package_id: int) -> OnlineState:
        """Where a package stands at Stripe. Raises NotFound package.unknown."""
        return await self._tasks.read(online_state, package_id)

    async def try_again(self, package_id: int) -> None:
        """Asks once more for what Stripe refused."""
        await self._tasks.write(try_again, package_id)

    async def keep_ours(self, package_id: int) -> None:
        """Sets right at Stripe what somebody changed in its dashboard."""
        await self._tasks.write(keep_ours, package_id)

    async def take_theirs(self, package_id: int) -> None:
        """Changes the package to what Stripe's dashboard made of it. Raises InvalidDraft, Refused."""
        await self._tasks.write(take_theirs, package_id)

    async def create(self, draft: PackageDraft) -> PackageSaved:
        """Saves a new package as a draft. Raises InvalidDraft."""
        return await self._tasks.write(create_package, draft)

    async def save(self, package_id: int, draft: PackageDraft, seen_version: int) -> PackageSaved:
        """Saves changed terms as a new version (P4). Raises InvalidDraft, Refused package.changed."""
        return await self._tasks.write(save_package, package_id, draft, seen_version)

    async def publish(self, package_id: int) -> None:
        """Puts it on sale (P2). Raises InvalidDraft, Refused."""
        await self._tasks.write(publish_package, package_id)

    async def unpublish(self, package_id: int) -> None:
        """Takes it off sale, as a draft (P2)."""
        await self._tasks.write(unpublish_package, package_id)

    async def archive(self, package_id: int) -> None:
        """Takes it off sale and out of the way (P2)."""
        await self._tasks.write(archive_package, package_id)

    async def restore(self, package_id: int) -> None:
        """Makes an archived one a draft (P2)."""
        await self._tasks.write(restore_package, package_id)

    async def duplicate(self, package_id: int, name: str) -> PackageSaved:
        """Saves a copy as a draft. Raises InvalidDraft."""
        return await self._tasks.write(duplicate_package, package_id, name)

    async def reorder(self, package_ids: tuple[int, ...]) -> None:
        """Keeps this order (P1)."""
        await self._tasks.write(reorder_packages, package_ids)

    async def delete(self, package_id: int) -> None:
        """Deletes one that was never sold (P2). Raises Refused package.sold."""
        await self._tasks.write(delete_package, package_id)


def _overview(reading: Reading) -> PackageList:
    return PackageList(
        package_rows(reading), class_type_rows(reading), reading.studio.default_tax_milli_percent
    )


def _opened(reading: Reading, package_id: int) -> OpenPackage:
    return OpenPackage(
        package_detail(reading, package_id),
        package_draft(reading, package_id),
        online_state(reading, package_id),
    )
