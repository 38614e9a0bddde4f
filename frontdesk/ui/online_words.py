"""Where a package stands at Stripe in words: its chip, the sentence below, and what was changed there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QCoreApplication

from frontdesk.services.views.money import Money
from frontdesk.services.views.online_packages import Drift, OnlineState
from frontdesk.ui.formats import Formats
from frontdesk.ui.messages import Messages
from frontdesk.ui.tokens import Tone

# Linguist knows calls of this name.
translate = QCoreApplication.translate

_SHORT = 60


class OnlineWords:
    """Wording for packages that are sold online."""

    def __init__(self, formats: Formats, messages: Messages) -> None:
        self._formats = formats
        self._messages = messages

    def chip(self, online: OnlineState) -> tuple[str, Tone]:
        """The state in two or three words; empty where there is nothing to say."""
        match online.state:
            case "on_sale" | "off" if online.drift:
                return translate("OnlineWords", "Changed at Stripe"), Tone.WARNING
            case "on_sale":
                return translate("OnlineWords", "On sale online"), Tone.GOOD
            case "waiting" if online.checking:
                return translate("OnlineWords", "Unknown, checking"), Tone.INFO
            case "waiting":
                return translate("OnlineWords", "Waiting to sync"), Tone.INFO
            case "failed":
                return translate("OnlineWords", "Not in step with Stripe"), Tone.DANGER
            case "not_connected":
                return translate("OnlineWords", "Stripe not connected"), Tone.NEUTRAL
        return "", Tone.NEUTRAL

    def sentence(self, online: OnlineState) -> str:
        """The state in a sentence or two, with what comes next."""
        said = self._state(online)
        if online.has_link and online.state not in ("on_sale", "off"):
            still = translate(
                "OnlineWords", "Until then the link that is out there sells what it sold before."
            )
            said = f"{said} {still}"
        return said

    def drift(self, found: tuple[Drift, ...]) -> Iterator[str]:
        """What somebody changed in Stripe's dashboard, a line each."""
        for one in found:
            yield self._drifted(one)

    def _state(self, online: OnlineState) -> str:
        match online.state:
            case "on_sale" if not online.url:
                return translate(
                    "OnlineWords", "It was closed in Stripe's dashboard. Decide above what counts."
                )
            case "on_sale":
                return translate(
                    "OnlineWords", "Anybody with this link can buy it. What is bought comes in by sync."
                )
            case "waiting":
                return self._waiting(online)
            case "failed":
                return self._failed(online)
            case "not_connected":
                return translate(
                    "OnlineWords",
                    "Stripe is not connected. Connect it in the settings, and this goes on by itself.",
                )
            case "off" if online.is_draft:
                return translate("OnlineWords", "Publish it, and its link stands here.")
        return translate(
            "OnlineWords",
            "It is not sold online. Choose “Desk and online” in its terms: once it is on sale, its link"
            " stands here.",
        )

    def _waiting(self, online: OnlineState) -> str:
        step = {
            "catalogue.create_product": translate("OnlineWords", "its product"),
            "catalogue.change_product": translate("OnlineWords", "a change of its product"),
            "catalogue.create_price": translate("OnlineWords", "its price"),
            "catalogue.change_price": translate("OnlineWords", "a change of its price"),
            "catalogue.create_link": translate("OnlineWords", "its payment link"),
            "catalogue.change_link": translate("OnlineWords", "a change of its payment link"),
        }.get(online.step, translate("OnlineWords", "a change"))
        if online.since is None:
            return translate("OnlineWords", "Stripe does not have {step} yet.").format(step=step)
        since = self._formats.instant(online.since)
        if online.checking:
            said = translate(
                "OnlineWords",
                "{step} was sent to Stripe, and no clear answer came. It is asked again by itself.",
            ).format(step=step)
            return said[0].upper() + said[1:]
        return translate(
            "OnlineWords", "Waiting since {when} for Stripe to confirm {step}. It goes on by itself."
        ).format(step=step, when=since)

    def _failed(self, online: OnlineState) -> str:
        if online.trouble == "stripe.declined":
            said = str(online.trouble_params.get("said") or online.trouble_params.get("stripe_code") or "")
            if said:
                return translate(
                    "OnlineWords", "Stripe refused: {said} Change the package, or try again."
                ).format(said=said if said.endswith((".", "!", "?")) else f"{said}.")
        if online.trouble:
            return self._messages.text(online.trouble, online.trouble_params)
        return translate(
            "OnlineWords", "What Stripe was to do was taken back. Try again when it shall be done."
        )

    def _drifted(self, one: Drift) -> str:
        match one.field:
            case "name":
                return translate("OnlineWords", "Name: {ours} → {theirs}").format(**self._both(one))
            case "description":
                return translate("OnlineWords", "Description: {ours} → {theirs}").format(**self._both(one))
            case "default_price":
                return translate("OnlineWords", "Price: {ours} → {theirs}").format(**self._both(one))
            case "old_link":
                return translate(
                    "OnlineWords", "A link of earlier terms is open again. Taking Stripe's leaves it open."
                )
        if one.theirs:
            return translate("OnlineWords", "It is open for sale there. Taking Stripe's puts it on sale.")
        return translate(
            "OnlineWords",
            "It is closed there, so nobody can buy it online. Taking Stripe's sells it at the desk only.",
        )

    def _both(self, one: Drift) -> dict[str, str]:
        return {"ours": self._value(one.ours), "theirs": self._value(one.theirs)}

    def _value(self, value: Any) -> str:
        if isinstance(value, Money):
            return self._formats.money(value)
        text = str(value).strip().replace("\n", " ")
        shown = text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
        return shown or translate("OnlineWords", "empty")
