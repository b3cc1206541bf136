"""Old workbooks (.xls): dates of both systems, charts beside cells, formats, damage, and what two readers disagree on."""

from __future__ import annotations

import io
import struct
from datetime import date

import polars as pl
import pytest
import xlwt

from assets.sources.readers.old_workbooks import difference
from schemas.contracts.errors import InputRefusedError
from tests.assets.sources.support import grid, reading


def workbook(rows: list[list[object]], styles: dict[tuple[int, int], str] | None = None, **options: object) -> bytes:
    book, data = xlwt.Workbook(), io.BytesIO()
    for name, value in options.items():
        setattr(book, name, value)
    sheet = book.add_sheet("Liste")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            form = (styles or {}).get((number, column), "yyyy-mm-dd" if isinstance(value, date) else "General")
            sheet.write(number, column, value, xlwt.easyxf(num_format_str=form))
    book.save(data)
    return data.getvalue()


def test_an_old_workbook_is_read() -> None:
    data = workbook([["Nom", "Téléphone"], ["Ann", 5.5], ["Bob", True], ["Cem", 0.1 + 0.2]])
    assert reading(data).format == "xls"
    assert grid(data) == [["Nom", "Téléphone"], ["Ann", "5.5"], ["Bob", "true"], ["Cem", "0.3"]]
    assert reading(data).sheets[0].notes == []


@pytest.mark.parametrize("is_from_1904", [False, True])
def test_dates_are_read_in_the_date_system_of_the_workbook(is_from_1904: bool) -> None:
    data = workbook([["Name", "Birthday"], ["Ann", date(1985, 5, 17)]], dates_1904=is_from_1904)
    assert grid(data)[1] == ["Ann", "1985-05-17 00:00:00"]


def test_leading_zeros_that_only_the_format_shows_are_restored() -> None:
    assert grid(workbook([["Name", "PLZ"], ["Ann", 1067]], {(1, 1): "00000"}))[1] == ["Ann", "01067"]


def with_chart(data: bytes) -> bytes:
    """The workbook with a chart on its sheet, whose cached numbers are cell records of their own (MS-XLS, 2.1.7.20.1)."""
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0020, 0, 0, 0, 0)
    cached = b"".join(struct.pack("<HHHHHd", 0x0203, 14, row, 0, 0, float(row + 1)) for row in range(2))
    end = struct.pack("<HH", 0x000A, 0)
    place = following = 512  # the stream begins behind the container's header
    while data[following : following + 2] != b"\0\0":
        place, following = following, following + 4 + struct.unpack_from("<H", data, following + 2)[0]
    new = begin + cached + end + end
    # The container fills up a stream with zeros: the chart has room in front of the end of the sheet.
    assert data[place:following] == end
    assert not any(data[following : place + len(new)])
    return data[:place] + new + data[place + len(new) :]


def test_the_numbers_of_a_chart_do_not_replace_cells() -> None:
    # The numbers that a chart caches are written like cells, in a part of the stream of its own.
    data = with_chart(workbook([["Name", "City"], ["Ann", "Rome"], ["Bob", "Oslo"]]))
    assert grid(data) == [["Name", "City"], ["Ann", "Rome"], ["Bob", "Oslo"]]
    (note,) = reading(data).sheets[0].notes
    assert "A1 is 'Name', not '1', A2 is 'Ann', not '2'" in note


def test_what_the_second_reader_writes_in_another_form_is_no_difference() -> None:
    mine = {"first_column": 1, "frame": pl.DataFrame({"c0": ["0.0027397260", "2010-04-30 18:40:45.340000", None]})}
    theirs = pl.DataFrame({"c0": ["0.002739726", "2010-04-30 18:40:45.340", ""]})
    assert difference(mine, theirs) is None
    assert difference(mine, pl.DataFrame({"c0": ["2", "2010-04-30 18:40:45.340", None]})) is not None


def test_a_damaged_workbook_is_refused_in_our_own_words() -> None:
    data = workbook([["Name"], ["Ann"]])
    with pytest.raises(InputRefusedError, match="it is damaged, or not what it seems; save it as") as refused:
        reading(data[:512] + b"\xff" * (len(data) - 512))
    assert "range" not in str(refused.value)
