"""Tables: headers, preamble, footer and ragged rows, every physical row accounted for."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.layout.spool import Spool
from assets.sources.layout.tables import Table, find_tables
from assets.sources.sheets import Frame, Rows, Sheet
from schemas.contracts.errors import InputRefusedError
from tests.assets.sources.support import KNOWN

Cells = list[str | None]


def tables(*rows: Cells, is_cut: bool = True) -> list[Table]:
    return find_tables(Sheet("", [Rows(1, list(rows))], is_cut), KNOWN)


def table(*rows: Cells) -> Table:
    (found,) = tables(*rows)
    return found


def column(of: Table, name: str) -> list[str | None]:
    return of.cells.frame()[name].to_list()


def test_title_above_and_total_below_are_no_data() -> None:
    found = table(
        ["Visitors 2025"], [], ["Name", "Email", "Budget"], ["Ann", "a@b.example", "5"], [], ["Total", None, "5"]
    )
    assert found.headers == ["Name", "Email", "Budget"]
    assert (found.preamble, found.footer, found.blank, found.cells.height) == (1, 1, 2, 1)
    assert column(found, "row_number") == [4]


def test_a_person_called_total_is_data() -> None:
    found = table(["Name", "Email", "City"], ["Total Recall", "t@r.example", "Mars"])
    assert (found.footer, found.cells.height) == (0, 1)


def test_a_row_with_too_many_cells_is_refused_whole() -> None:
    found = table(["Name", "Email"], ["Ann", "a@b.example", "x", "y"], ["Bob", "b@c.example"])
    assert [item.row_number for item in found.rejections] == [2]
    assert found.rejections[0].column is None
    assert found.rejections[0].value is not None
    assert "a@b.example" in found.rejections[0].value


def test_a_workbooks_cell_beyond_the_header_gets_a_column_of_its_own() -> None:
    # No quotation mark can be missing in a workbook: the cell stands where somebody put it.
    (found,) = tables(["Name", "Email", None], ["Ann", "a@b.example", "call her"], is_cut=False)
    assert found.headers == ["Name", "Email", "column 3"]
    assert column(found, "c2") == ["call her"]


def test_a_short_row_is_filled_up_and_said_and_trailing_blanks_are_cut() -> None:
    found = table(["Name", "Email", "City"], ["Ann", ""], ["Bob", "b@c.example", "Leeds", "", ""])
    assert column(found, "c1") == [None, "b@c.example"]
    assert not found.rejections
    assert found.warnings == ["1 rows have fewer cells than the header; the missing last cells are blank"]


def test_a_repeated_header_name_is_kept_apart_and_said() -> None:
    found = table(["Email", "email", "City"], ["a@b.example", "c@d.example", "Leeds"])
    assert found.headers == ["Email", "email (2)", "City"]
    assert "is repeated" in found.warnings[0]


def test_a_blank_header_over_data_gets_a_name() -> None:
    assert table(["Name", None, "Email"], ["Ann", "x", "a@b.example"]).headers == ["Name", "column 2", "Email"]


def test_a_blank_last_header_is_a_column_and_refuses_no_row() -> None:
    # `First Name,Last Name,Email,`: each row was refused for having more cells than the header has names.
    head: Cells = ["First name", "Last name", "Email", ""]
    found = table(head, ["Ann", "Lee", "a@b.example", "x"], head, ["Bob", "Ray", "b@c.example", ""])
    assert found.headers == ["First name", "Last name", "Email", "column 4"]
    assert (column(found, "c3"), found.rejections, found.preamble) == (["x", None], [], 1)
    unused = table(head, ["Ann", "Lee", "a@b.example", ""])
    assert unused.headers == ["First name", "Last name", "Email"]


def test_a_cell_too_many_is_refused_under_a_blank_last_header_as_well() -> None:
    # An unquoted comma: the row has one cell more than the header row, whose last is blank in all rows.
    head: Cells = ["First name", "Last name", "Email", ""]
    found = table(head, ["Ann", "Lee", " Jr.", "a@b.example", ""], ["Bob", "Ray", "b@c.example", ""])
    assert [item.row_number for item in found.rejections] == [2]


def test_a_table_is_as_wide_as_most_of_its_rows() -> None:
    rows: list[Cells] = [["Ann", "a@b.example", "x"], ["Bob", "b@c.example", "y"], ["Cem", "c@d.example", "z", "more"]]
    found = table(["Name", "Email"], *rows)
    assert found.headers == ["Name", "Email", "column 3"]
    assert [item.row_number for item in found.rejections] == [4]
    assert found.warnings == ["most rows have 3 cells and the header 2; the others are named column N"]


def test_row_numbers_below_no_header_do_not_shift_the_names() -> None:
    # Statistical software writes row numbers without a header of their own.
    found = table(["Name", "Email"], ["1", "Ann", "a@b.example"], ["2", "Bob", "b@c.example"])
    assert found.headers == ["column 1", "Name", "Email"]
    assert not found.rejections


def test_a_wider_second_table_does_not_widen_the_first() -> None:
    people, deals = tables(
        ["Name", "Email"],
        *[["Ann", "a@b.example"]] * 3,
        ["Deal name", "Amount", "Stage"],
        *[["Roof", "5", "Offer"]] * 9,
    )
    assert (people.headers, deals.headers) == (["Name", "Email"], ["Deal name", "Amount", "Stage"])


def test_the_header_again_between_pages_is_no_data() -> None:
    head: Cells = ["Name", "Email", "City"]
    found = table(head, ["Ann", "a@b.example", "Rome"], head, ["Bob", "b@c.example", "Oslo"])
    assert column(found, "c0") == ["Ann", "Bob"]
    assert found.preamble == 1
    assert found.warnings == ["the header is repeated 1 times among the rows; skipped"]


def test_a_row_of_groups_above_the_header_tells_equal_names_apart() -> None:
    found = table(["Billing", None, "Shipping", None], ["City", "Zip", "City", "Zip"], ["Rome", "1", "Oslo", "2"])
    assert found.headers == ["Billing City", "Billing Zip", "Shipping City", "Shipping Zip"]


def test_labels_above_names_of_fields_are_no_data() -> None:
    # Data Loader templates carry the label in the first row and the field in the second.
    found = table(
        ["Given name of contact", "Mail", "Town"], ["First name", "Email", "City"], ["Ann", "a@b.example", "Rome"]
    )
    assert found.headers == ["First name", "Email", "City"]
    assert found.cells.height == 1


def test_tables_below_each_other_are_read_each_by_its_own_header() -> None:
    people, deals = tables(
        ["Name", "Email"],
        ["Ann", "a@b.example"],
        [],
        ["Open deals"],
        ["Deal name", "Amount", "Stage"],
        ["Roof", "5", "Offer"],
        ["Total", None, "5"],
    )
    assert (people.cells.height, people.blank, people.preamble) == (1, 0, 0)
    assert deals.headers == ["Deal name", "Amount", "Stage"]
    # The blank row and the title before the header belong to the table that they lead to.
    assert (deals.name, deals.cells.height, deals.blank, deals.preamble, deals.footer) == ("(table 2)", 1, 1, 1, 1)


def test_a_row_that_cannot_be_cut_is_refused_with_its_text() -> None:
    (found,) = find_tables(Sheet("", [Rows(1, [["Name", "Email"], None], {2: ('"Ann,x', "is broken")})]), KNOWN)
    assert [(item.row_number, item.value, item.reason) for item in found.rejections] == [(2, '"Ann,x', "is broken")]


def test_nothing_is_no_table() -> None:
    assert tables(["", None], []) == []


def test_a_sheet_whose_rows_are_not_all_accounted_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # A fault of the splitter itself: rows that it forgets must not go unnoticed.
    monkeypatch.setattr(Spool, "add", lambda self, frame: None)
    with pytest.raises(InputRefusedError, match="does not balance: 3 rows"):
        table(["Name", "Email"], ["Ann", "a@b.example"], ["Bob", "b@c.example"])


CELLS = st.one_of(
    st.none(), st.sampled_from(["", " ", "Name", "Email", "Total", "x", "1", "a@b.example"]), st.text(max_size=5)
)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=25), st.booleans(), st.integers(1, 30))
def test_every_physical_row_is_counted_once(rows: list[Cells], is_cut: bool, cut: int) -> None:
    blocks = [Rows(1, rows[:cut]), Rows(cut + 1, rows[cut:])]
    found = find_tables(Sheet("", blocks, is_cut), KNOWN)
    if found:
        assert sum(table.rows for table in found) + len(found) == len(rows)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=25), st.integers(1, 20))
def test_rows_and_frames_are_the_same_table(rows: list[Cells], cut: int) -> None:
    # The fast way through a file hands over frames where the careful one hands over rows.
    head: Cells = ["Name", "Email", "City"]
    frame = pl.DataFrame(
        {f"c{index}": pl.Series([row[index] for row in rows[cut:]], dtype=pl.String) for index in range(3)}
    )
    plain = find_tables(Sheet("", [Rows(1, [head, *rows])]), KNOWN)
    mixed = find_tables(Sheet("", [Rows(1, [head, *rows[:cut]]), Frame(len(rows[:cut]) + 2, frame)]), KNOWN)
    for one, other in zip(plain, mixed, strict=True):
        assert (one.headers, one.rows, one.blank, one.preamble, one.footer) == (
            other.headers,
            other.rows,
            other.blank,
            other.preamble,
            other.footer,
        )
        assert one.cells.frame().equals(other.cells.frame())
