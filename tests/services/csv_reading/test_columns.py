"""Columns of other systems are recognised by their names, or by what stands in them."""

from __future__ import annotations

import pytest

from frontdesk.services.csv_reading.columns import ColumnMapping, Field, field_of_header, suggest_columns
from frontdesk.services.csv_reading.header_names import NAMES

# Headers in the manner of real exports: what a column is called, and what it should be taken for.
EXPORTS: dict[str, list[tuple[str, str]]] = {
    "mindbody": [
        ("Barcode ID", "member_code"), ("Last Name", "last_name"), ("First Name", "first_name"),
        ("Email", "email"), ("Mobile Phone", "phone"), ("Home Phone", ""), ("Birthday", "birthday"),
        ("Pricing Option", "pack_name"), ("Visits Remaining", "pack_credits"),
        ("Expiration Date", "pack_expires"), ("Account Balance", ""),
    ],
    "momence": [
        ("First name", "first_name"), ("Last name", "last_name"), ("E-mail", "email"),
        ("Phone number", "phone"), ("Membership name", "pack_name"), ("Credits left", "pack_credits"),
        ("Expires at", "pack_expires"),
    ],
    "glofox": [
        ("Member ID", "member_code"), ("Full Name", "full_name"), ("Email Address", "email"),
        ("Phone", "phone"), ("Date of Birth", "birthday"), ("Membership Plan", "pack_name"),
        ("Credits", "pack_credits"), ("Membership Expiry Date", "pack_expires"),
        ("Emergency Contact Phone", ""), ("Last Visit", ""),
    ],
    "vagaro": [
        ("Customer Name", "full_name"), ("Cell Phone", "phone"), ("Email Address", "email"),
        ("Package", "pack_name"), ("Remaining", "pack_credits"), ("Expires", "pack_expires"),
        ("Amount Paid", ""),
    ],
    "wellnessliving": [
        ("Client ID", "member_code"), ("Client First Name", "first_name"),
        ("Client Last Name", "last_name"), ("Client Email", "email"), ("Cell Phone", "phone"),
        ("Purchase Option", "pack_name"), ("Remaining Visits", "pack_credits"),
        ("Expiration", "pack_expires"), ("Client Notes", "notes"),
    ],
    "fitogram": [
        ("Kundennummer", "member_code"), ("Vorname", "first_name"), ("Name", "last_name"),
        ("E-Mail-Adresse", "email"), ("Mobilnummer", "phone"), ("Geburtsdatum", "birthday"),
        ("Produkt", "pack_name"), ("Verbleibende Einheiten", "pack_credits"),
        ("Gültig bis", "pack_expires"), ("Notfallkontakt", ""),
    ],
    "eversports": [
        ("Nachname", "last_name"), ("Vorname", "first_name"), ("E-Mail", "email"), ("Telefon", "phone"),
        ("Handy", "phone!"), ("Kartentyp", "pack_name"), ("Restliche Einheiten", "pack_credits"),
        ("Läuft ab am", "pack_expires"), ("Bemerkungen", "notes"),
    ],
    "acuity": [
        ("First Name", "first_name"), ("Last Name", "last_name"), ("Phone", "phone"), ("Email", "email"),
        ("Notes", "notes"), ("Certificate", "pack_name"), ("Appointments Remaining", "pack_credits"),
        ("Days Since Last Appointment", ""),
    ],
    "french": [
        ("Prénom", "first_name"), ("Nom", "last_name"), ("Adresse e-mail", "email"),
        ("Téléphone portable", "phone"), ("Date de naissance", "birthday"), ("Nom du forfait", "pack_name"),
        ("Séances restantes", "pack_credits"), ("Date d’expiration", "pack_expires"),
        ("Remarques", "notes"),
    ],
    "spanish": [
        ("Nombre", "first_name"), ("Apellidos", "last_name"), ("Correo electrónico", "email"),
        ("Teléfono móvil", "phone"), ("Fecha de nacimiento", "birthday"), ("Bono", "pack_name"),
        ("Clases restantes", "pack_credits"), ("Fecha de caducidad", "pack_expires"),
        ("Observaciones", "notes"), ("Nº socio", "member_code"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("system", EXPORTS)
def test_the_columns_of_known_systems_are_recognised(system: str) -> None:
    """D3"""
    columns = EXPORTS[system]
    mapping = suggest_columns([name for name, _ in columns])
    preferred = {field.removesuffix("!") for _, field in columns if field.endswith("!")}
    wanted = {
        Field(field.removesuffix("!")): place
        for place, (_, field) in enumerate(columns)
        if field and field not in preferred
    }
    assert dict(mapping.columns) == wanted


@pytest.mark.parametrize(
    "name",
    ["FIRST_NAME", "firstName", " First-Name ", "First Name *", "client.first_name", "First Name (required)"],
)
def test_a_name_is_recognised_however_it_is_spelt(name: str) -> None:
    assert field_of_header(name) is Field.FIRST_NAME


@pytest.mark.parametrize(
    "name",
    [
        "Emergency Contact", "Parent Email", "Account Balance", "Last Visit", "Start Date",
        "Referred By", "Street", "Gender", "", "x" * 500, "Notfall Telefon", "Guthaben", "Created At",
        "Zip",
    ],
)  # fmt: skip
def test_a_column_of_something_else_is_left_alone(name: str) -> None:
    assert field_of_header(name) is None


def test_what_a_pack_had_and_what_is_used_count_together_and_where_nothing_says_what_is_left() -> None:
    """D3"""
    both = suggest_columns(["Name", "Total credits", "Credits used"])
    assert (both.column(Field.PACK_TOTAL), both.column(Field.PACK_USED)) == (1, 2)
    assert both.subtracts and both.brings_packs
    german = suggest_columns(["Name", "Verbrauchte Einheiten", "Gesamteinheiten"])
    assert (german.column(Field.PACK_TOTAL), german.column(Field.PACK_USED)) == (2, 1)
    for header in (["Name", "Credits used"], ["Name", "Total credits"]):
        alone = suggest_columns(header)
        assert alone.columns == ((Field.FULL_NAME, 0),) and not alone.brings_packs
    told = suggest_columns(["Name", "Total credits", "Credits used", "Credits left"])
    assert told.columns == ((Field.FULL_NAME, 0), (Field.PACK_CREDITS, 3)) and not told.subtracts


def test_mobile_comes_before_home_phone_wherever_they_stand() -> None:
    assert suggest_columns(["Name", "Home Phone", "Mobile Phone"]).column(Field.PHONE) == 2
    assert suggest_columns(["Name", "Mobile Phone", "Home Phone"]).column(Field.PHONE) == 1
    assert suggest_columns(["Name", "Home Phone"]).column(Field.PHONE) == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["Name", "Vorname"], {Field.LAST_NAME: 0, Field.FIRST_NAME: 1}),
        (["Name"], {Field.FULL_NAME: 0}),
        (["Nombre"], {Field.FULL_NAME: 0}),
        (["Nombre", "Apellidos"], {Field.FIRST_NAME: 0, Field.LAST_NAME: 1}),
        (["Name", "First Name", "Last Name"], {Field.FIRST_NAME: 1, Field.LAST_NAME: 2}),
        (["Nome", "Cognome"], {Field.FIRST_NAME: 0, Field.LAST_NAME: 1}),
    ],
)
def test_name_means_what_the_other_columns_leave(header: list[str], expected: dict[Field, int]) -> None:
    assert dict(suggest_columns(header).columns) == expected


