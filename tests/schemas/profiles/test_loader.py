"""Profiles: the ones that ship load, and a wrong one is refused with file, line, key and reason."""

from __future__ import annotations

import pytest

from assets.sources.mapping.column_values import ColumnValues
from assets.sources.mapping.profile_readings import section_headers
from assets.sources.mapping.recognition import TableSample, recognise
from schemas.contracts.errors import ProfileError
from schemas.profiles.loader import parse_profile, profile_from_bytes, shipped_profile, shipped_profiles

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
    ("change", "error"),
    [
        # a field that does not exist
        (("last_name =", "lastname ="), "my.toml:9: object.person.fields.lastname: lastname is no field of person; did you mean 'last_name'? It may be one of: birth_date, city, "),
        (('primary = "person"', 'primary = "lead"'), "my.toml:6: object.primary: is 'lead', but there is no [object.lead] section"),
        # a key that is missing stands in the table that lacks it
        (('required = ["Nom"]', ""), "my.toml:4: object.required: is missing"),
        (('primary = "person"', 'primary = "robot"'), "my.toml:6: object.primary: 'robot' is none of: 'organization', 'person', 'lead', "),
        (('name = "mini"', 'name = "Mini CRM"'), "my.toml:2: name: must begin with a letter and have only a to z, 0 to 9 and _"),
        (('["Nom"]', '"Nom"'), 'my.toml:7: object.required: must be a list in brackets, such as ["Nom"]'),
        (('required = ["Nom"]', "required = [\n  'Nom',\n  7,\n]"), "my.toml:7: object.required[2]: must be text in quotes"),
        (("[object.person.fields]", "[object.person.felds]"), "my.toml:8: object.person.felds: is no key here; did you mean 'fields'? It may be one of: id, key, when, unless, "),
        (("[[object]]", "[object]"), "my.toml:4: object: write [[object]] with two brackets"),
        (("[object.person.fields]", "[object.person.references.deal]\n[object.person.fields]"), "my.toml:8: object.person.references.deal: a person does not point at a deal; it may point at organization, user"),
        (("[object.person.fields]", "[object.person.references.firm]\n[object.person.fields]"), "my.toml:8: object.person.references.firm: 'firm' is none of: 'organization', "),
        (("[object.person.fields]", "[object.person.references.user]\nnames = []\n[object.person.fields]"), "my.toml:9: object.person.references.user.names: is no key here; did you mean 'name'?"),
        (("[object.person.fields]", "[object.person.values.emails]\n[object.person.fields]"), "my.toml:8: object.person.values.emails: is for text fields only, and emails is a email"),
        (("[object.person.fields]", "[object.person]\nalways = 'perhaps'\n[object.person.fields]"), "my.toml:9: object.person.always: must be true or false"),
        (('last_name = ["Nom"]', 'last_name = ["Nom"'), "my.toml:9: not valid TOML: "),
        (('title = "Mini"', "title = Mini"), "my.toml:3: not valid TOML: Invalid value"),
        (("[[object]]", "[common.person]\nsurname = []\n[[object]]"), "my.toml:5: common.person.surname: surname is no field of person; "),
        (('last_name = ["Nom"]', 'last_name = ["Nom"]\nfirst_name = ["nom"]'), "my.toml:10: object.person.fields.first_name: header 'nom' is claimed by both last_name and first_name"),
    ],
)  # fmt: skip
def test_a_wrong_profile_names_file_line_key_and_what_is_allowed(change: tuple[str, str], error: str) -> None:
    with pytest.raises(ProfileError) as refused:
        parse_profile(GOOD.replace(*change, 1), "my.toml")
    (reason,) = refused.value.args
    assert reason.startswith(error)


def test_every_fault_is_named_in_the_order_of_the_file() -> None:
    text = GOOD.replace('title = "Mini"', 'titel = "Mini"').replace(
        "[object.person.fields]", "[object.person]\nidd = []\n[object.person.fields]"
    )
    with pytest.raises(ProfileError) as refused:
        parse_profile(text, "my.toml")
    assert [reason.partition(";")[0] for reason in refused.value.args] == [
        "my.toml:1: title: is missing",
        "my.toml:3: titel: is no key here",
        "my.toml:9: object.person.idd: is no key here",
    ]


def test_two_objects_of_one_name_are_named_by_the_second() -> None:
    with pytest.raises(ProfileError, match=r"^my\.toml:11: object\.name: object 'people' is described twice"):
        parse_profile(GOOD + GOOD[GOOD.index("[[object]]") :], "my.toml")


def test_a_profile_is_utf_8_with_or_without_a_mark() -> None:
    assert profile_from_bytes(b"\xef\xbb\xbf" + GOOD.encode(), "my.toml").name == "mini"  # Notepad writes one
    with pytest.raises(ProfileError, match=r"^my\.toml:7: is not UTF-8"):
        profile_from_bytes(GOOD.replace("Nom", "Prénom").encode("cp1252"), "my.toml")


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
