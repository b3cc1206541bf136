"""Tables: header, preamble, footer and ragged rows, every physical row accounted for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.sources.recognition import known_headers
from assets.sources.tables import Grid, to_table
from schemas.profiles import shipped_profiles

KNOWN = known_headers(shipped_profiles())


def table(*rows: list[str | None]):  # type: ignore[no-untyped-def]
    found = to_table(Grid("", list(rows)), KNOWN)
    assert found is not None
    return found


def test_title_above_and_total_below_are_no_data() -> None:
    found = table(
        ["Visitors 2025"], [], ["Name", "Email", "Budget"], ["Ann", "a@b.example", "5"], [], ["Total", None, "5"]
    )
    assert found.headers == ["Name", "Email", "Budget"]
    assert (found.preamble, found.footer, found.blank, len(found.frame)) == (1, 1, 2, 1)
    assert found.frame["row_number"].to_list() == [4]


def test_a_person_called_total_is_data() -> None:
    found = table(["Name", "Email", "City"], ["Total Recall", "t@r.example", "Mars"])
    assert (found.footer, len(found.frame)) == (0, 1)


def test_a_row_with_too_many_cells_is_refused_whole() -> None:
    found = table(["Name", "Email"], ["Ann", "a@b.example", "x", "y"], ["Bob", "b@c.example"])
    assert [item.row_number for item in found.rejections] == [2]
    assert found.rejections[0].column is None
    assert found.rejections[0].value is not None
    assert "a@b.example" in found.rejections[0].value


def test_a_short_row_is_filled_up_and_trailing_blanks_are_cut() -> None:
    found = table(["Name", "Email", "City"], ["Ann"], ["Bob", "b@c.example", "Leeds", "", ""])
    assert found.frame["c1"].to_list() == [None, "b@c.example"]
    assert not found.rejections


def test_a_repeated_header_is_kept_apart_and_said() -> None:
    found = table(["Email", "email", "City"], ["a@b.example", "c@d.example", "Leeds"])
    assert found.headers == ["Email", "email (2)", "City"]
    assert "more than once" in found.warnings[0]


def test_a_blank_header_over_data_gets_a_name() -> None:
    assert table(["Name", None, "Email"], ["Ann", "x", "a@b.example"]).headers == ["Name", "column 2", "Email"]


def test_nothing_is_no_table() -> None:
    assert to_table(Grid("", [["", None], []]), KNOWN) is None


CELLS = st.one_of(
    st.none(), st.sampled_from(["", " ", "Name", "Email", "Total", "x", "1", "a@b.example"]), st.text(max_size=5)
)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=15))
def test_every_physical_row_is_counted_once(rows: list[list[str | None]]) -> None:
    found = to_table(Grid("", rows), KNOWN)
    if found is not None:
        counted = len(found.frame) + len(found.rejections) + found.blank + found.preamble + found.footer
        assert counted == found.rows == len(rows) - 1
