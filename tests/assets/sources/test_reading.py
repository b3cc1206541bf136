"""Reading bytes: dialects, encodings, workbooks, and files that are no tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.sources.reading import read_file
from schemas.errors import InputRefusedError


def cells(data: bytes) -> list[list[str | None]]:
    return [list(row) for row in read_file(data).grids[0].rows]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\ufeff"), max_size=8)
ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6)
)


@given(
    ROWS,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_table_in_any_dialect_and_encoding_comes_back(
    rows: list[list[str]], delimiter: str, encoding: str, end: str
) -> None:
    header = [f"column {index}" for index in range(len(rows[0]))]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    assert cells(text.getvalue().encode(encoding)) == [header, *rows]


def test_windows_1252_is_read_and_said_with_sample_words() -> None:
    reading = read_file("Name;Ville\nJosé;Besançon\n".encode("cp1252"))
    assert reading.encoding == "cp1252"
    assert reading.grids[0].rows[1] == ["José", "Besançon"]
    assert "José, Besançon" in reading.decisions[0]


def test_a_sep_line_decides() -> None:
    reading = read_file(b"sep=;\nName;Note\nAnn;a, b, c\nBob;d, e, f\n")
    assert reading.delimiter == ";"
    assert reading.grids[0].rows[0] == ["Name", "Note"]


def test_a_newline_within_quotes_is_part_of_the_cell() -> None:
    assert cells(b'Name,Note\n"Ann","first\nsecond"\n')[1] == ["Ann", "first\nsecond"]


def test_commas_in_text_do_not_outvote_the_semicolon() -> None:
    assert read_file(b"Name;Note\nAnn;a, b\nBob;c, d\nCem;e\n").delimiter == ";"


def test_a_workbook_keeps_row_numbers_and_digits(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["C3"] = "Name", "Zip"
    sheet["B4"], sheet["C4"] = "Ann", "01234"
    sheet["B5"], sheet["C5"] = 12345678, 1.5
    book.save(tmp_path / "a.xlsx")
    rows = cells((tmp_path / "a.xlsx").read_bytes())
    assert rows[3] == ["Ann", "01234"]
    assert rows[4] == ["12345678", "1.5"]


def test_an_old_workbook_is_read(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Liste")
    for column, value in enumerate(["Nom", "Téléphone"]):
        sheet.write(0, column, value)
    book.save(str(tmp_path / "a.xls"))
    reading = read_file((tmp_path / "a.xls").read_bytes())
    assert reading.format == "xls"
    assert reading.grids[0].rows[0] == ("Nom", "Téléphone")


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "really.csv")
    assert read_file((tmp_path / "really.csv").read_bytes()).format == "xlsx"


def _locked() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain, locked = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    OOXMLFile(plain).encrypt("secret", locked)
    return locked.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG picture"),
        (b"%PDF-1.7 ...", "PDF document"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "HTML or XML page"),
        (b"\x00\x01\x02\x03" * 50, "binary data"),
        (b'Name,Note\n"Ann,a\nBob,b\n', "never closed"),
        (b"PK\x03\x04 not really a workbook", "cannot be read"),
        (_locked(), "password"),
        (b'[{"name": "x"}]', "is JSON"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(InputRefusedError, match=reason) as refused:
        read_file(data)
    assert "\n" not in str(refused.value)


@given(st.binary(max_size=400))
def test_no_bytes_end_in_anything_but_a_reading_or_a_refusal(data: bytes) -> None:
    try:
        read_file(data)
    except InputRefusedError as error:
        assert str(error)


@settings(max_examples=8)
@given(st.integers(0, 3_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_ends_in_a_reading_or_a_refusal(place: int, rubbish: bytes) -> None:
    plain = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Email"])
    book.save(plain)
    data = bytearray(plain.getvalue())
    data[place : place + len(rubbish)] = rubbish
    try:
        read_file(bytes(data))
    except InputRefusedError as error:
        assert str(error)


def test_a_cell_in_the_last_corner_is_a_refusal_and_not_the_end_of_the_process() -> None:
    # Five kilobytes that make the parser ask for hundreds of gigabytes and abort.
    book, plain = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "Name", "far away"
    book.save(plain)
    with pytest.raises(InputRefusedError, match="cannot be read"):
        read_file(plain.getvalue())


def test_a_workbook_that_takes_too_long_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    monkeypatch.setattr("assets.sources.workbook.TIME_LIMIT", 0.01)
    with pytest.raises(InputRefusedError, match="could not be read within"):
        read_file(plain.getvalue())
