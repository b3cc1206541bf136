"""What is true of the columns of a table before any row of it is mapped: how they are filled, whether ids tell rows
apart, which values look like none.

Belongs here: the first walk through a table, and what it says about the quality of the list. Does not belong
here: making records (`assets.sources.mapping.tables`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from assets.sources.layout.tables import Table
from assets.sources.mapping.columns import Batch, Columns
from assets.sources.mapping.reimports import RECORDS, restored
from assets.sources.mapping.sections import Laid
from assets.sources.sheets import Rejection
from schemas.profiles.loader import ObjectProfile

SUSPICIOUS = (
    "test", "testing", "test test", "tester", "asdf", "asdfasdf", "qwerty", "qwertz", "azerty", "xxx", "xxxx", "foo",
    "bar", "dummy", "sample", "example", "n/a", "na", "#n/a", "none", "null", "nil", "nan", "unknown", "not available",
    "tbd", "-", "--", "---", ".", "?", "??", "0000000000", "1234567890", "123456789", "1111111111", "test@test.com",
    "test@example.com", "none@none.com", "no@email.com", "noemail@noemail.com", "inconnu", "unbekannt", "desconocido",
    "sconosciuto", "desconhecido", "onbekend", "keine angabe", "k.a.", "s/o", "sans objet",
)  # fmt: skip
"""What people write where they have nothing to write, in small letters."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A column that no field takes: its header, how many rows fill it, and its first value."""

    column: str
    filled: int
    example: str | None


@dataclass(frozen=True, slots=True)
class ColumnQuality:
    """A column of a list: in how many rows it is filled, how many cells were refused, how many look like none.

    `example` is the first cell that looks like none, `first` the first cell of all.
    """

    column: str
    rows: int
    filled: int
    refused: int
    suspicious: int
    example: str | None
    first: str | None = None


class Survey:
    """The first walk through a table. `filled` counts, by column, the cells that are not blank."""

    def __init__(self, table: Table, columns: Columns, item: ObjectProfile, sections: Sequence[Laid]) -> None:
        self.table, self.columns, self.object, self.sections = table, columns, item, sections
        self.records_column = next((i for i, header in enumerate(table.headers) if header == RECORDS), None)
        self.filled = [0] * len(table.headers)
        self._suspicious = [0] * len(table.headers)
        self._examples: list[str | None] = [None] * len(table.headers)
        self._suspects: list[str | None] = [None] * len(table.headers)

    def batches(self) -> Iterator[Batch]:
        """The rows, a blank cell of the columns to fill down saying what the one above it says."""
        is_mended = self.records_column is not None
        above: dict[int, str | None] = dict.fromkeys(self.columns.find(self.object.fill_down))
        for cells in self.table.cells.batches():
            if is_mended:
                texts = {name: cells[name] for name in cells.columns if name != "row_number"}
                cells = cells.with_columns(restored(texts))  # noqa: PLW2901
            for index, last in above.items():
                column = pl.concat([pl.Series([last], dtype=pl.String), cells[f"c{index}"]])
                column = column.fill_null(strategy="forward")
                cells = cells.with_columns(column[1:].alias(f"c{index}"))  # noqa: PLW2901
                above[index] = column.to_list()[-1]
            yield Batch(cells)

    def look(self, *, is_generic: bool) -> None:
        """Walk through the table once."""
        ids = [laid for laid in self.sections if laid.entity == self.object.primary and laid.ids]
        seen: list[pl.Series] = []
        # In the three ways they are written: lower-casing every cell of a list takes as long as reading it.
        words = pl.Series([form for word in SUSPICIOUS for form in (word, word.title(), word.upper())]).implode()
        for batch in self.batches():
            self.columns.look(batch)
            for index in range(len(self.columns.headers)):
                self._look_at(index, batch.cell(index), words)
            if ids:
                seen.append(batch.cell(ids[0].ids[0]).drop_nulls().hash())
        if ids and seen and (every := pl.concat(seen)).n_unique() < len(every):
            self._judge_ids(ids[0], is_generic=is_generic)

    def _look_at(self, index: int, cell: pl.Series, words: pl.Series) -> None:
        filled = len(cell) - cell.null_count()
        self.filled[index] += filled
        if not filled:
            return
        if self._examples[index] is None:
            self._examples[index] = str(cell.drop_nulls().first())
        suspicious = cell.is_in(words)
        if suspicious.any():
            self._suspicious[index] += int(suspicious.sum() or 0)
            self._suspects[index] = self._suspects[index] or str(cell.filter(suspicious).first())

    def _judge_ids(self, laid: Laid, *, is_generic: bool) -> None:
        """Say where ids stand in several different rows, and do not believe a list's `id` column that does so.

        In a list that no CRM wrote a column called `id` may mean anything. One whose values repeat over different rows
        does not tell the rows apart: taken as an id it would fold them into one record.
        """
        index = laid.ids[0]
        parts = [
            pl.DataFrame({"id": batch.cell(index), "row": batch.cells.drop("row_number").hash_rows()}).drop_nulls()
            for batch in self.batches()
        ]
        repeated = pl.concat(parts).group_by("id").agg(pl.col("row").n_unique()).filter(pl.col("row") > 1).height
        header = self.columns.headers[index]
        if repeated and is_generic:
            laid.ids = []
            self.columns.decide(
                f"{header!r}: {repeated} values stand in several different rows, so it is no id of them"
            )
        elif repeated:
            self.columns.decide(
                f"{header!r}: {repeated} ids stand in several different rows; the newest of each counts"
            )

    def unmapped(self, ignored: set[int]) -> list[Unmapped]:
        """The columns that nothing in the profile takes; columns without a name and without cells are none."""
        claimed = {index for laid in self.sections for index in laid.indexes} | ignored
        for laid in self.sections:
            claimed |= set(self.columns.find([*laid.section.when, *laid.key]))
            for reference in (*laid.section.references.values(), laid.section.same_as):
                if reference is not None:
                    claimed |= set(self.columns.find([*reference.id, *reference.name, *reference.when]))
        return [
            Unmapped(header, self.filled[index], self._examples[index])
            for index, header in enumerate(self.columns.headers)
            if index not in claimed and (self.filled[index] or not header.startswith("column "))
        ]

    def quality(self, rejections: Sequence[Rejection]) -> list[ColumnQuality]:
        """Every column with how it is filled; of suspicious values the first is the example."""
        refused = Counter(item.column for item in rejections)
        return [
            ColumnQuality(
                header,
                self.table.cells.height,
                self.filled[index],
                refused[header],
                self._suspicious[index],
                self._suspects[index],
                self._examples[index],
            )
            for index, header in enumerate(self.columns.headers)
        ]
