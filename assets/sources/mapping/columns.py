"""Columns of a table: found by header, cast batch by batch, with every rejected cell and decision recorded.

Belongs here: decisions about a column as a whole. Does not belong here: which rows become records
(`assets.sources.mapping.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from assets.sources.casting.cells import CastContext
from assets.sources.casting.columns import Caster
from assets.sources.casting.locale_decisions import DECIDED_BY_COLUMN, Evidence
from assets.sources.layout.tables import Table
from assets.sources.sheets import Rejection
from schemas.contracts.headers import fold_header, without_repeat
from schemas.contracts.keys import SEPARATOR
from schemas.contracts.records import CONTRACTS, Field
from schemas.contracts.vocabulary import Entity, Kind

_PARTS = {
    Kind.EMAIL: r"[^;,|\s]+",
    Kind.PHONE: r"[^;,|\n]+",
    Kind.LABELS: r"[^;,|\n]+",
}
"""How the single values of a cell that holds several are split, by kind."""

_SEVERAL = {kind: pattern.replace("[^", "[").removesuffix("+") for kind, pattern in _PARTS.items()}
_BRACKETED = r"<[^<>\s]+@[^<>\s]+>"
_IN_BRACKETS = r"[^<>;,\s]+@[^<>;,\s]+"
_BESIDE_NUMBER = r"\p{L}|#"
"""Letters in a phone cell: an extension (`x450`), a name, a kind. What E.164 leaves out is kept."""
_TRIPLE_COLON = " ::: "


@dataclass(slots=True)
class Batch:
    """Rows of a table: `cells` with `c0` … and `row_number`, and what casting found.

    `kept_raw` marks, by column, the rows whose whole cell is kept in `custom` besides its field.
    """

    cells: pl.DataFrame
    rejections: list[Rejection] = field(default_factory=list)
    kept_raw: dict[int, pl.Series] = field(default_factory=dict)
    _text: pl.Series | None = None

    @property
    def text(self) -> pl.Series:
        """Each row as one text, its cells in order."""
        if self._text is None:
            cells = pl.all().exclude("row_number").fill_null("")
            self._text = self.cells.select(pl.concat_str(cells, separator=SEPARATOR)).to_series()
        return self._text

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.cells.height

    def cell(self, index: int) -> pl.Series:
        """The text cells of a column."""
        return self.cells[f"c{index}"]

    def keep_raw(self, index: int, rows: pl.Series) -> None:
        """Mark cells to be kept unchanged."""
        rows = rows.fill_null(False)
        if rows.any():
            self.kept_raw[index] = self.kept_raw[index] | rows if index in self.kept_raw else rows


class Columns:
    """The columns of one table under the profile's fields."""

    def __init__(self, table: Table, base: CastContext) -> None:
        self.headers = table.headers
        self.base = base
        self._whole = [fold_header(header) for header in table.headers]
        self.folded = [without_repeat(header) for header in self._whole]
        self.decisions: list[str] = []
        self.assumed_country: dict[int, int] = {}
        self._mail_services: dict[int, list[str]] = {}
        self._found: dict[tuple[str, ...], list[int]] = {}
        self._evidence: dict[tuple[int, Kind], Evidence] = {}
        self._casters: dict[tuple[int, Kind, str, bool], Caster] = {}

    def find(self, headers: Sequence[str]) -> list[int]:
        """Columns under any of these headers, in the order of the headers, then of the sheet.

        `Phone` finds `Phone (2)` as well, a repeated column; `Phone (2)` finds itself alone.
        """
        wanted = tuple(headers)
        if wanted not in self._found:
            found: dict[int, None] = {}
            for header in headers:
                folded = fold_header(header)
                names = zip(self.folded, self._whole, strict=True)
                found |= {index: None for index, known in enumerate(names) if folded in known}
            self._found[wanted] = list(found)
        return self._found[wanted]

    def decide(self, sentence: str) -> None:
        """Record a decision once."""
        if sentence not in self.decisions:
            self.decisions.append(sentence)

    # Evidence ----------------------------------------------------------------------------------------------------

    def expect(self, index: int, kind: Kind) -> None:
        """Declare that a column will be cast to a kind, so that its values are observed first."""
        if kind in DECIDED_BY_COLUMN:
            self._evidence.setdefault((index, kind), Evidence(kind))

    def observe(self, batch: Batch) -> None:
        """Gather evidence from a batch."""
        for (index, _), evidence in self._evidence.items():
            evidence.add(batch.cell(index))

    def _caster(self, spec: Field, index: int, country: str) -> Caster:
        is_birth = spec.name == "birth_date"
        key = (index, spec.kind, country, is_birth)
        if key not in self._casters:
            context = replace(self.base, is_birth_date=is_birth, default_country=country)
            evidence = self._evidence.get((index, spec.kind))
            if evidence is not None:
                context, sentence = evidence.decide(context)
                if sentence:
                    self.decide(f"{self.headers[index]!r}: {sentence}")
            self._casters[key] = Caster(spec.kind, context)
        return self._casters[key]

    # Casting -----------------------------------------------------------------------------------------------------

    def countries(self, batch: Batch, indexes: Sequence[int]) -> pl.Series | None:
        """The country of each row by the first of these columns, for its phone numbers; None without such a column."""
        if not indexes:
            return None
        spec = CONTRACTS[Entity.PERSON].fields["country"]
        return self._caster(spec, indexes[0], self.base.default_country).cast(batch.cell(indexes[0]))[0]

    def cast(self, batch: Batch, spec: Field, index: int, countries: pl.Series | None) -> pl.Series:
        """Cast one column for a field: a value a row, a list of values for list fields; null where blank or refused."""
        column = batch.cell(index)
        if spec.is_list or spec.kind == Kind.PHONE:
            lists = self._cast_list(batch, spec, index, countries)
            if spec.is_list:
                return lists
            batch.keep_raw(index, lists.list.len() > 1)
            return lists.list.first()
        caster = self._caster(spec, index, self.base.default_country)
        values, refused = caster.cast(column)
        self._refuse(batch, index, column, refused)
        if spec.kind == Kind.MONEY:
            # An amount with more than two decimals is kept as given beside its rounded value.
            batch.keep_raw(index, column.str.contains(rf"\{caster.context.decimal_sign}\d{{2}}\d*[1-9]"))
        return values

    def _cast_list(self, batch: Batch, spec: Field, index: int, countries: pl.Series | None) -> pl.Series:
        """Cast cells that may hold several values. Phone numbers are read in the country of their row."""
        column = batch.cell(index)
        several = column.str.contains(_SEVERAL[spec.kind]).fill_null(False)
        places = self._places(spec, countries)
        if not several.any():
            values = self._cast_by_place(batch, spec, index, column, places)
            lists = values.to_frame("value").select(
                pl.when(pl.col("value").is_not_null()).then(pl.concat_list("value"))
            )
            return lists.to_series()
        rows = pl.DataFrame({"row": pl.int_range(batch.height, eager=True), "text": _parts(column, spec.kind)})
        single = rows.explode("text", empty_as_null=True).with_columns(pl.col("text").str.strip_chars()).drop_nulls()
        single = single.filter(pl.col("text") != "")
        parts = Batch(
            pl.DataFrame({f"c{index}": single["text"], "row_number": batch.cells["row_number"].gather(single["row"])})
        )
        values = self._cast_by_place(
            parts, spec, index, single["text"], places.gather(single["row"]) if places is not None else None
        )
        batch.rejections += parts.rejections
        for marked, flags in parts.kept_raw.items():
            hit = single["row"].filter(flags)
            batch.keep_raw(marked, rows["row"].is_in(hit.implode()))
        united = (
            single.with_columns(values.alias("value"))
            .drop_nulls("value")
            .group_by("row", maintain_order=True)
            .agg(pl.col("value").unique(maintain_order=True))
        )
        return rows.select("row").join(united, on="row", how="left", maintain_order="left")["value"]

    def _places(self, spec: Field, countries: pl.Series | None) -> pl.Series | None:
        if spec.kind != Kind.PHONE or countries is None:
            return None
        return countries.fill_null(self.base.default_country)

    def _cast_by_place(
        self, batch: Batch, spec: Field, index: int, column: pl.Series, places: pl.Series | None
    ) -> pl.Series:
        if spec.kind == Kind.PHONE:
            batch.keep_raw(index, column.str.contains(_BESIDE_NUMBER))
            is_national = ~column.str.contains(r"^\s*(?:\+|00)")
            assumed = is_national if places is None else is_national & (places == self.base.default_country)
            self.assumed_country[index] = self.assumed_country.get(index, 0) + int(assumed.sum() or 0)
        if places is None:
            values, refused = self._caster(spec, index, self.base.default_country).cast(column)
            self._refuse(batch, index, column, refused)
            return values
        cast = pl.Series("value", [None] * len(column), dtype=pl.String)
        for place in places.unique().to_list():
            here = (places == place).arg_true()
            texts = column.gather(here)
            values, refused = self._caster(spec, index, place).cast(texts)
            cast = cast.scatter(here, values)
            if refused:
                self._refuse(batch, index, column.set(places != place, None), refused)
        return cast

    def count_mail_services(self, index: int, domains: pl.Series) -> None:
        """Count web domains that are those of mail services and so name no company."""
        self._mail_services.setdefault(index, []).extend(domains.to_list())

    def report_assumptions(self) -> None:
        """Record how many domains of mail services name no company, and the country of how many phone numbers."""
        for index, domains in self._mail_services.items():
            if domains:
                self.decide(
                    f"{self.headers[index]!r}: {len(domains)} domains of mail services name no organization, "
                    f"such as {domains[0]!r}"
                )
        for index, count in self.assumed_country.items():
            if count:
                self.decide(
                    f"{self.headers[index]!r}: {count} numbers without a country read as "
                    f"{self.base.default_country} (by {self.base.country_by})"
                )

    def _refuse(self, batch: Batch, index: int, column: pl.Series, refused: Mapping[str, str]) -> None:
        if not refused:
            return
        hit = column.is_in(pl.Series(list(refused), dtype=pl.String).implode()).fill_null(False)
        batch.keep_raw(index, hit)
        rows = pl.DataFrame({"row": batch.cells["row_number"], "text": column}).filter(hit)
        batch.rejections += [Rejection(row, self.headers[index], text, refused[text]) for row, text in rows.iter_rows()]


def _parts(column: pl.Series, kind: Kind) -> pl.Series:
    """The single texts of cells that may hold several, as lists. An address in angle brackets has a name before it."""
    plain = column.str.replace_all(_TRIPLE_COLON, ";", literal=True)
    parts = plain.str.extract_all(_PARTS[kind])
    if kind != Kind.EMAIL:
        return parts
    bracketed = plain.str.contains(_BRACKETED).fill_null(False)
    return parts.zip_with(~bracketed, plain.str.extract_all(_IN_BRACKETS)) if bracketed.any() else parts
