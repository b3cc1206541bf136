"""Mapping: the rows of a recognised table into typed records of each entity, with nothing left over.

Every cell of a loaded row ends in a typed column, in the record's `custom` map (headers that no field takes,
cells that their field refused), or under a header that the profile ignores by name. A row that names nothing is
rejected.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace

from assets.sources.casting import CastContext, currency_in, split_list
from assets.sources.columns import Columns
from assets.sources.frames import Row
from assets.sources.names import join_name, split_name
from assets.sources.recognition import Recognition
from assets.sources.tables import Rejection, Table
from schemas.headers import fold_header
from schemas.keys import content_key, digest, record_key
from schemas.profiles import Reference, Section
from schemas.records import CONTRACTS
from schemas.vocabulary import RESOLVED_ENTITIES, DateOrder, Entity, Kind

_BOOKKEEPING = frozenset({"external_id", "object", "record_key", "version_key", "row_number", "custom"})
_STANDS_ALONE = frozenset({Entity.ORGANIZATION, Entity.PERSON, Entity.LEAD, Entity.DEAL, Entity.USER})


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A column that no field takes: its header, how many rows fill it, and its first value."""

    column: str
    filled: int
    example: str | None


@dataclass(slots=True)
class MappedSheet:
    """What became of a table: record rows by entity, stubs included, with refusals and decisions."""

    records: dict[Entity, list[Row]] = field(default_factory=lambda: defaultdict(list))
    rejections: list[Rejection] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    loaded: int = 0


@dataclass(slots=True)
class _Laid:
    """A section of the object laid over the table: the columns of its id and fields, and the cast values by field."""

    entity: Entity
    section: Section
    namespace: str
    ids: list[int]
    fields: dict[str, list[int]]
    values: dict[str, list[list[object]]] = field(default_factory=dict)

    @property
    def columns(self) -> set[int]:
        return {*self.ids, *(index for indexes in self.fields.values() for index in indexes)}


def map_table(table: Table, recognition: Recognition, source: str, base: CastContext) -> MappedSheet:
    """Map every row of a table.

    `source` is the system or list the records belong to, `base` what the settings assume.
    """
    return _Mapper(table, recognition, source, base).map()


