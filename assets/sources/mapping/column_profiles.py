"""Column profiles: how the columns of a table are filled, whether ids are unique, which cells are placeholders.

Belongs here: the first pass over a table, and the quality of its columns. Does not belong here: making records
(`assets.sources.mapping.tables`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from assets.sources.layout.tables import Table
from assets.sources.mapping.columns import Batch, Columns
from assets.sources.mapping.reimports import RECORDS, restored
from assets.sources.mapping.sections import BoundSection
from assets.sources.sheets import Rejection
from schemas.contracts.word_lists import word_list
from schemas.profiles.loader import ObjectProfile

MOST_REPEATED = 0.25
"""The share of values that may repeat in a column of ids. Of 12 columns with repeated values in real lists, those that
name something else (the account of a contact, the deal of a stage change) repeat 31 % of their values or more.
"""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A column without a field: its header, how many rows fill it, and its first value."""

    column: str
    filled: int
    example: str | None


@dataclass(frozen=True, slots=True)
class ColumnQuality:
    """A column of a list: how many rows fill it, how many cells were rejected, how many are placeholders.

    `example` is the first placeholder, `first` the first cell.
    """

    column: str
    rows: int
    filled: int
    refused: int
    suspicious: int
    example: str | None
    first: str | None = None


class ColumnProfiler:
    """Profiles the columns of a table. `filled` counts the cells that are not blank, by column."""

    def __init__(self, table: Table, columns: Columns, item: ObjectProfile, sections: Sequence[BoundSection]) -> None:
        self.table, self.columns, self.object, self.sections = table, columns, item, sections
        self.records_column = next((i for i, header in enumerate(table.headers) if header == RECORDS), None)
        self.filled = [0] * len(table.headers)
        self._suspicious = [0] * len(table.headers)
        self._examples: list[str | None] = [None] * len(table.headers)
        self._suspects: list[str | None] = [None] * len(table.headers)
        self._without_value: dict[int, tuple[int, str]] = {}
        self._is_profiled = False

    def batches(self) -> Iterator[Batch]:
        """Yield the rows; blank cells of columns to fill down repeat the cell above."""
        is_reimport = self.records_column is not None
        above: dict[int, str | None] = dict.fromkeys(self.columns.find(self.object.fill_down))
        for cells in self.table.cells.batches():
            if is_reimport:
                texts = {name: cells[name] for name in cells.columns if name != "row_number"}
                cells = cells.with_columns(restored(texts))  # noqa: PLW2901
            for index, last in above.items():
                column = pl.concat([pl.Series([last], dtype=pl.String), cells[f"c{index}"]])
                column = column.fill_null(strategy="forward")
                cells = cells.with_columns(column[1:].alias(f"c{index}"))  # noqa: PLW2901
                above[index] = column.to_list()[-1]
            yield Batch(self._emptied(cells))

    def _emptied(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Empty the cells that only say that there is no value: an error of a spreadsheet, `NULL` of a database."""
        forms = pl.Series([form for word in word_list(__file__, "no_values") for form in (word, word.upper())])
        # The first pass finds the columns that have such cells; no other is searched again.
        for index in list(self._without_value) if self._is_profiled else range(len(self.columns.headers)):
            cell = cells[f"c{index}"]
            hits = cell.is_in(forms.implode()).fill_null(False)
            if hits.any():
                if not self._is_profiled:
                    count, example = self._without_value.get(index, (0, str(cell.filter(hits)[0])))
                    self._without_value[index] = (count + int(hits.sum() or 0), example)
                cells = cells.with_columns(cell.set(hits, None).alias(f"c{index}"))
        return cells

    def _report_emptied(self) -> None:
        for index, (count, example) in self._without_value.items():
            self.columns.decide(
                f"{self.columns.headers[index]!r}: {count} cells such as {example!r} hold no value and are empty"
            )

    def profile(self, *, is_list: bool) -> None:
        """Read the table once."""
        ids = [bound for bound in self.sections if bound.entity == self.object.primary and bound.ids]
        seen: list[pl.Series] = []
        # In the three ways they are written: lower-casing every cell of a list takes as long as reading it.
        given = sorted(word_list(__file__, "placeholders"))
        words = pl.Series([form for word in given for form in (word, word.title(), word.upper())]).implode()
        for batch in self.batches():
            self.columns.observe(batch)
            for index in range(len(self.columns.headers)):
                self._profile_column(index, batch.cell(index), words)
            if ids:
                seen.append(batch.cell(ids[0].ids[0]).drop_nulls().hash())
        self._is_profiled = True
        self._report_emptied()
        if ids and seen and (every := pl.concat(seen)).n_unique() < len(every):
            self._judge_ids(ids[0], is_list=is_list)

    def _profile_column(self, index: int, cell: pl.Series, words: pl.Series) -> None:
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

    def _judge_ids(self, bound: BoundSection, *, is_list: bool) -> None:
        """Report ids that several different rows have; in a flat list such an id identifies none of its rows.

        In a list that comes from no CRM nothing says that rows with one id are versions of one record: used as an id
        it would merge them. If many values repeat, the column is the id of something else and identifies no row.
        """
        index = bound.ids[0]
        parts = [
            pl.DataFrame({"id": batch.cell(index), "row": batch.cells.drop("row_number").hash_rows()}).drop_nulls()
            for batch in self.batches()
        ]
        ids = pl.concat(parts).group_by("id", maintain_order=True).agg(pl.col("row").n_unique(), pl.len())
        repeated = ids.filter(pl.col("row") > 1)
        if repeated.is_empty():
            return
        header, count = self.columns.headers[index], repeated.height
        if not is_list:
            self.columns.decide(f"{header!r}: {count} ids repeat in different rows; the newest row of each counts")
        elif count > 1 and count > MOST_REPEATED * ids.height:
            bound.ids = []
            self.columns.decide(
                f"{header!r}: {count} of {ids.height} values repeat in different rows, so it is not used as their id"
            )
        else:
            bound.repeated_ids = repeated["id"]
            self.columns.decide(
                f"{header!r}: {count} values repeat in different rows, such as {repeated['id'][0]!r}; these "
                f"{repeated['len'].sum()} rows have no id"
            )

    def unmapped(self, ignored: set[int]) -> list[Unmapped]:
        """Return the columns without a field; leaves out columns without a name and without cells."""
        claimed = {index for bound in self.sections for index in bound.indexes} | ignored
        for bound in self.sections:
            claimed |= set(self.columns.find([*bound.section.when, *bound.key]))
            for reference in (*bound.section.references.values(), bound.section.same_as):
                if reference is not None:
                    headers = [*reference.id, *reference.email, *reference.domain, *reference.name, *reference.when]
                    claimed |= set(self.columns.find(headers))
        return [
            Unmapped(header, self.filled[index], self._examples[index])
            for index, header in enumerate(self.columns.headers)
            if index not in claimed and (self.filled[index] or not header.startswith("column "))
        ]

    def quality(self, rejections: Sequence[Rejection]) -> list[ColumnQuality]:
        """Return the quality of every column."""
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
