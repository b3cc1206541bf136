"""Mapping: turn the rows of a recognised table into typed records of each entity, with nothing left over.

Every cell of a loaded row goes to a typed column, to the record's `custom` map (headers without a field, rejected
cells), or belongs to a header that the profile ignores by name. A row that names no entity is rejected. The mapper
reads a table twice, batch by batch: once to profile its columns, once to make the records.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from assets.sources.layout.tables import Table
from assets.sources.mapping.column_profiles import ColumnProfiler
from assets.sources.mapping.columns import Batch, Columns
from assets.sources.mapping.custom_cells import key_value_lists
from assets.sources.mapping.misplaced import with_misplaced_emails
from assets.sources.mapping.profile_readings import Recognition
from assets.sources.mapping.record_keys import by_id, by_natural_key, by_reference_name, content_of, digested
from assets.sources.mapping.reimports import REASON, RECORDS, given_keys
from assets.sources.mapping.results import MappedSheet, MappingOptions, RecordSet, Sink
from assets.sources.mapping.sections import BoundSection, ReferenceColumns, reference_only_fields
from assets.sources.sheets import Rejection
from schemas.contracts.headers import fold_header
from schemas.contracts.keys import SEPARATOR
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import RESOLVED_ENTITIES, Entity
from schemas.profiles.loader import ObjectProfile, Profile

_INDEPENDENT = frozenset(
    {Entity.ORGANIZATION, Entity.PERSON, Entity.LEAD, Entity.DEAL, Entity.STAGE, Entity.USER, Entity.ACTIVITY}
)

MOST_SEEN_KEYS = 500_000
"""Company keys kept in memory, so that a company named in many batches is one record: about 40 MB."""


def map_table(table: Table, recognition: Recognition, options: MappingOptions, sink: Sink) -> MappedSheet:
    """Map every row of a table and pass the records to `sink`, frame by frame.

    A frame has the columns `record_key`, `version_key`, `external_id`, `row_number`, those fields of the entity's
    contract that the sheet has columns for, `<target>_key` for its references, and `custom`.
    """
    return _Mapper(table, recognition, options, sink).map()


@dataclass(slots=True)
class _EntityRows:
    """The records of one entity in a batch: the rows that have one, their fields and keys."""

    bound: BoundSection
    rows: pl.Series
    fields: pl.DataFrame
    external_id: pl.Series
    holds: pl.Series = field(default_factory=pl.Series)
    keys: dict[str, pl.Series] = field(default_factory=dict)
    referenced: dict[Entity, ReferenceColumns] = field(default_factory=dict)


class _Mapper:
    def __init__(self, table: Table, recognition: Recognition, options: MappingOptions, sink: Sink) -> None:
        self.object: ObjectProfile = recognition.object
        self.profile: Profile = recognition.profile
        self.table = table
        self.source = options.source
        self.sink = sink
        self.columns = Columns(table, options.context_of(self.profile, self.object))
        ignored = {fold_header(header) for header in self.object.ignored}
        ignored |= {REASON, RECORDS}
        self.ignored = {index for index, name in enumerate(self.columns.folded) if name in ignored}
        self.sections = [
            bound
            for entity, section in self.object.sections.items()
            for bound in BoundSection.bind(entity, section, self.object.name, self.profile, self.columns).unpivoted()
        ]
        for bound in self.sections:
            if options.key and (bound.entity == self.object.primary or bound.entity != Entity.ORGANIZATION):
                bound.key = list(options.key)
        self.result = MappedSheet()
        self.profiler = ColumnProfiler(table, self.columns, self.object, self.sections)
        self._seen: set[str] = set()

    def map(self) -> MappedSheet:
        self.profiler.profile(is_list=self.profile.is_generic or self.profile.is_own)
        for batch in self.profiler.batches():
            self._map_batch(batch)
        self.result.quality = self.profiler.quality(self.result.rejections)
        self.result.unmapped = self.profiler.unmapped(self.ignored)
        self.columns.report_assumptions()
        self.result.decisions = self.columns.decisions
        return self.result

    # Records of a batch ------------------------------------------------------------------------------------------

    def _map_batch(self, batch: Batch) -> None:
        made = [self._make(batch, bound) for bound in self.sections]
        for item in made:
            self._resolve_references(batch, item)
        reasons = self._reasons(batch, made)
        loaded = reasons.is_null()
        self._reject(batch, reasons)
        for item in made:
            item.rows &= loaded
        custom = self._custom(batch, made, loaded)
        self._choose_custom_holder(made)
        for item in made:
            self._assign_keys(batch, item, made, custom)
        for item in made:
            self._link(item, made)
        for item in made:
            self._emit_reference_only(batch, item)
        for item in made:
            others = _any([other.rows for other in made if other is not item], batch.height)
            self._emit(batch, item, custom, others)
        self.result.loaded += int(loaded.sum())
        rejected = set(batch.cells["row_number"].filter(~loaded).to_list())
        # A rejected row covers its cells. Two fields that read one column reject its cell once.
        distinct = dict.fromkeys(batch.rejections)
        self.result.rejections += [item for item in distinct if item.row_number not in rejected]

    def _make(self, batch: Batch, bound: BoundSection) -> _EntityRows:
        """Return the typed fields of one entity and the rows that have it."""
        fields = bound.values(batch)
        if bound.entity == Entity.PERSON == self.object.primary:
            fields = with_misplaced_emails(fields, batch, self.columns)
        external = bound.external_ids(batch)
        filled = [fields[name].is_not_null() for name in fields.columns]
        identifying = [fields[name].is_not_null() for name in bound.contract.identifying if name in fields.columns]
        rows = _any(identifying, batch.height)
        if bound.section.always:
            rows = pl.repeat(True, batch.height, dtype=pl.Boolean, eager=True)
        elif bound.entity == self.object.primary:
            # A primary record without a name needs an id or two filled fields.
            count = sum((column.cast(pl.UInt32) for column in filled), pl.repeat(0, batch.height, eager=True))
            rows |= (count > 1) | ((count > 0) & external.is_not_null())
        allowed = bound.allowed_rows(batch)
        return _EntityRows(bound, rows if allowed is None else rows & allowed, fields, external)

    def _resolve_references(self, batch: Batch, item: _EntityRows) -> None:
        for target, reference in item.bound.section.references.items():
            referenced = item.bound.references_in(batch, reference)
            item.referenced[target] = referenced
            namespace = reference.object or target.value
            frame = pl.DataFrame(
                [referenced.external_id, referenced.email, referenced.domain, _folded_names(referenced.name)]
            )
            key = pl.coalesce(
                by_id(target, self.source, namespace, pl.col("external_id")),
                by_reference_name(target, self.source, pl.coalesce("email", "domain", "name")),
            )
            item.keys[f"{target}_key"] = frame.select(key).to_series().set(~item.rows, None)
        same = item.bound.section.same_as
        if same is not None:
            referenced = item.bound.references_in(batch, same)
            item.referenced[item.bound.entity] = referenced
            key = by_id(item.bound.entity, self.source, same.object or item.bound.namespace, pl.col("external_id"))
            item.keys["same_as_key"] = pl.DataFrame([referenced.external_id]).select(key).to_series()

    def _reasons(self, batch: Batch, made: list[_EntityRows]) -> pl.Series:
        """Return why each row makes no record, null for rows that do."""
        by_entity = {item.bound.entity: item for item in made}
        nothing = pl.repeat(False, batch.height, dtype=pl.Boolean, eager=True)
        people = _any([by_entity[entity].rows for entity in RESOLVED_ENTITIES if entity in by_entity], batch.height)
        lonely = nothing
        if Entity.LEAD in by_entity:
            lead = by_entity[Entity.LEAD]
            tied = [
                lead.keys[f"{entity}_key"].is_not_null() for entity in RESOLVED_ENTITIES if f"{entity}_key" in lead.keys
            ]
            lonely = lead.rows & ~people & ~_any(tied, batch.height)
        has_entity = _any([item.rows for item in made if item.bound.entity in _INDEPENDENT], batch.height)
        has_reference = _any(
            [item.rows & key.is_not_null() for item in made for name, key in item.keys.items() if name != "user_key"],
            batch.height,
        )
        return (
            pl.DataFrame({"lonely": lonely, "empty": ~has_entity & ~has_reference})
            .select(
                pl.when("lonely")
                .then(pl.lit("a lead needs a person or an organization, and the row names neither"))
                .when("empty")
                .then(pl.lit("names no person, organization, lead, deal or activity"))
            )
            .to_series()
        )

    def _reject(self, batch: Batch, reasons: pl.Series) -> None:
        cells = [f"c{index}" for index in range(len(self.columns.headers))]
        rows = batch.cells.select(*cells, "row_number")
        for place in reasons.is_not_null().arg_true().to_list():
            row = rows.row(place)
            values = {header: cell for header, cell in zip(self.columns.headers, row, strict=False) if cell is not None}
            text = json.dumps(values, ensure_ascii=False)
            self.result.rejections.append(Rejection(row[-1], None, text, reasons[place]))

    def _custom(self, batch: Batch, made: list[_EntityRows], loaded: pl.Series) -> dict[int, pl.Series]:
        """Return the cells that no field uses, by column; null where a record uses the cell."""
        used = _used(made)
        left: dict[int, pl.Series] = {}
        for index in range(len(self.columns.headers)):
            if index in self.ignored or not self.profiler.filled[index]:
                continue
            keep = loaded
            if index in used:
                keep = loaded & ~used[index]
                if index in batch.kept_raw:
                    keep |= loaded & batch.kept_raw[index]
            if keep.any():
                cell = batch.cell(index).set(~keep, None)
                if cell.null_count() < len(cell):
                    left[index] = cell
        return left

    # Keys --------------------------------------------------------------------------------------------------------

    def _assign_keys(
        self, batch: Batch, item: _EntityRows, made: list[_EntityRows], custom: dict[int, pl.Series]
    ) -> None:
        """Assign each record its key, from the source's id or else from its content, and its version key.

        Records without ids and with equal content differ by a person's employer, or by the subject of a lead, deal or
        note.
        """
        bound = item.bound
        without_id = item.external_id.null_count()
        has_id = without_id < batch.height
        key = by_id(bound.entity, self.source, bound.namespace, pl.lit(item.external_id))
        if without_id:
            content = self._content(batch, item, made, custom)
            by_content = digested([pl.lit(SEPARATOR.join(("content", bound.entity, self.source))), pl.lit(content)])
            natural = bound.natural_keys(batch)
            if natural is not None:
                by_key = by_natural_key(bound.entity, self.source, bound.namespace, pl.lit(natural))
                by_content = pl.when(pl.lit(natural).is_not_null()).then(by_key).otherwise(by_content)
            key = pl.coalesce(key, by_content) if has_id else by_content
        keys = pl.select(key.alias("record_key")).to_series()
        if self.profiler.records_column is not None:
            # A row of a rejects file updates the records that it made before it was corrected.
            given = given_keys(batch.cell(self.profiler.records_column), bound.entity)
            keys = keys.zip_with(given.is_null(), given)
        item.keys["record_key"] = keys
        # A record identified by its content has one version; other records have one version for each row text.
        is_named = has_id or bool(bound.key) or self.profiler.records_column is not None
        item.keys["version_key"] = (
            pl.select(digested([pl.lit(keys), pl.lit(batch.text)])).to_series() if is_named else keys
        )

    def _content(
        self, batch: Batch, item: _EntityRows, made: list[_EntityRows], custom: dict[int, pl.Series]
    ) -> pl.Series:
        """Return the content of each row's record as one text: fields, references, custom cells and subject."""
        references = {name: key for name, key in item.keys.items() if name.endswith("_key")}
        content = item.fields
        if references:
            content = pl.concat([content, pl.DataFrame(list(_renamed(references)))], how="horizontal")
        text = (
            content.select(content_of(content).alias("content")).to_series() if content.width else _blank(batch.height)
        )
        held = _blank(batch.height)
        if custom:
            extra = pl.DataFrame([cell.alias(self.columns.headers[index]) for index, cell in custom.items()])
            held = extra.select(content_of(extra).alias("held")).to_series().set(~item.holds, "")
        subject = self._subject(item, made, batch.height)
        return pl.select(pl.concat_str(pl.lit(text), pl.lit(held), pl.lit(subject), separator=SEPARATOR)).to_series()

    def _subject(self, item: _EntityRows, made: list[_EntityRows], height: int) -> pl.Series:
        if item.bound.entity == Entity.ORGANIZATION:
            return _blank(height)
        parts: list[pl.Series] = []
        for other in made:
            if other.bound.entity == item.bound.entity:
                continue
            if item.bound.entity == Entity.PERSON and other.bound.entity != Entity.ORGANIZATION:
                continue
            if item.bound.entity == Entity.PERSON:
                if "name" in other.fields.columns:
                    parts.append(other.fields["name"].set(~other.rows, None))
            elif "record_key" in other.keys:
                parts.append(other.keys["record_key"].set(~other.rows, None))
        if not parts:
            return _blank(height)
        frame = pl.DataFrame([part.alias(f"p{place}") for place, part in enumerate(parts)])
        marked = [pl.concat_str(pl.lit(f"{SEPARATOR}{name}{SEPARATOR}"), pl.col(name)) for name in frame.columns]
        return frame.select(pl.concat_str(marked, ignore_nulls=True)).to_series()

    def _link(self, item: _EntityRows, made: list[_EntityRows]) -> None:
        """Link the entities of one row, unless the row has a reference of its own."""
        for other in made:
            target = other.bound.entity
            if other is item or target not in CONTRACTS[item.bound.entity].references:
                continue
            sibling = other.keys["record_key"].set(~other.rows, None)
            own = item.keys.get(f"{target}_key")
            item.keys[f"{target}_key"] = sibling if own is None else own.zip_with(own.is_not_null(), sibling)

    def _choose_custom_holder(self, made: list[_EntityRows]) -> None:
        """Choose the record of each row that keeps the custom cells: the primary one, else the first."""
        primary = [item for item in made if item.bound.entity == self.object.primary]
        others = [item for item in made if item.bound.entity != self.object.primary]
        held = None
        for item in (*primary, *others):
            item.holds = item.rows if held is None else item.rows & ~held
            held = item.rows if held is None else held | item.rows

    # Frames ------------------------------------------------------------------------------------------------------

    def _emit_reference_only(self, batch: Batch, item: _EntityRows) -> None:
        for target, reference in item.bound.section.references.items():
            referenced = item.referenced[target]
            namespace = reference.object or target.value
            key = item.keys.get(f"{target}_key")
            rows = referenced.is_there & item.rows
            if key is None or not rows.any():
                continue
            self.result.references[target, namespace] += int(rows.sum())
            fields = reference_only_fields(target, referenced)
            frame = fields.with_columns(
                key.alias("record_key"),
                pl.select(digested([pl.lit(key.fill_null("")), pl.lit(referenced.name.fill_null(""))]))
                .to_series()
                .alias("version_key"),
                referenced.external_id.alias("external_id"),
                batch.cells["row_number"],
            ).filter(rows)
            # One record for each batch is enough: a thousand deals of one company refer to it once.
            records = self._set(target, namespace, fields.columns, is_stub=True)
            self._send(records, frame.unique("version_key", keep="first", maintain_order=True))

    def _emit(self, batch: Batch, item: _EntityRows, custom: dict[int, pl.Series], others: pl.Series) -> None:
        """Send the records of one entity; `others` marks rows that have another entity."""
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
        bound = item.bound
        if bound.entity == Entity.ORGANIZATION and not bound.ids and bound.entity != self.object.primary:
            # A company that a thousand rows name alike is one record, identified by its name.
            frame = self._unseen(frame, item.rows, others)
        else:
            frame = frame.filter(item.rows)
        self._send(self._set(bound.entity, bound.namespace, item.fields.columns, is_stub=False), frame)

    def _held(self, item: _EntityRows, custom: dict[int, pl.Series]) -> pl.Series | None:
        """Return the custom cells of this entity's records, as lists of header and cell sorted by header."""
        if not custom or not item.holds.any():
            return None
        cells = {self.columns.headers[index]: cell.set(~item.holds, None) for index, cell in custom.items()}
        return key_value_lists({header: cells[header] for header in sorted(cells)})

    def _unseen(self, frame: pl.DataFrame, rows: pl.Series, others: pl.Series) -> pl.DataFrame:
        """Return the records not seen before, and those that are the only entity of their row."""
        keys = frame["record_key"].set(~rows, None)
        new = rows & keys.is_first_distinct()
        if self._seen:
            places = new.arg_true()
            known = [key in self._seen for key in keys.gather(places)]
            new = new.scatter(places, ~pl.Series(known, dtype=pl.Boolean))
        if len(self._seen) < MOST_SEEN_KEYS:
            self._seen.update(keys.filter(new))
        return frame.filter(new | (rows & ~others))

    def _set(self, entity: Entity, namespace: str, fields: list[str], *, is_stub: bool) -> RecordSet:
        return RecordSet(entity, self.source, namespace, self.table.name, is_stub, tuple(fields))

    def _send(self, records: RecordSet, frame: pl.DataFrame) -> None:
        self.result.records[records.entity] = self.result.records.get(records.entity, 0) + frame.height
        self.sink(records, frame)


def _used(made: list[_EntityRows]) -> dict[int, pl.Series]:
    """Return the rows in which some record uses the cell, by column."""
    used: dict[int, pl.Series] = {}
    for item in made:
        for index in item.bound.indexes:
            used[index] = used[index] | item.rows if index in used else item.rows
        for referenced in item.referenced.values():
            for index, rows in referenced.used.items():
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