class _Mapper:
    def __init__(self, table: Table, recognition: Recognition, source: str, base: CastContext) -> None:
        self.object = recognition.object
        self.is_generic = recognition.profile.is_generic
        self.default_pipeline = recognition.profile.default_pipeline
        self.source = source
        self.columns = Columns(table, _base_context(recognition, base))
        self.ignored = {fold_header(header) for header in self.object.ignored}
        self.result = MappedSheet()

    def map(self) -> MappedSheet:
        sections = [self._lay(entity, section) for entity, section in self.object.sections.items()]
        self._report_unmapped(sections)
        for row in range(len(self.columns.numbers)):
            self._map_row(row, sections)
        refused_rows = {item.row_number for item in self.result.rejections}
        # The cells of a refused row are refused with it and need no second mention.
        self.result.rejections += [item for item in self.columns.rejections if item.row_number not in refused_rows]
        self.result.decisions = self.columns.decisions
        return self.result

    # Columns -----------------------------------------------------------------------------------------------------

    def _lay(self, entity: Entity, section: Section) -> _Laid:
        contract = CONTRACTS[entity]
        fields: dict[str, list[int]] = {}
        for name, headers in section.fields.items():
            indexes = self.columns.find(headers)
            if indexes:
                fields[name] = indexes if contract.fields[name].is_list else indexes[:1]
        laid = _Laid(entity, section, section.object or self.object.name, self._ids(entity, section), fields)
        countries = self.columns.countries(fields.get("country", []))
        for name, indexes in fields.items():
            spec = contract.fields[name]
            laid.values[name] = [self.columns.cast(spec, index, countries) for index in indexes]
        if "value" in fields and "currency" not in fields:
            laid.values["currency"] = [self._currencies_in(fields["value"][0], laid.values["value"][0])]
        self._translate(laid)
        return laid

    def _ids(self, entity: Entity, section: Section) -> list[int]:
        """The column of the source's own ids, or none.

        In a list that no CRM wrote a column called `id` may mean anything. One whose values repeat over different rows
        does not tell the rows apart: taken as an id it would fold them into one record.
        """
        found = self.columns.find(section.id)[:1]
        if not found or entity != self.object.primary:
            return found  # what a row merely mentions may well be mentioned in others
        repeated = self.columns.repeated(found[0])
        header = self.columns.headers[found[0]]
        if repeated and self.is_generic:
            self.columns.decide(
                f"{header!r}: {repeated} values stand in several different rows, so it is no id of them"
            )
            return []
        if repeated:
            self.columns.decide(
                f"{header!r}: {repeated} ids stand in several different rows; the newest of each counts"
            )
        return found

    def _currencies_in(self, index: int, values: list[object]) -> list[object]:
        """The currency that each amount itself states; an amount that states none has none."""
        found: list[object] = [currency_in(cell) if cell else None for cell in self.columns.cells[index]]
        without = sum(value is not None and code is None for value, code in zip(values, found, strict=True))
        if without:
            self.columns.decide(
                f"{self.columns.headers[index]!r}: {without} amounts state no currency; none is assumed"
            )
        return found

    @staticmethod
    def _translate(laid: _Laid) -> None:
        """Apply the profile's value translations.

        A value that is not listed stays as given, unless the field shares its column with another, which then has it.
        """
        for name, translation in laid.section.values.items():
            known = {fold_header(key): value for key, value in translation.items()}
            others = {index for field, indexes in laid.fields.items() if field != name for index in indexes}
            shared = bool(others & set(laid.fields.get(name, [])))
            for column in laid.values.get(name, []):
                column[:] = [
                    value if value is None else known.get(fold_header(str(value)), None if shared else value)
                    for value in column
                ]

    def _report_unmapped(self, sections: list[_Laid]) -> None:
        claimed = {index for laid in sections for index in laid.columns}
        for laid in sections:
            for reference in (*laid.section.references.values(), laid.section.same_as):
                if reference is not None:
                    claimed |= {*self.columns.find(reference.id), *self.columns.find(reference.name)}
        for index, header in enumerate(self.columns.headers):
            if index in claimed or self.columns.folded[index] in self.ignored:
                continue
            values = [cell for cell in self.columns.cells[index] if cell is not None]
            self.result.unmapped.append(Unmapped(header, len(values), values[0] if values else None))

    # Rows --------------------------------------------------------------------------------------------------------

    def _map_row(self, row: int, sections: list[_Laid]) -> None:
        made = {laid.entity: record for laid in sections if (record := self._record(row, laid)) is not None}
        kept = [laid for laid in sections if laid.entity in made]
        used: set[int] = {index for laid in kept for index in laid.columns}
        stubs: list[tuple[Entity, Row]] = []
        for laid in kept:
            stubs += self._point(row, laid, made[laid.entity], used)
        reason = _why_refused(made)
        if reason:
            self._reject_row(row, reason)
            return
        primary = self.object.primary if self.object.primary in made else next(iter(made))
        custom = self._custom(row, used)
        if custom:
            made[primary]["custom"] = custom
        for laid in kept:
            self._name(laid, made)
        for laid in kept:
            _link_siblings(laid.entity, made)
        for entity, record in (*stubs, *made.items()):
            record["row_number"] = self.columns.numbers[row]
            record["source"] = self.source
            self.result.records[entity].append(record)
        self.result.loaded += 1

    def _reject_row(self, row: int, reason: str) -> None:
        cells = zip(self.columns.headers, self.columns.cells, strict=True)
        values = {header: column[row] for header, column in cells if column[row] is not None}
        text = json.dumps(values, ensure_ascii=False)
        self.result.rejections.append(Rejection(self.columns.numbers[row], None, text, reason))

    def _record(self, row: int, laid: _Laid) -> Row | None:
        """The typed fields of one entity in one row, or None when the row does not carry it."""
        contract = CONTRACTS[laid.entity]
        record: Row = {}
        for name, columns in laid.values.items():
            if contract.fields[name].is_list:
                united = [value for column in columns for value in _listed(column[row])]
                if united:
                    record[name] = list(dict.fromkeys(united))
            elif columns[0][row] is not None:
                record[name] = columns[0][row]
        external = self.columns.cells[laid.ids[0]][row] if laid.ids else None
        identified = any(name in record for name in contract.identifying)
        # A primary record without a name is still one when its id or two of its fields speak for it.
        speaks = laid.entity == self.object.primary and bool(record) and (external is not None or len(record) > 1)
        if not identified and not speaks and not laid.section.always:
            return None
        _fold_inputs(laid.entity, record)
        if laid.entity == Entity.DEAL and "stage" in record:
            # A source with one pipeline does not name it; the profile does.
            record.setdefault("pipeline", self.default_pipeline)
        record["external_id"] = external
        record["object"] = laid.namespace
        return record

    def _point(self, row: int, laid: _Laid, record: Row, used: set[int]) -> list[tuple[Entity, Row]]:
        """Fill the reference keys of a record from its row; returns a stub for each record pointed at."""
        stubs: list[tuple[Entity, Row]] = []
        for target, reference in laid.section.references.items():
            stub = self._stub(row, target, reference, used)
            if stub is not None:
                record[f"{target}_key"] = stub["record_key"]
                stubs.append((target, stub))
        same = laid.section.same_as
        external = self._first_cell(row, same.id, used) if same else None
        if same and external:
            record["same_as_key"] = record_key(laid.entity, self.source, same.object or laid.namespace, external)
        return stubs

    def _stub(self, row: int, target: Entity, reference: Reference, used: set[int]) -> Row | None:
        external = self._first_cell(row, reference.id, used, reference.prefix)
        name = self._first_cell(row, reference.name, used)
        if external is None and name is None:
            return None
        if external is not None and len(several := split_list(external, Kind.LABELS)) > 1:
            # Several associated records: the first is the main one, the cell as given is kept in custom.
            external = several[0]
            self.columns.kept_raw[row] |= set(self.columns.find(reference.id))
        namespace = reference.object or target.value
        stub: Row = {"external_id": external, "object": namespace, "is_stub": True}
        if name is not None and target in (*RESOLVED_ENTITIES, Entity.USER):
            stub["name"] = name
            _fold_inputs(target, stub)
        if external is not None:
            key = record_key(target, self.source, namespace, external)
        else:
            key = content_key(target, self.source, ("mention", fold_header(name or "")))
        stub["record_key"], stub["version_key"] = key, digest((key, name))
        return stub

    def _first_cell(self, row: int, headers: list[str], used: set[int], prefix: str = "") -> str | None:
        for index in self.columns.find(headers):
            cell = self.columns.cells[index][row]
            if cell is not None and cell.startswith(prefix):
                used.add(index)
                return cell
        return None

    def _custom(self, row: int, used: set[int]) -> dict[str, str]:
        """Everything in the row that no record of it holds, by header."""
        kept_raw = self.columns.kept_raw.get(row, set())
        return {
            header: cell
            for index, header in enumerate(self.columns.headers)
            if (cell := self.columns.cells[index][row]) is not None
            and (index not in used or index in kept_raw)
            and self.columns.folded[index] not in self.ignored
        }

    def _name(self, laid: _Laid, made: dict[Entity, Row]) -> None:
        """Give a record its key, from the source's id or else from what it says, and its version key."""
        record = made[laid.entity]
        content = [part for name in sorted(record) if name not in _BOOKKEEPING for part in (name, str(record[name]))]
        custom = record.get("custom")
        if isinstance(custom, dict):
            content += [part for name in sorted(custom) for part in (name, custom[name])]
        external = record["external_id"]
        if external is not None:
            key = record_key(laid.entity, self.source, laid.namespace, str(external))
        else:
            key = content_key(laid.entity, self.source, [*content, *_about(laid.entity, made)])
        record["record_key"], record["version_key"] = key, digest((key, *content))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _about(entity: Entity, made: dict[Entity, Row]) -> list[str]:
    """What tells apart records of equal words without ids: a person's employer, whom a lead, deal or note is about."""
    if entity == Entity.ORGANIZATION:
        return []
    if entity == Entity.PERSON:
        return ["employer", str(made.get(Entity.ORGANIZATION, {}).get("name"))]
    return [str(made[other].get("record_key")) for other in RESOLVED_ENTITIES if other in made]


