"""A written profile can be loaded, as it is and with its comments taken away, and reads the file as the guess did."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.loading.interpretation import InterpretedFile, Interpreter
from pipelines.services.profile_writing import profile_text
from schemas.contracts.options import ImportOptions
from schemas.contracts.records import CONTRACTS
from schemas.profiles.loader import Profile, parse_profile, shipped_profiles
from tests.assets.sources.support import csv_text
from tests.pipelines.support import run, run_json
from tests.support import examples, new_home, write_csv

DEALS = [
    ["acct", "rep", "close_value", "stage", "status", "Phone", "Phone", "zonk"],
    ["Acme Ltd", "Kim Ray", "1,200", "Won", "Gagné", "+33699014622", "+33699014623", "x"],
    ["Beta Inc", "Jo Hart", "300", "Prospecting", "Open", "", "", ""],
]


def read(rows: list[list[str]], *profiles: Profile, **options: Any) -> tuple[InterpretedFile, list[Any]]:
    """What a file of these rows is read as, and its records; guessed where an import would refuse it."""
    records: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_text(csv_text(rows), encoding="utf-8")
        interpreter = Interpreter(ImportOptions(**options), profiles or shipped_profiles(), is_guessing=True)
        file = interpreter.interpret(
            path,
            "list",
            lambda ordinal, found, frame: records.append((ordinal, found.entity, found.is_stub, frame.to_dicts())),
        )
    return file, sorted(records, key=repr)


def own(text: str) -> Profile:
    return parse_profile(text, "my.toml").model_copy(update={"is_own": True})


def uncommented(text: str) -> str:
    """The profile with every line that could be stated."""
    return re.sub(r"^# (?=\[|[\w-]+ = )", "", text, flags=re.MULTILINE)


WORDS = ["Name", "Company", "E-mail", "Phone", "Stage", "Amount", "Owner", "Close Date", "Status", "ID", "Lead Source",
         "Subject", "Type", "Due", "Ticket", "Price", "First Name", "account", "close_value", "Notes"]  # fmt: skip
HEADERS = st.one_of(
    st.sampled_from(WORDS), st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
)
CELLS = st.one_of(
    st.sampled_from(["Ann Lee", "Acme Ltd", "a@b.example", "Won", "Open", "12.5", "2026-01-31", "+33699014622", "A-1"]),
    st.text("abß'\"#=[]\\ ", max_size=6),
)


@given(st.data())
@examples(15)
def test_a_written_profile_reads_any_table_as_the_guess_did(data: st.DataObject) -> None:
    headers = data.draw(st.lists(HEADERS, min_size=2, max_size=7))
    row = st.lists(CELLS, min_size=len(headers), max_size=len(headers))
    rows = [["Name", *headers], *(["Row", *data.draw(row)] for _ in range(3))]
    guessed, records = read(rows)
    text = profile_text("list", guessed.sheets)
    parse_profile(uncommented(text), "my.toml")
    again, same = read(rows, own(text))
    (sheet,), (first,) = again.sheets, guessed.sheets
    assert sheet.refusal is None
    assert sheet.mapped.unmapped == first.mapped.unmapped
    assert [(entity, stub, frame) for _, entity, stub, frame in same] == [
        (entity, stub, frame) for _, entity, stub, frame in records
    ]


@pytest.mark.parametrize("entity", list(CONTRACTS))
def test_every_field_of_a_kind_is_in_its_skeleton(entity) -> None:  # type: ignore[no-untyped-def]
    kinds = {"deal": "deals", "lead": "leads", "person": "contacts", "organization": "organizations", "user": "users",
             "activity": "activities", "note": "notes", "stage_change": "stage_history"}  # fmt: skip
    if entity not in kinds:  # stages come with CRMs' exports alone
        return
    text = profile_text("list", read([["zonk", "florp"], ["1", "x"]], kind=kinds[entity])[0].sheets)
    fields = text.partition(f"[object.{entity}.fields]")[2].partition("\n\n")[0]
    assert re.findall(r"^# (\w+) = \[\]", fields, re.MULTILINE) == list(CONTRACTS[entity].fields)
    for target in CONTRACTS[entity].references:
        assert f"# [object.{entity}.references.{target}]" in text


def test_guesses_stand_with_the_first_values_and_the_rest_as_comments() -> None:
    text = profile_text("list", read(DEALS, kind="deals")[0].sheets)
    assert 'value = ["close_value"]  # 1,200 | 300' in text
    assert "# title = []  # Title as given" in text
    assert "#   zonk: x -> kept as custom" in text
    # Statuses are translated as they were read.
    assert '"Gagné" = "won"' in text
    assert "[object.deal.composed]" in text


def test_a_short_list_is_not_found_again_in_every_longer_one() -> None:
    # Name and Phone are in most lists of contacts; the answer about one list is none about the others.
    short = [["Name", "Phone"], ["Orion", "+33699014622"], ["Vega", "+33699014623"]]
    mine = own(profile_text("stars", read(short, kind="organizations")[0].sheets))
    assert (
        read([[*short[0], "Colour"], *([*row, "red"] for row in short[1:])], mine, *shipped_profiles())[0]
        .sheets[0]
        .recognition.profile.is_own
    )
    longer = [[*short[0], "E-mail", "Job title", "Company"], ["Ann Lee", "", "a@b.example", "Buyer", "Acme"]]
    assert read(longer, mine, *shipped_profiles())[0].sheets[0].recognition.name == "generic.contacts"
    # Who names the profile knows better.
    assert read(longer, mine)[0].sheets[0].recognition.profile.is_own


def test_rows_that_share_an_id_stay_apart_under_an_own_profile_too() -> None:
    # As in the list's own reading; only a CRM's export says that they are versions of one record.
    rows = [["Id", "Name", "E-mail"], ["1", "Ann Lee", "a@b.example"], ["1", "Bob Ray", "b@b.example"]]
    rows += [[str(number), f"P {number}", ""] for number in range(2, 9)]
    guessed, records = read(rows, kind="contacts")
    text = profile_text("list", guessed.sheets)
    assert '\nid = ["Id"]' in text
    assert read(rows, own(text))[1] == records


def test_several_tables_of_one_kind_are_several_objects(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for name, rows in (("north", DEALS), ("south", [["zonk", *DEALS[0][:4]], ["9", *DEALS[1][:4]]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "book.xlsx")
    home = new_home(tmp_path / "home")
    run("inspect", tmp_path / "book.xlsx", "--as", "deals", "--write-profile", tmp_path / "my.toml", home=home)
    (file,) = run_json("inspect", tmp_path / "book.xlsx", "--profile", tmp_path / "my.toml", home=home)["files"]
    assert [sheet["object"] for sheet in file["sheets"]] == ["book.deals", "book.deals 2"]


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([["zonk", "florp"], ["1", "x"], ["2", "y"]], "florp"),  # nothing is known
        ([["Name", "Phone"], ["Orion", "+33699014622"], ["Vega", "+33699014623"]], "Name"),  # two kinds are likely
        ([["Ticket ID", "Ticket Subject", "Severity"], ["1", "Broken", "high"]], "Ticket Subject"),  # not imported
    ],
)
def test_a_table_that_an_import_refuses_gets_a_profile_to_fill_in(
    tmp_path: Path, rows: list[list[str]], name: str
) -> None:
    home, path, mine = new_home(tmp_path / "home"), write_csv(tmp_path / "t.csv", rows), tmp_path / "my.toml"
    assert "inspect --write-profile" in run("inspect", path, home=home, expect=3).stderr
    shown = run("inspect", path, "--write-profile", mine, home=home).stdout
    assert f"Wrote the mapping to {mine}" in " ".join(shown.split())
    assert "without a profile" in shown
    mine.unlink()
    run("inspect", path, "--as", "contacts", "--write-profile", mine, home=home)
    text = mine.read_text(encoding="utf-8")
    mine.write_text(re.sub(r"(?m)^(# )?name = \[.*", f'name = ["{name}"]', text, count=1), encoding="utf-8")
    (file,) = run_json("import", path, "--profile", mine, home=home)["files"]
    assert file["sheets"][0]["loaded"] == len(rows) - 1
