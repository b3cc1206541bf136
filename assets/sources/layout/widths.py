"""How wide the rows of a block are. Does not belong here: what follows for a table (`assets.sources.layout.tables`)."""

from __future__ import annotations

from collections import Counter

from assets.sources.sheets import Block, Frame

LOOK_ROWS = 500
"""Rows below a header that show how wide its table is."""


def usual_width(block: Block) -> int:
    """The number of cells of most of the first rows with a value; 0 if most differ."""
    if isinstance(block, Frame):
        return block.frame.width
    widths = Counter(len(row) for row in block.rows[:LOOK_ROWS] if row and any(cell and cell.strip() for cell in row))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width if count > widths.total() / 2 else 0


def filled_width(block: Block, most: int) -> int:
    """One more than the last of the first `most` columns that has a value."""
    if isinstance(block, Frame):
        filled = [
            index
            for index, column in enumerate(block.frame[:, :most])
            if column.str.strip_chars().str.len_bytes().sum()
        ]
        return filled[-1] + 1 if filled else 0
    rows = (row[:most] for row in block.rows if row)
    return max((index for row in rows for index, cell in enumerate(row, 1) if cell and cell.strip()), default=0)


def is_numbered(block: Block) -> bool:
    """Whether the first column numbers the rows, as statistical software writes it: 1, 2, 3 …"""
    rows = block.frame[:LOOK_ROWS].iter_rows() if isinstance(block, Frame) else block.rows[:LOOK_ROWS]
    firsts = [row[0] for row in rows if row]
    return len(firsts) > 1 and firsts == [str(number) for number in range(1, len(firsts) + 1)]


def width_of(block: Block) -> int:
    """The number of cells of the widest row."""
    if isinstance(block, Frame):
        return block.frame.width
    return max((len(row) for row in block.rows if row), default=0)
