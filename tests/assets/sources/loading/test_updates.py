"""What a later version of a record does to what is known of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import UpdatePolicy
from tests.support import Workplace, examples, write_csv

FIRST = [["id", "Name", "Email", "Job title", "City", "Shoe"], ["1", "Ann Lee", "a@x.example", "CEO", "", "39"]]
SECOND = [["id", "Name", "Email", "Job title", "City", "Hat"], ["1", "Ann Lee", "", "CTO", "Rome", "M"]]


def known(folder: Path, *lists: tuple[list[list[str]], dict[str, Any]]) -> list[dict[str, Any]]:
    place = Workplace(folder / "home")
    for number, (rows, options) in enumerate(lists):
        place.take(write_csv(folder / f"{number}.csv", rows), options=ImportOptions(source="list", **options))
    with place.warehouse.open() as session:
        return session.frame("SELECT * FROM records.current_version('records.source_persons') ORDER BY name").to_dicts()


def test_the_newest_list_counts_and_an_emptied_cell_is_emptied(tmp_path: Path) -> None:
    (ann,) = known(tmp_path, (FIRST, {}), (SECOND, {}))
    assert (ann["job_title"], ann["city"], ann["emails"]) == ("CTO", "Rome", None)
    assert ann["custom"] == {"Shoe": "39", "Hat": "M"}


def test_a_column_that_is_absent_empties_nothing(tmp_path: Path) -> None:
    (ann,) = known(tmp_path, (FIRST, {}), ([["id", "Name"], ["1", "Ann Li"]], {}))
    assert (ann["name"], ann["emails"], ann["job_title"]) == ("Ann Li", ["a@x.example"], "CEO")


def test_a_list_may_only_fill_blanks(tmp_path: Path) -> None:
    (ann,) = known(tmp_path, (FIRST, {}), (SECOND, {"update": "fill"}))
    assert (ann["job_title"], ann["city"], ann["emails"]) == ("CEO", "Rome", ["a@x.example"])


def test_a_list_may_leave_known_records_alone_and_still_bring_new_ones(tmp_path: Path) -> None:
    rows = [*SECOND, ["2", "Bob Ray", "b@x.example", "", "", ""]]
    ann, bob = known(tmp_path, (FIRST, {}), (rows, {"update": "ignore"}))
    assert (ann["job_title"], ann["city"], ann["custom"]) == ("CEO", None, {"Shoe": "39"})
    assert bob["emails"] == ["b@x.example"]


def test_a_list_without_ids_updates_by_the_columns_that_tell_its_rows_apart(tmp_path: Path) -> None:
    old = [["Name", "Email", "Phone"], ["Ann Lee", "Ann@X.example", "+33699014622"], ["Bob Ray", "b@x.example", ""]]
    new = [["Name", "Email", "Phone"], ["Ann Li", "ann@x.example", "+33699014623"]]
    ann, bob = known(tmp_path, (old, {"key": ("Email",)}), (new, {"key": ("Email",)}))
    assert (ann["name"], ann["phones"], bob["name"]) == ("Ann Li", ["+33699014623"], "Bob Ray")
    again = known(tmp_path / "without", (old, {}), (new, {}))
    assert len(again) == 3  # without a key the changed row is a new record, and matching has to find out


CELL = st.sampled_from(["", "x", "y", "z"])
VERSION = st.fixed_dictionaries(
    {"Name": st.sampled_from(["Ann", "Anna"])},
    optional={"Job title": CELL, "City": CELL, "Region": CELL},
)
FIELDS = {"Name": "name", "Job title": "job_title", "City": "city", "Region": "region"}


@examples(15)
@given(st.lists(st.tuples(VERSION, st.sampled_from(list(UpdatePolicy))), min_size=1, max_size=5))
def test_versions_are_folded_as_one_would_by_hand(versions: list[tuple[dict[str, str], UpdatePolicy]]) -> None:
    expected: dict[str, str | None] = dict.fromkeys(FIELDS.values())
    # The same bytes twice are one file.
    distinct = list({repr(version): (version, policy) for version, policy in reversed(versions)}.values())[::-1]
    for number, (version, policy) in enumerate(distinct):
        for header, cell in version.items():
            name = FIELDS[header]
            if not number or policy == UpdatePolicy.NEWEST or (policy == UpdatePolicy.FILL and expected[name] is None):
                expected[name] = cell or None
    with tempfile.TemporaryDirectory() as folder:
        lists = [
            ([["id", *version], ["1", *version.values()]], {"update": policy.value, "kind": "contacts"})
            for version, policy in distinct
        ]
        (ann,) = known(Path(folder), *lists)
    assert {name: ann[name] for name in expected} == expected