def test_columns_without_a_name_are_recognised_by_their_contents() -> None:
    sample = [
        ("17", "Anna Ruiz", "2027-01-01", "+49 151 23456789", "anna@example.com"),
        ("18", "Tom Brown", "2027-01-02", "", "tom@example.com"),
        ("19", "Zoë Lang", "2027-01-03", "030 1234567", ""),
    ]
    mapping = suggest_columns(["", "", "", "", ""], sample)
    assert dict(mapping.columns) == {Field.FULL_NAME: 1, Field.PHONE: 3, Field.EMAIL: 4}


def test_dates_and_codes_are_not_taken_for_phone_numbers() -> None:
    sample = [("2027-01-01", "01.02.2027", "12/31/2027")] * 3
    assert suggest_columns(["", "", ""], sample) == ColumnMapping()


def test_choosing_a_column_makes_room_for_it() -> None:
    mapping = suggest_columns(["Name", "Email", "Phone"])
    changed = mapping.with_column(Field.NOTES, 2)
    assert (changed.column(Field.NOTES), changed.column(Field.PHONE)) == (2, None)
    assert changed.with_column(Field.NOTES, None).column(Field.NOTES) is None
    assert mapping.with_column(Field.EMAIL, 2).columns == ((Field.FULL_NAME, 0), (Field.EMAIL, 2))
    assert mapping.names_somebody
    assert not ColumnMapping(((Field.NOTES, 0),)).names_somebody


def test_no_header_name_stands_for_two_fields() -> None:
    seen: dict[str, str] = {}
    for field, names in NAMES.items():
        for name in names:
            assert seen.setdefault(name, field) == field
