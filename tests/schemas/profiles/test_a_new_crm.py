"""A CRM is a data file: a profile alone makes its export known, among all that ship."""

from __future__ import annotations

from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import parse_profile, shipped_profiles
from tests.assets.sources.support import interpreted

BITRIX = """
name = "bitrix"
title = "A system that no profile ships for"
[[object]]
name = "contacts"
primary = "person"
required = ["Responsible", "Work E-mail", "Home E-mail"]
[object.person]
id = ["ID"]
[object.person.fields]
first_name = ["First Name"]
last_name = ["Last Name"]
emails = ["Work E-mail", "Home E-mail", "Other E-mail"]
phones = ["Work Phone", "Mobile"]
[object.person.references.user]
name = ["Responsible"]
[object.organization.fields]
name = ["Company"]
"""


def test_a_profile_alone_makes_an_export_known() -> None:
    data = (
        b"First Name;Last Name;Company;Status;Responsible;Work Phone;Mobile;Work E-mail;Home E-mail;Other E-mail;ID\n"
        b"Ann;Lee;Acme;New;Jo Hart;+33699014622;;a@b.example;c@d.example;;7\n"
    )
    profiles = (*shipped_profiles(), parse_profile(BITRIX, "bitrix.toml"))
    found = interpreted(data, "export", profiles)
    (person,) = found.records(Entity.PERSON)
    assert found.sheet.recognition.name == "bitrix.contacts"
    assert (person["external_id"], person["emails"], person["source"]) == (
        "7",
        ["a@b.example", "c@d.example"],
        "bitrix",
    )
    assert found.records(Entity.USER, stubs=True)[0]["name"] == "Jo Hart"