def _link_siblings(entity: Entity, made: dict[Entity, Row]) -> None:
    """Entities of one row belong together, unless the row says otherwise by a reference."""
    for target in CONTRACTS[entity].references:
        if target in made:
            made[entity].setdefault(f"{target}_key", made[target]["record_key"])


def _why_refused(made: dict[Entity, Row]) -> str | None:
    """The reason why a row becomes no record, or None."""
    lead = made.get(Entity.LEAD)
    people = [entity for entity in RESOLVED_ENTITIES if entity in made]
    if lead is not None and not people and not ("person_key" in lead or "organization_key" in lead):
        return "a lead needs a person or an organization, and the row names neither"
    if any(entity in _STANDS_ALONE for entity in made):
        return None
    if any(name.endswith("_key") and name != "user_key" for record in made.values() for name in record):
        return None
    return "names no person, organization, lead or deal"


def _base_context(recognition: Recognition, base: CastContext) -> CastContext:
    """The context of a sheet: what the object and the profile fix outranks the settings."""
    order = recognition.object.date_order or recognition.profile.date_order
    return replace(
        base,
        date_order=DateOrder(order) if order else base.date_order,
        time_zone=recognition.profile.time_zone or base.time_zone,
    )


def _fold_inputs(entity: Entity, record: Row) -> None:
    """Fold input-only fields into the fields they complete; make a name of its parts and parts of a name."""
    if "street_number" in record or "street_2" in record:
        number, street, second = (_text(record.pop(name, None)) for name in ("street_number", "street", "street_2"))
        lines = (join_name(number, street), second)
        record["street"] = ", ".join(line for line in lines if line)
    if entity != Entity.PERSON:
        return
    middle = _text(record.pop("middle_name", None))
    given, family, full = (_text(record.get(name)) for name in ("first_name", "last_name", "name"))
    if full is None and (given or family):
        record["name"] = join_name(given, middle, family)
    elif full is not None and not given and not family:
        given, family = split_name(full)
        record |= {name: part for name, part in (("first_name", given), ("last_name", family)) if part}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
