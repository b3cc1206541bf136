"""Mapping: the rows of a recognised table into typed records of each entity, with nothing left over.

Every cell of a loaded row ends in a typed column, in the record's `custom` map (headers that no field takes, cells that
their field refused), or under a header that the profile ignores by name. A row that names nothing is rejected.
A table is walked through twice, batch by batch: once for what needs all values of a column, once to make the
records.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from assets.sources.casting.cells import CastContext
from assets.sources.layout.tables import Table
from assets.sources.mapping.column_profiles import Survey
from assets.sources.mapping.columns import Batch, Columns
from assets.sources.mapping.custom_cells import key_value_lists
from assets.sources.mapping.recognition import Recognition
from assets.sources.mapping.record_keys import by_id, by_mention, by_natural_key, content_of, digested
from assets.sources.mapping.reimports import REASON, RECORDS, given_keys
from assets.sources.mapping.results import MappedSheet, MappingOptions, RecordSet, Sink
from assets.sources.mapping.sections import Laid, Pointed, stub_fields
from assets.sources.sheets import Rejection
from schemas.contracts.headers import fold_header
from schemas.contracts.keys import SEPARATOR
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import RESOLVED_ENTITIES, DateOrder, Entity
from schemas.profiles.loader import ObjectProfile, Profile

_STANDS_ALONE = frozenset({Entity.ORGANIZATION, Entity.PERSON, Entity.LEAD, Entity.DEAL, Entity.STAGE, Entity.USER})

REMEMBERED_KEYS = 500_000
"""Companies of a list that are remembered, so that one named in many batches is one record: some 40 MB."""


def map_table(table: Table, recognition: Recognition, options: MappingOptions, sink: Sink) -> MappedSheet:
    """Map every row of a table and hand the records to `sink`, frame by frame.

    A frame has the columns `record_key`, `version_key`, `external_id`, `row_number`, those fields of the entity's
    contract that the sheet has columns for, `<target>_key` for its references, and `custom`.
    """
    return _Mapper(table, recognition, options, sink).map()


@dataclass(slots=True)
class _Made:
    """The records of one entity in a batch: which rows carry one, their fields and keys."""

    laid: Laid
    rows: pl.Series
    fields: pl.DataFrame
    external_id: pl.Series
    holds: pl.Series = field(default_factory=pl.Series)
    keys: dict[str, pl.Series] = field(default_factory=dict)
    pointed: dict[Entity, Pointed] = field(default_factory=dict)


class _Mapper:
    def __init__(self, table: Table, recognition: Recognition, options: MappingOptions, sink: Sink) -> None:
        self.object: ObjectProfile = recognition.object
        self.profile: Profile = recognition.profile
        self.table = table
        self.source = options.source
        self.sink = sink
        self.columns = Columns(table, _base_context(recognition, options.base))
        ignored = {fold_header(header) for header in self.object.ignored}
        ignored |= {REASON, RECORDS}
        self.ignored = {index for index, name in enumerate(self.columns.folded) if name in ignored}
        self.sections = [
            laid
            for entity, section in self.object.sections.items()
            for laid in Laid.lay(entity, section, self.object.name, self.profile, self.columns).spread()
        ]
        for laid in self.sections:
            if options.key and (laid.entity == self.object.primary or laid.entity != Entity.ORGANIZATION):
                laid.key = list(options.key)
        self.result = MappedSheet()
        self.survey = Survey(table, self.columns, self.object, self.sections)
        self._seen: set[str] = set()

    def map(self) -> MappedSheet:
        self.survey.look(is_generic=self.profile.is_generic)
        for batch in self.survey.batches():
            self._map_batch(batch)
        self.result.quality = self.survey.quality(self.result.rejections)
        self.result.unmapped = self.survey.unmapped(self.ignored)
        self.columns.report_assumptions()
        self.result.decisions = self.columns.decisions
        return self.result

    # Records of a batch ------------------------------------------------------------------------------------------

    def _map_batch(self, batch: Batch) -> None:
        made = [self._make(batch, laid) for laid in self.sections]
        for item in made:
            self._point(batch, item)
        reasons = self._reasons(batch, made)
        taken = reasons.is_null()
        self._refuse(batch, reasons)
        for item in made:
            item.rows &= taken
        custom = self._custom(batch, made, taken)
        self._hold(made)
        for item in made:
            self._name(batch, item, made, custom)
        for item in made:
            self._link(item, made)
        for item in made:
            self._emit_stubs(batch, item)
        for item in made:
            others = _any([other.rows for other in made if other is not item], batch.height)
            self._emit(batch, item, custom, others)
        self.result.loaded += int(taken.sum())
        refused = set(batch.cells["row_number"].filter(~taken).to_list())
        # The cells of a refused row are refused with it and need no second mention.
        # Two fields that read one column refuse its cell once.
        told = dict.fromkeys(batch.rejections)
        self.result.rejections += [item for item in told if item.row_number not in refused]

    def _make(self, batch: Batch, laid: Laid) -> _Made:
        """The typed fields of one entity, and the rows that carry it."""
        fields = laid.values(batch)
        external = laid.external_ids(batch)
        filled = [fields[name].is_not_null() for name in fields.columns]
        identifying = [fields[name].is_not_null() for name in laid.contract.identifying if name in fields.columns]
        rows = _any(identifying, batch.height)
        if laid.section.always:
            rows = pl.repeat(True, batch.height, dtype=pl.Boolean, eager=True)
        elif laid.entity == self.object.primary:
            # A primary record without a name is still one when its id or two of its fields speak for it.
            count = sum((column.cast(pl.UInt32) for column in filled), pl.repeat(0, batch.height, eager=True))
            rows |= (count > 1) | ((count > 0) & external.is_not_null())
        carried = laid.carries(batch)
        return _Made(laid, rows if carried is None else rows & carried, fields, external)

    def _point(self, batch: Batch, item: _Made) -> None:
        for target, reference in item.laid.section.references.items():
            pointed = item.laid.points(batch, reference)
            item.pointed[target] = pointed
            namespace = reference.object or target.value
            frame = pl.DataFrame([pointed.external_id, _folded_names(pointed.name)])
            key = pl.coalesce(
                by_id(target, self.source, namespace, pl.col("external_id")),
                by_mention(target, self.source, pl.col("name")),
            )
            item.keys[f"{target}_key"] = frame.select(key).to_series().set(~item.rows, None)
        same = item.laid.section.same_as
        if same is not None:
            pointed = item.laid.points(batch, same)
            item.pointed[item.laid.entity] = pointed
            key = by_id(item.laid.entity, self.source, same.object or item.laid.namespace, pl.col("external_id"))
            item.keys["same_as_key"] = pl.DataFrame([pointed.external_id]).select(key).to_series()

    def _reasons(self, batch: Batch, made: list[_Made]) -> pl.Series:
        """The reason why a row becomes no record, null for rows that do."""
        by_entity = {item.laid.entity: item for item in made}
        nothing = pl.repeat(False, batch.height, dtype=pl.Boolean, eager=True)
        people = _any([by_entity[entity].rows for entity in RESOLVED_ENTITIES if entity in by_entity], batch.height)
        lonely = nothing
        if Entity.LEAD in by_entity:
            lead = by_entity[Entity.LEAD]
            tied = [
                lead.keys[f"{entity}_key"].is_not_null() for entity in RESOLVED_ENTITIES if f"{entity}_key" in lead.keys
            ]
            lonely = lead.rows & ~people & ~_any(tied, batch.height)
        stands = _any([item.rows for item in made if item.laid.entity in _STANDS_ALONE], batch.height)
        points = _any(
            [item.rows & key.is_not_null() for item in made for name, key in item.keys.items() if name != "user_key"],
            batch.height,
        )
        return (
            pl.DataFrame({"lonely": lonely, "empty": ~stands & ~points})
            .select(
                pl.when("lonely")
                .then(pl.lit("a lead needs a person or an organization, and the row names neither"))
                .when("empty")
                .then(pl.lit("names no person, organization, lead or deal"))
            )
            .to_series()
        )

    def _refuse(self, batch: Batch, reasons: pl.Series) -> None:
        cells = [f"c{index}" for index in range(len(self.columns.headers))]
        refused = batch.cells.select(*cells, "row_number")
        for place in reasons.is_not_null().arg_true().to_list():
            row = refused.row(place)
            values = {header: cell for header, cell in zip(self.columns.headers, row, strict=False) if cell is not None}
            text = json.dumps(values, ensure_ascii=False)
            self.result.rejections.append(Rejection(row[-1], None, text, reasons[place]))

    def _custom(self, batch: Batch, made: list[_Made], taken: pl.Series) -> dict[int, pl.Series]:
        """Everything in the rows that no record of theirs holds, by column: null where some record does."""
        used = _used(made)
        left: dict[int, pl.Series] = {}
        for index in range(len(self.columns.headers)):
            if index in self.ignored or not self.survey.filled[index]:
                continue
            keep = taken
            if index in used:
                keep = taken & ~used[index]
                if index in batch.kept_raw:
                    keep |= taken & batch.kept_raw[index]
            if keep.any():
                cell = batch.cell(index).set(~keep, None)
                if cell.null_count() < len(cell):
                    left[index] = cell
        return left

    # Keys --------------------------------------------------------------------------------------------------------

    def _name(self, batch: Batch, item: _Made, made: list[_Made], custom: dict[int, pl.Series]) -> None:
        """Give each record its key, from the source's id or else from what it says, and its version key.

        What tells apart records of equal words without ids: a person's employer, whom a lead, deal or note is about.
        """
        laid = item.laid
        without_id = item.external_id.null_count()
        has_id = without_id < batch.height
        key = by_id(laid.entity, self.source, laid.namespace, pl.lit(item.external_id))
        if without_id:
            said = self._said(batch, item, made, custom)
            by_words = digested([pl.lit(SEPARATOR.join(("content", laid.entity, self.source))), pl.lit(said)])
            natural = laid.natural_keys(batch)
            if natural is not None:
                by_key = by_natural_key(laid.entity, self.source, laid.namespace, pl.lit(natural))
                by_words = pl.when(pl.lit(natural).is_not_null()).then(by_key).otherwise(by_words)
            key = pl.coalesce(key, by_words) if has_id else by_words
        keys = pl.select(key.alias("record_key")).to_series()
        if self.survey.records_column is not None:
            # A row of a rejects file updates the records that it made before it was mended.
            given = given_keys(batch.cell(self.survey.records_column), laid.entity)
            keys = keys.zip_with(given.is_null(), given)
        item.keys["record_key"] = keys
        # A record that its own words are the key of has one version; the row as it stands tells versions of others.
        is_named = has_id or bool(laid.key) or self.survey.records_column is not None
        item.keys["version_key"] = (
            pl.select(digested([pl.lit(keys), pl.lit(batch.text)])).to_series() if is_named else keys
        )

    def _said(self, batch: Batch, item: _Made, made: list[_Made], custom: dict[int, pl.Series]) -> pl.Series:
        """What each row says about the record as one text: fields, references, custom cells, and what it is about."""
        references = {name: key for name, key in item.keys.items() if name.endswith("_key")}
        said = item.fields
        if references:
            said = pl.concat([said, pl.DataFrame(list(_renamed(references)))], how="horizontal")
        text = said.select(content_of(said).alias("content")).to_series() if said.width else _blank(batch.height)
        held = _blank(batch.height)
        if custom:
            extra = pl.DataFrame([cell.alias(self.columns.headers[index]) for index, cell in custom.items()])
            held = extra.select(content_of(extra).alias("held")).to_series().set(~item.holds, "")
        about = self._about(item, made, batch.height)
        return pl.select(pl.concat_str(pl.lit(text), pl.lit(held), pl.lit(about), separator=SEPARATOR)).to_series()

    def _about(self, item: _Made, made: list[_Made], height: int) -> pl.Series:
        if item.laid.entity == Entity.ORGANIZATION:
            return _blank(height)
        parts: list[pl.Series] = []
        for other in made:
            if other.laid.entity == item.laid.entity:
                continue
            if item.laid.entity == Entity.PERSON and other.laid.entity != Entity.ORGANIZATION:
                continue
            if item.laid.entity == Entity.PERSON:
                if "name" in other.fields.columns:
                    parts.append(other.fields["name"].set(~other.rows, None))
            elif "record_key" in other.keys:
                parts.append(other.keys["record_key"].set(~other.rows, None))
        if not parts:
            return _blank(height)
        frame = pl.DataFrame([part.alias(f"p{place}") for place, part in enumerate(parts)])
        marked = [pl.concat_str(pl.lit(f"{SEPARATOR}{name}{SEPARATOR}"), pl.col(name)) for name in frame.columns]
        return frame.select(pl.concat_str(marked, ignore_nulls=True)).to_series()

    def _link(self, item: _Made, made: list[_Made]) -> None:
        """Entities of one row belong together, unless the row says otherwise by a reference."""
        for other in made:
            target = other.laid.entity
            if other is item or target not in CONTRACTS[item.laid.entity].references:
                continue
            sibling = other.keys["record_key"].set(~other.rows, None)
            own = item.keys.get(f"{target}_key")
            item.keys[f"{target}_key"] = sibling if own is None else own.zip_with(own.is_not_null(), sibling)

    def _hold(self, made: list[_Made]) -> None:
        """Say which record of each row keeps what is left over: the primary one, else the first that is there."""
        primary = [item for item in made if item.laid.entity == self.object.primary]
        others = [item for item in made if item.laid.entity != self.object.primary]
        held = None
        for item in (*primary, *others):
            item.holds = item.rows if held is None else item.rows & ~held
            held = item.rows if held is None else held | item.rows

    # Frames ------------------------------------------------------------------------------------------------------

    def _emit_stubs(self, batch: Batch, item: _Made) -> None:
        for target, reference in item.laid.section.references.items():
            pointed = item.pointed[target]
            namespace = reference.object or target.value
            key = item.keys.get(f"{target}_key")
            rows = pointed.is_there & item.rows
            if key is None or not rows.any():
                continue
            fields = stub_fields(target, pointed.name)
            frame = fields.with_columns(
                key.alias("record_key"),
                pl.select(digested([pl.lit(key.fill_null("")), pl.lit(pointed.name.fill_null(""))]))
                .to_series()
                .alias("version_key"),
                pointed.external_id.alias("external_id"),
                batch.cells["row_number"],
            ).filter(rows)
            # One mention a batch is enough: a thousand deals of one company mention it once.
            mentions = self._set(target, namespace, fields.columns, is_stub=True)
            self._send(mentions, frame.unique("version_key", keep="first", maintain_order=True))

    def _emit(self, batch: Batch, item: _Made, custom: dict[int, pl.Series], others: pl.Series) -> None:
        """Hand over the records of one entity; `others` marks rows that carry a further one."""
        if not item.rows.any():
            return
        keys = [key.alias(name) for name, key in item.keys.items()]
        frame = item.fields.with_columns(
            *keys,
            item.external_id.alias("external_id"),
            batch.cells["row_number"],
        )
        held = self._held(item, custom)
        if held is not None:
            frame = frame.with_columns(held.alias("custom"))
        laid = item.laid
        if laid.entity == Entity.ORGANIZATION and not laid.ids and laid.entity != self.object.primary:
            # A company that a thousand rows name in the same words is one record, whose key those words are.
            frame = self._unseen(frame, item.rows, others)
        else:
            frame = frame.filter(item.rows)
        self._send(self._set(laid.entity, laid.namespace, item.fields.columns, is_stub=False), frame)

    def _held(self, item: _Made, custom: dict[int, pl.Series]) -> pl.Series | None:
        """The left-over cells that this entity's records hold, as lists of header and cell in the order of headers."""
        if not custom or not item.holds.any():
            return None
        cells = {self.columns.headers[index]: cell.set(~item.holds, None) for index, cell in custom.items()}
        return key_value_lists({header: cells[header] for header in sorted(cells)})

    def _unseen(self, frame: pl.DataFrame, rows: pl.Series, others: pl.Series) -> pl.DataFrame:
        """The records that no remembered row had, and those that are all their row carries."""
        keys = frame["record_key"].set(~rows, None)
        new = rows & keys.is_first_distinct()
        if self._seen:
            places = new.arg_true()
            told = [key in self._seen for key in keys.gather(places)]
            new = new.scatter(places, ~pl.Series(told, dtype=pl.Boolean))
        if len(self._seen) < REMEMBERED_KEYS:
            self._seen.update(keys.filter(new))
        return frame.filter(new | (rows & ~others))

    def _set(self, entity: Entity, namespace: str, fields: list[str], *, is_stub: bool) -> RecordSet:
        return RecordSet(entity, self.source, namespace, self.table.name, is_stub, tuple(fields))

    def _send(self, records: RecordSet, frame: pl.DataFrame) -> None:
        self.result.records[records.entity] = self.result.records.get(records.entity, 0) + frame.height
        self.sink(records, frame)


