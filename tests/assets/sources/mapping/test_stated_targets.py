"""Stated kinds and fields: wrong ones are refused with what was meant, and right ones outrank every reading."""

from __future__ import annotations

import pytest

from assets.sources.mapping.stated_targets import check_headers, check_stated, targets_of_kind
from schemas.contracts.errors import InputRefusedError, InvalidRequestError
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import shipped_profile, shipped_profiles
from tests.assets.sources.support import of_rows

KINDS = [kind for kind in shipped_profile("generic").kinds if kind.primary]


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("deal", "deals"),
        ("contactz", "did you mean 'contacts'?"),
        ("florp", "state one of: activities, contacts, deals, leads, notes, organizations, stage_history, users"),
        ("tickets", "does not import a list of support tickets"),
    ],
)
def test_a_kind_that_is_none_names_those_that_are(kind: str, meant: str) -> None:
    if kind == "deal":  # the word for one record is the kind, too
        check_stated(kind, {}, shipped_profiles())
        return
    with pytest.raises(InvalidRequestError, match=meant):
        check_stated(kind, {}, shipped_profiles())


def test_an_object_of_no_profile_is_refused_with_those_of_the_profile() -> None:
    check_stated("hubspot.contacts", {}, shipped_profiles())
    with pytest.raises(
        InputRefusedError, match=r"did you mean 'hubspot\.contacts'\?; it may be one of: .*hubspot\.deals"
    ):
        check_stated("hubspot.contact", {}, shipped_profiles())


@pytest.mark.parametrize(
    ("kind", "target", "meant"),
    [
        ("deals", "valeu", "did you mean 'value'"),  # misspelt
        ("deals", "amount", "did you mean 'value'"),  # the word of another CRM
        ("deals", "account.name", r"did you mean 'organization\.name'"),
        ("deals", "owner", r"did you mean 'user\.name'"),
        ("contacts", "email", "did you mean 'emails'"),
        (
            "activities",
            "organization.city",
            r"'organization\.city' is no field of activities",
        ),  # they only refer to one
        ("users", "florp", "it may be one of: "),
        (None, "florp", "state the kind of list as well"),
        (None, "amount", r"did you mean .*'deal\.value'"),
    ],
)
def test_a_field_that_is_none_names_what_was_meant(kind: str | None, target: str, meant: str) -> None:
    with pytest.raises(InvalidRequestError, match=meant):
        check_stated(kind, {"X": target}, shipped_profiles())


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_target_of_a_kind_can_be_stated(kind) -> None:  # type: ignore[no-untyped-def]
    # A target that the mapping cannot use would be a crash, or a cell lost without a word.
    texts = list({target: text for text, target in targets_of_kind(kind).items()}.values())
    check_stated(kind.name, {f"florp {place}": text for place, text in enumerate(texts)}, shipped_profiles())
    rows = [[f"florp {place}" for place in range(len(texts))], ["1"] * len(texts), ["2"] * len(texts)]
    found = of_rows(rows, kind=kind.name, map=[f"florp {place}={text}" for place, text in enumerate(texts)])
    assert found.sheet.mapped.unmapped == []


def test_headers_are_those_of_the_tables() -> None:
    tables = [("a.csv", ["Close Value", "Stage"]), ("b.csv", ["Amount", "Phone", "Phone (2)"])]
    check_headers({"close_value": "value", "STAGE": "stage"}, tables)  # case and underscores do not count
    check_headers({"Close Value": "value", "Amount": "value"}, tables)  # of two tables
    check_headers({"Phone": "person.phones", "Phone (2)": "person.phones"}, tables)
    check_headers({"florp": "value"}, [])  # no file could be read: the import says so
    with pytest.raises(InputRefusedError) as refused:
        check_headers({"clos_value": "value", "Close Value": "title", "Stage": "title"}, tables)
    missing, shared = refused.value.args
    assert "no table has such a column; did you mean 'Close Value'?" in missing or "the columns are: " in missing
    assert missing.endswith("the columns are: 'Close Value', 'Stage', 'Amount', 'Phone', 'Phone (2)'")
    assert shared == "a.csv: --map gives 'title' to 'Close Value' and to 'Stage', but it holds one value"


@pytest.mark.parametrize("kind", ["deals", "leads", "contacts", "activities"])
def test_an_account_can_be_stated_for_every_kind(kind: str) -> None:
    field = {"deals": "title", "leads": "title", "contacts": "name", "activities": "subject"}[kind]
    further = {"deals": "stage", "leads": "status", "contacts": "job_title", "activities": "type"}[kind]
    rows = [["acct", "what", "florp"], ["Acme Ltd", "Ann Lee", "Open"], ["Beta Inc", "Bob Ray", "Won"]]
    found = of_rows(rows, kind=kind, map=["acct=organization.name", f"what={field}", f"florp={further}"])
    names = {one["name"] for stubs in (True, False) for one in found.records(Entity.ORGANIZATION, stubs=stubs)}
    assert names == {"Acme Ltd", "Beta Inc"}
    primary = found.sheet.recognition.object.primary
    assert all(one["organization_key"] for one in found.records(primary))
    assert found.sheet.mapped.unmapped == []


def test_a_stated_field_rules_out_the_kinds_that_lack_it() -> None:
    # Without it the list is read as contacts.
    rows = [["Name", "E-mail", "zonk"], ["Ann Lee", "a@b.example", "1"], ["Bob Ray", "b@b.example", "2"]]
    assert of_rows(rows).sheet.recognition.object.name == "contacts"
    with pytest.raises(InputRefusedError):
        of_rows(rows, map=["zonk=probability"])


def test_a_stated_field_outranks_a_crms_profile() -> None:
    # HubSpot's own export, in which a custom column has the amount that counts.
    rows = [
        ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Close Date", "Deal owner", "ACV"],
        ["1", "Pump", "Closed Won", "Sales", "10", "2026-01-31", "Kim Ray", "70"],
    ]
    found = of_rows(rows, kind="hubspot.deals", map=["ACV=value", "Amount=custom"])
    assert found.sheet.recognition.profile.name == "hubspot"
    (deal,) = found.records(Entity.DEAL)
    assert str(deal["value"]) == "70.00"
    assert [column.column for column in found.sheet.mapped.unmapped] == ["Amount"]
    with pytest.raises(InputRefusedError, match="'ACV' cannot fill 'first_name'"):
        of_rows(rows, kind="hubspot.deals", map=["ACV=first_name"])


def test_a_repeated_header_can_be_stated_by_its_number() -> None:
    rows = [["Deal", "Stage", "Amount", "Amount"], ["Pump", "Won", "10", "20"], ["Pipe", "Lost", "30", "40"]]
    deals = of_rows(rows, kind="deals", map=["Amount=custom", "Amount (2)=value"]).records(Entity.DEAL)
    assert [str(deal["value"]) for deal in deals] == ["20.00", "40.00"]
