"""Profiles: the ones that ship load, and a wrong one is refused with file, key and reason."""

from __future__ import annotations

import pytest

from assets.sources.mapping.column_values import ColumnValues
from assets.sources.mapping.profile_readings import section_headers
from assets.sources.mapping.recognition import TableSample, recognise
from schemas.contracts.errors import ProfileError
from schemas.profiles.loader import parse_profile, shipped_profile, shipped_profiles

GOOD = """
name = "mini"
title = "Mini"
[[object]]
name = "people"
primary = "person"
required = ["Nom"]
[object.person.fields]
last_name = ["Nom"]
"""


def test_the_shipped_profiles_are_those_promised() -> None:
    assert {profile.name for profile in shipped_profiles()} >= {"pipedrive", "hubspot", "salesforce", "generic"}


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (("last_name", "surname"), "object.0", "surname is not a field of person"),  # a field that does not exist
        (('primary = "person"', 'primary = "lead"'), "object.0", "there is no [object.lead] section"),
        (('required = ["Nom"]', ""), "object.0.required", "required"),  # a key that is missing
        (('title = "Mini"', 'titel = "Mini"'), "title", "required"),  # a key that is misspelt
        (('primary = "person"', 'primary = "robot"'), "object.0.primary", "'organization', 'person', 'lead'"),
        (('name = "mini"', 'name = "Mini CRM"'), "name", "pattern"),
    ],
)
def test_a_wrong_profile_names_file_key_and_reason(change: tuple[str, str], key: str, reason: str) -> None:
    with pytest.raises(ProfileError) as refused:
        parse_profile(GOOD.replace(*change, 1), "my.toml")
    text = str(refused.value)
    assert text.startswith("my.toml: ")
    assert key in text
    assert reason in text


def test_a_header_that_two_fields_claim_is_refused() -> None:
    twice = GOOD + 'first_name = ["nom"]\n'
    with pytest.raises(ProfileError, match=r"my\.toml.*'nom' is claimed by both"):
        parse_profile(twice, "my.toml")


def test_text_that_is_not_toml_is_refused_by_name() -> None:
    with pytest.raises(ProfileError, match=r"my\.toml: not valid TOML"):
        parse_profile("name = ", "my.toml")


def test_an_unknown_profile_lists_the_known_ones() -> None:
    with pytest.raises(ProfileError, match="hubspot, odoo, outlook, pipedrive, salesforce"):
        shipped_profile("act")


CASES = [(profile, item) for profile in shipped_profiles() for item in profile.objects]


@pytest.mark.parametrize(("profile", "item"), CASES, ids=[f"{p.name}.{i.name}" for p, i in CASES])
def test_every_object_is_recognised_by_its_own_headers_among_all_others(profile, item) -> None:  # type: ignore[no-untyped-def]
    headers = [header for section in item.sections.values() for header in section_headers(section)]
    needed = [name if isinstance(name, str) else next(one for one in name if one != "@file") for name in item.required]
    headers = list(dict.fromkeys([*headers, *needed]))
    blank = [ColumnValues.blank()] * len(headers)
    best = recognise(TableSample(headers, blank, item.files[0] if item.files else "list"), shipped_profiles()).best
    assert best is not None
    assert best.name == f"{profile.name}.{item.name}"


def test_common_fields_come_behind_the_sections_own() -> None:
    text = GOOD.replace(
        "[[object]]", '[common.person]\nfirst_name = ["Prenom"]\nlast_name = ["X"]\n[[object]]'
    ).replace("[object.person.fields]", "[object.person]\ncommon = true\n[object.person.fields]")
    person = parse_profile(text, "my.toml").objects[0].person
    assert person is not None
    assert person.fields == {"first_name": ["Prenom"], "last_name": ["Nom"]}