def _used(made: list[_Made]) -> dict[int, pl.Series]:
    """By column, the rows in which some record holds its cell."""
    used: dict[int, pl.Series] = {}
    for item in made:
        for index in item.laid.indexes:
            used[index] = used[index] | item.rows if index in used else item.rows
        for pointed in item.pointed.values():
            for index, rows in pointed.used.items():
                here = rows & item.rows
                used[index] = used[index] | here if index in used else here
    return used


def _any(columns: list[pl.Series], height: int) -> pl.Series:
    found = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    for column in columns:
        found |= column
    return found


def _blank(height: int) -> pl.Series:
    return pl.repeat("", height, dtype=pl.String, eager=True)


def _renamed(columns: dict[str, pl.Series]) -> Iterator[pl.Series]:
    return (column.alias(name) for name, column in columns.items())


def _folded_names(names: pl.Series) -> pl.Series:
    texts = names.drop_nulls().unique().to_list()
    return names.replace(texts, [fold_header(text) for text in texts]) if texts else names


def _base_context(recognition: Recognition, base: CastContext) -> CastContext:
    """The context of a sheet: what the object and the profile fix outranks the settings."""
    order = recognition.object.date_order or recognition.profile.date_order
    return replace(
        base,
        date_order=DateOrder(order) if order else base.date_order,
        decimal_sign=recognition.profile.decimal_sign or base.decimal_sign,
        time_zone=recognition.profile.time_zone or base.time_zone,
    )
