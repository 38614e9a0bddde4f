"""Stripe's keys: what is recognised, what is refused, and what one may do."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from frontdesk.services.drafts.stripe_key import StripeKeyDraft
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.stripe.keys import PERMISSIONS, prefill_link, probe, read_key
from frontdesk.services.stripe.wire import NotAllowed, NotReached
from frontdesk.services.views.stripe_account import Probed, Use
from tests.stripe_double import StripeDouble

GOOD = "rk_live_51Abc9DefG"
SLUGS = {use: {one.slug(use).removeprefix("rak_") for one in PERMISSIONS} for use in ("owner", "desk")}


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        yield double


def codes(pasted: str, *, unrestricted: bool = False) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in StripeKeyDraft(pasted, unrestricted).problems()]


def probed(stripe: StripeDouble, use: Use, permissions: set[str] | None) -> tuple[Probed, ...]:
    secret = stripe.add_key("rk_test_probed", permissions=permissions)
    gateway = StripeGateway(secret, stripe.url)
    try:
        return tuple(probe(gateway, use))
    finally:
        gateway.close()


@pytest.mark.parametrize(
    "pasted",
    [GOOD, f"  {GOOD}\n", f"{GOOD[:10]}\r\n  {GOOD[10:]}", f"\ufeff{GOOD}\u200b", f"\t{GOOD}\u00a0"],
)
def test_what_came_along_with_the_copy_is_taken_off(pasted: str) -> None:
    assert codes(pasted) == []
    assert StripeKeyDraft(pasted).secret == GOOD


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", "field.required"),
        (" \n ", "field.required"),
        ("pk_live_51Abc9DefG", "stripe.key_publishable"),
        ("rk_live_", "stripe.key_unreadable"),
        ("whsec_51Abc9DefG", "stripe.key_unreadable"),
        ("acct_1Abc", "stripe.key_unreadable"),
        ("rk_live_51Abc…DefG", "stripe.key_unreadable"),
        ("rk_live_51Abc*****DefG", "stripe.key_unreadable"),
        ("my key: rk_live_51Abc9DefG", "stripe.key_unreadable"),
        (f"{GOOD} {GOOD}", "stripe.key_several"),
        (f"pk_live_51Abc\n{GOOD}", "stripe.key_several"),
        ("4242 4242 4242 4242", "field.card_number"),
        ("rk_live_" + "a" * 300, "stripe.key_unreadable"),
    ],
)
def test_what_is_no_key_is_told_beside_the_field(pasted: str, code: str) -> None:
    """Y7, A5, P6."""
    assert codes(pasted) == [("pasted", code)]


def test_a_key_that_may_do_everything_has_to_be_meant() -> None:
    """A4."""
    assert codes("sk_live_51Abc9DefG") == [("unrestricted", "stripe.key_unrestricted")]
    assert codes("sk_live_51Abc9DefG", unrestricted=True) == []
    assert codes("pk_live_51Abc9DefG", unrestricted=True) == [("pasted", "stripe.key_publishable")]


def test_the_draft_does_not_show_what_was_pasted() -> None:
    """A4."""
    assert "51Abc" not in repr(StripeKeyDraft(GOOD)) + str(StripeKeyDraft(GOOD))


@pytest.mark.parametrize(
    ("secret", "kind", "livemode"),
    [
        ("rk_live_51Abc", "restricted", True),
        ("rk_test_51Abc", "restricted", False),
        ("sk_live_51Abc", "unrestricted", True),
        ("sk_test_51Abc", "unrestricted", False),
    ],
)
def test_the_kind_and_the_mode_of_a_key_stand_in_it(secret: str, kind: str, livemode: bool) -> None:
    key = read_key(secret)
    assert (key.kind, key.livemode) == (kind, livemode)


@pytest.mark.parametrize("use", ["owner", "desk"])
def test_the_link_ticks_what_is_needed_and_no_more(use: Use) -> None:
    """A4."""
    parts = urlsplit(prefill_link(livemode=True, use=use))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "dashboard.stripe.com", "/apikeys/create")
    assert set(parse_qs(parts.query)["permissions[]"]) == {f"rak_{slug}" for slug in SLUGS[use]}
    assert urlsplit(prefill_link(livemode=False, use=use)).path == "/test/apikeys/create"


def test_a_key_of_the_desk_cannot_change_the_catalogue() -> None:
    assert {"product_write", "plan_write", "payment_links_write"} <= SLUGS["owner"]
    assert not {"product_write", "plan_write", "payment_links_write"} & SLUGS["desk"]
    assert {"charge_write", "checkout_session_write", "payment_intent_write"} <= SLUGS["desk"]


@pytest.mark.parametrize("use", ["owner", "desk"])
def test_a_key_with_just_what_is_needed_has_it_all_and_nothing_changes_at_stripe(
    stripe: StripeDouble, use: Use
) -> None:
    verdicts = probed(stripe, use, SLUGS[use])
    assert [one.verdict for one in verdicts] == ["granted"] * len(PERMISSIONS)
    assert stripe.requests.total == len(PERMISSIONS), "one call for each"
    assert {one.status for one in stripe.requests.log if one.method == "POST"} == {404}


@pytest.mark.parametrize("use", ["owner", "desk"])
@pytest.mark.parametrize("place", range(len(PERMISSIONS)), ids=lambda place: PERMISSIONS[place].row)
def test_each_missing_permission_is_named_and_no_other(stripe: StripeDouble, use: Use, place: int) -> None:
    """A4."""
    slug = PERMISSIONS[place].slug(use).removeprefix("rak_")
    verdicts = probed(stripe, use, SLUGS[use] - {slug})
    assert [one.row for one in verdicts if one.verdict == "missing"] == [PERMISSIONS[place].row]
    assert verdicts[place].named == f"rak_{slug}"


def test_a_key_that_only_reads_where_it_has_to_write_is_found_out(stripe: StripeDouble) -> None:
    reads = {slug.replace("_write", "_read") for slug in SLUGS["owner"]}
    wanting = {one.named for one in probed(stripe, "owner", reads) if one.verdict == "missing"}
    assert wanting == {f"rak_{slug}" for slug in SLUGS["owner"] if slug.endswith("_write")}


def test_a_revoked_key_and_a_missing_network_end_the_probe(stripe: StripeDouble) -> None:
    gateway = StripeGateway(stripe.key, stripe.url)
    stripe.revoke_key(stripe.key)
    with pytest.raises(NotAllowed, match="key_revoked"):
        next(probe(gateway, "owner"))
    stripe.go_offline()
    with pytest.raises(NotReached):
        next(probe(gateway, "owner"))
    gateway.close()
