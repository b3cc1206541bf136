"""The file of refused rows: what it holds, and that a mended one changes nothing twice."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell import Cell

from assets.sources.files.landing import land
from assets.sources.loading.imports import load_pending
from assets.sources.mapping.reimports import REASON, RECORDS, escaped, restored
from schemas.contracts.options import ImportOptions
from tests.support import Workplace, write_csv

HEAD = ["Name", "E-mail", "Phone", "Lead source"]
ROWS = [
    HEAD,
    ["Ann Lee", "ann@x.example", "+33699014622", "Fair"],
    ["Bob Ray", "bob@@x.example", "+33699014623", "Fair"],
    ["", "", "", "Web"],
    ["Cem Oz", "c@x.example", "+33699014624", "Web", "too many"],
]


def bring(place: Workplace, path: Path) -> Path | None:
    land([path], ImportOptions(), place.stores)
    with place.warehouse.open() as session:
        load_pending(session, place.stores, place.settings.rejects_dir)
        found = session.scalar(
            "SELECT rejects_file FROM audit.import_files JOIN audit.imports USING (import_id) "
            "ORDER BY import_sequence DESC LIMIT 1"
        )
    return Path(str(found)) if found else None


def persons(place: Workplace) -> list[dict[str, Any]]:
    with place.warehouse.open() as session:
        query = "SELECT name, emails, source FROM records.current_version('records.source_persons') ORDER BY name"
        return session.frame(query).to_dicts()


def test_a_mended_list_imports_cleanly_and_changes_nothing_twice(workplace: Workplace, tmp_path: Path) -> None:
    rejects = bring(workplace, write_csv(tmp_path / "fair.csv", ROWS))
    assert rejects is not None
    text = rejects.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Name"], row[REASON]) for row in rows] == [
        ("Bob Ray", "E-mail: is not an e-mail address"),
        ("", "a lead needs a person or an organization, and the row names neither"),
        ("Cem Oz", "has 5 cells where the header has 4; a quote or a delimiter is missing"),
    ]
    assert rows[0]["Phone"] == "'+33699014623"  # no spreadsheet takes it for a formula
    mended = text.replace("bob@@x", "bob@x").replace("too many", "").replace(",,,Web", "Dan Fox,,,Web")
    (tmp_path / "fair.rejects.csv").write_text(mended, encoding="utf-8-sig")
    assert bring(workplace, tmp_path / "fair.rejects.csv") is None
    found = persons(workplace)
    assert [row["name"] for row in found] == ["Ann Lee", "Bob Ray", "Cem Oz", "Dan Fox"]
    assert found[1]["emails"] == ["bob@x.example"]
    assert {row["source"] for row in found} == {"fair"}
    with workplace.warehouse.open() as session:
        leads = session.scalar("SELECT count(*) FROM records.current_version('records.source_leads')")
        phones = session.frame("SELECT unnest(phones) AS phone FROM records.source_persons")["phone"].to_list()
    assert leads == 4
    assert all(phone.startswith("+33") for phone in phones)


CUSTOM = """
SELECT custom FROM records.current_version('records.source_persons') WHERE custom IS NOT NULL
UNION ALL
SELECT custom FROM records.current_version('records.source_leads') WHERE custom IS NOT NULL
"""


@pytest.mark.parametrize("head", [["Name", "E-mail", "Phone", "Shoe size"], [*HEAD[:3], "Lead source", "Shoe size"]])
def test_a_corrected_value_is_no_longer_kept_beside_its_field(
    workplace: Workplace, tmp_path: Path, head: list[str]
) -> None:
    def custom() -> list[dict[str, str]]:
        with workplace.warehouse.open() as session:
            return list(session.frame(CUSTOM)["custom"])

    row = ["Bob Ray", "bob@@x.example", "+33699014623", *["Web"] * (len(head) - 4), "44"]
    rejects = bring(workplace, write_csv(tmp_path / "fair.csv", [head, row]))
    assert rejects is not None
    assert custom() == [{"E-mail": "bob@@x.example", "Shoe size": "44"}]
    text = rejects.read_text(encoding="utf-8-sig")
    (tmp_path / "fair.rejects.csv").write_text(text.replace("bob@@x", "bob@x"), encoding="utf-8-sig")
    assert bring(workplace, tmp_path / "fair.rejects.csv") is None
    # The column without a field stays.
    assert custom() == [{"Shoe size": "44"}]


def test_a_workbook_comes_back_as_a_workbook_with_the_bad_cells_marked(workplace: Workplace, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS[:3]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "fair.xlsx")
    rejects = bring(workplace, tmp_path / "fair.xlsx")
    assert rejects is not None
    page = openpyxl.load_workbook(rejects).worksheets[0]
    assert [cell.value for cell in page[1]] == [*HEAD, REASON, RECORDS]
    bad = page["B2"]
    assert isinstance(bad, Cell)
    assert bad.comment is not None
    assert (bad.value, bad.comment.text) == ("bob@@x.example", "is not an e-mail address")
    assert bad.fill.fgColor.rgb == "00FFF2CC"
    page["B2"] = "bob@x.example"
    assert page.parent is not None
    page.parent.save(tmp_path / "mended.xlsx")
    assert bring(workplace, tmp_path / "mended.xlsx") is None
    assert [(row["name"], row["emails"]) for row in persons(workplace)] == [
        ("Ann Lee", ["ann@x.example"]),
        ("Bob Ray", ["bob@x.example"]),
    ]


def test_a_list_without_refusals_has_no_such_file(workplace: Workplace, tmp_path: Path) -> None:
    assert bring(workplace, write_csv(tmp_path / "fair.csv", ROWS[:2])) is None
    assert not workplace.settings.rejects_dir.exists()


@given(st.text(max_size=6))
def test_what_is_escaped_is_restored(text: str) -> None:
    import polars as pl

    (back,) = restored({"c": pl.Series([escaped(text)])})
    assert back.to_list() == [text]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-5", "@x", "\tx", "'=x"])
def test_what_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    assert escaped(text) == f"'{text}"
