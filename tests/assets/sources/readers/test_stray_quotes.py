"""Records with stray quotation marks: no two lines become one row, none is lost, and what was repaired is named."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.sources.readers.delimited import MAX_RECORD_CHARS, Cutter
from assets.sources.readers.dialects import Dialect
from assets.sources.readers.stray_quotes import LineCounter
from schemas.contracts.errors import InputRefusedError
from tests.assets.sources.support import grid, reading


def test_a_lone_mark_never_joins_two_lines_because_the_cells_would_fit() -> None:
    # Both lines lack a cell; together they have as many as the header, with a line end in an unquoted cell.
    data = b'id,name,city\n1,Ann,Rome\n2,"b\nc" d,Oslo\n4,Cem,Bonn\n'
    assert grid(data) == [["id", "name", "city"], ["1", "Ann", "Rome"], None, None, ["4", "Cem", "Bonn"]]


def test_a_cell_over_several_lines_with_a_mark_inside_is_still_one_cell() -> None:
    data = b'id,note,city\n1,"5" pipe,\nblue",Rome\n2,b,Oslo\n'
    assert grid(data)[1:] == [["1", '5" pipe,\nblue', "Rome"], ["2", "b", "Oslo"]]


@pytest.mark.parametrize(
    "text",
    [
        # The record that two lone marks make has more cells than the header, and each line is whole by itself.
        'id,name\n1,"x\n2",y\n3,z\n',
        # It has as many, but five whole rows would be in one cell.
        'id,a,b\n1,"x,y\n2,p,q\n3,r,s\n4,t",u\n5,v,w\n',
    ],
)
def test_rows_between_two_lone_marks_are_rows(text: str) -> None:
    data = text.encode()
    assert [row and row[0] for row in grid(data)[1:]] == [
        line[0] + '"' * (line[1] == '"') for line in text.splitlines()[1:]
    ]
    assert "row 2" in reading(data).decisions[-1]


def test_rows_between_two_lone_marks_are_rows_in_long_files_too() -> None:
    lines = [f"{number},name {number},city" for number in range(200_000)]
    lines[150_000], lines[150_003] = '150000,"x,city', '150003,y",city'
    cutter = Cutter(Dialect())
    text = "id,name,city\n" + "\n".join(lines)
    blocks = list(cutter.blocks(text[at : at + (1 << 20)] for at in range(0, len(text), 1 << 20)))
    assert sum(map(len, blocks)) == 200_001
    assert cutter.repaired == [150_002]


def test_every_repaired_row_is_named() -> None:
    data = b"id,name,city\n" + b"".join(b'%d,"a,Rome\n%d,b,Oslo\n' % (number, number + 1) for number in (1, 3, 5))
    assert reading(data).decisions[-1] == "stray quotation marks were kept as text in rows 2, 4 and 6"


def test_a_mark_in_the_header_costs_no_row() -> None:
    assert grid(b'"id,name\n1,Ann\n2,Bob\n') == [['"id', "name"], ["1", "Ann"], ["2", "Bob"]]


def test_the_lines_of_a_note_that_is_cut_off_are_no_rows() -> None:
    note = "".join(f"line {number}\n" for number in range(5))
    (block,) = reading(f'Name,Note\nAnn,x\nBob,"{note}'.encode()).sheets[0].blocks
    assert [row and row[0] for row in block.rows] == ["Name", "Ann", "Bob", *[None] * 4]  # type: ignore[union-attr]
    assert block.broken[4][0] == "line 1"  # type: ignore[union-attr]


def test_a_cell_longer_than_any_is_refused_and_not_read_as_rows() -> None:
    text = 'Name,Note\nAnn,"' + "word \n" * (MAX_RECORD_CHARS // 5) + '"\nBob,x\n'
    with pytest.raises(InputRefusedError, match="row 2 has a quoted cell of more than"):
        list(Cutter(Dialect()).blocks(text[at : at + (4 << 20)] for at in range(0, len(text), 4 << 20)))


def test_a_lone_mark_in_a_long_list_costs_its_row() -> None:
    lines = [f"{number},name {number}" for number in range(400_000)]
    lines[7] = '7,"name'
    text = "id,name\n" + "\n".join(lines)
    cutter = Cutter(Dialect())
    blocks = list(cutter.blocks(text[at : at + (4 << 20)] for at in range(0, len(text), 4 << 20)))
    assert (sum(map(len, blocks)), cutter.repaired) == (400_001, [9])


CELLS = st.lists(st.text("ab,\"'\n\r ;", max_size=6), min_size=1, max_size=4)


@given(st.lists(CELLS, min_size=1, max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 9))
@example([["a", '"b'], ['c" d', "e"]], "\n", 3)
def test_no_text_is_read_without_balance(rows: list[list[str]], end: str, size: int) -> None:
    # `blocks` compares the rows that it hands out with the lines of the text, and refuses the file if they differ.
    text = "x,y" + end + end.join(",".join(row) for row in rows)
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    assert sum(map(len, Cutter(Dialect()).blocks(pieces))) <= len(text.splitlines())


@given(st.text("a\r\n", max_size=20), st.integers(1, 4))
def test_lines_are_counted_alike_in_any_pieces(text: str, size: int) -> None:
    counter = LineCounter()
    for at in range(0, len(text), size):
        counter.add(text[at : at + size])
    assert counter.lines == len(text.splitlines())
