"""Assignment: which column of a list fills which field, for one kind of list, from headers and values together.

A column is read by its header and kept only where its cells fit the field. A field that holds one value takes one
column. The result is a profile object for this table alone, so that lists and CRM exports are mapped by the same code.
Belongs here: one kind of list. Does not belong here: which kind a table is (`assets.sources.mapping.list_kinds`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assets.sources.mapping.column_values import ColumnValues
from assets.sources.mapping.header_readings import WHOLE, Reading, languages_of, read_header
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import ListKind

REFERENCED_BY = ("id", "email", "domain", "name")

_ENTITIES = {
    "deal": Entity.DEAL,
    "lead": Entity.LEAD,
    "person": Entity.PERSON,
    "organization": Entity.ORGANIZATION,
    "activity": Entity.ACTIVITY,
    "note": Entity.NOTE,
    "user": Entity.USER,
}
OTHERS = frozenset({"creator", "manager", "assistant", "parent", "campaign", "competitor", "price_list"})
"""Subjects that are not the record of the row, nor its owner: their names and addresses are not the record's."""

NAMESPACES = {Entity.PERSON: "contact"}
"""Namespaces of the ids of lists that are not called like the entity, so that known records keep their keys."""

NAMES = frozenset({WHOLE, "name", "full_name", "title", "subject"})
_NAME_FIELDS = frozenset({"name", "first_name", "last_name"})
_ANCHORS = {
    Entity.ORGANIZATION: ("name", "domain"),
    Entity.PERSON: ("name", "first_name", "last_name", "emails", "phones"),
    Entity.NOTE: ("content",),
}
"""Fields of which one must be found, so that a row of a list carries an entity that the list is not about."""

_LIKELY_CUSTOMER = 0.6


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its header, what it may mean, and what its cells look like."""

    index: int
    header: str
    readings: tuple[Reading, ...]
    values: ColumnValues


def columns_of(headers: Sequence[str], values: Sequence[ColumnValues]) -> list[Column]:
    """The columns of a table, their readings ordered by the languages that the table's headers are in."""
    spoken = languages_of(headers)
    most = max(spoken.values(), default=1.0)

    def weight(reading: Reading) -> float:
        known = max((spoken.get(language, 0.0) for language in reading.languages), default=most)
        return reading.score * (0.7 + 0.3 * known / most)

    found: list[Column] = []
    for index, (header, cells) in enumerate(zip(headers, values, strict=True)):
        readings = sorted(read_header(header) or by_values(cells), key=weight, reverse=True)
        found.append(Column(index, header, tuple(readings), cells))
    return found


def by_values(values: ColumnValues) -> tuple[Reading, ...]:
    """What a column without a readable header may mean: e-mail addresses and web addresses speak for themselves."""
    for share, attribute in ((values.email, "email"), (values.domain, "website")):
        if share >= 0.8 and values.count >= 3:
            return (Reading((), attribute, 0.6, 4, frozenset()),)
    return ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column goes: a field of an entity, its id (`field` is `id`), or a reference by one of `REFERENCED_BY`."""

    entity: Entity
    field: str
    is_reference: bool = False

    def __str__(self) -> str:
        return f"{self.entity} -> {self.field}" if self.is_reference else f"{self.entity}.{self.field}"


@dataclass(slots=True)
class Assignment:
    """The columns of a table under a kind of list: `targets` by column, and the reading chosen for each.

    `beside` are columns that could have filled a field which another one fills.
    """

    kind: ListKind
    columns: Sequence[Column]
    targets: dict[int, Target] = field(default_factory=dict)
    readings: dict[int, Reading] = field(default_factory=dict)
    beside: dict[int, Target] = field(default_factory=dict)

    def columns_for(self, entity: Entity, name: str, *, is_reference: bool = False) -> list[int]:
        """The columns of a target, in the order of preference."""
        wanted = Target(entity, name, is_reference)
        return [index for index, target in self.targets.items() if target == wanted]

    def fields_of(self, entity: Entity) -> dict[str, list[int]]:
        """The columns of each field of an entity."""
        found: dict[str, list[int]] = {}
        for index, target in self.targets.items():
            if target.entity == entity and not target.is_reference:
                found.setdefault(target.field, []).append(index)
        return found

    def referenced(self) -> set[Entity]:
        """The entities that rows refer to."""
        return {target.entity for target in self.targets.values() if target.is_reference}


class Assigner:
    """Assigns columns to the fields of a kind of list. `attributes` are those of the generic profile."""

    def __init__(self, kind: ListKind, attributes: Mapping[Entity, Mapping[str, Sequence[str]]]) -> None:
        self.kind = kind
        self.attributes = attributes

    def assign(self, columns: Sequence[Column], stated: Mapping[int, Target] | None = None) -> Assignment:
        """Assign every column that can be; `stated` targets come first."""
        found = Assignment(self.kind, columns, dict(stated or {}))
        offers: dict[Target, list[tuple[tuple[float, ...], int, Reading]]] = {}
        by_index = {column.index: column for column in columns}
        for column in columns:
            if stated and column.index in stated:
                continue
            offer = next(self._offers(column), None)
            if offer is not None:
                reading, target, order = offer
                preference = (order, -reading.score, reading.rank, -round(column.values.filled, 1), column.index)
                offers.setdefault(target, []).append((preference, column.index, reading))
        for target, given in offers.items():
            most = max(by_index[index].values.filled for _, index, _ in given)
            # A column that is mostly blank gives way to one that is not, whatever its header.
            given.sort(key=lambda one: (by_index[one[1]].values.filled < most / 2, one[0]))
            taken = set(found.targets.values())
            for place, (_, index, reading) in enumerate(given):
                found.readings[index] = reading
                if self._is_list(target) or (place == 0 and target not in taken):
                    found.targets[index] = target
                else:
                    found.beside[index] = target
        self._prune(found)
        found.targets.update(stated or {})
        return found

    def offered(self, column: Column) -> Iterator[Target]:
        """The targets that a column could fill, best first."""
        return (target for _, target, _ in self._offers(column))

    def _is_list(self, target: Target) -> bool:
        if target.is_reference or target.field == "id":
            return False
        return CONTRACTS[target.entity].fields[target.field].is_list

    # One column --------------------------------------------------------------------------------------------------

    def _offers(self, column: Column) -> Iterator[tuple[Reading, Target, int]]:
        """The targets that a column's cells fit, best reading first, with the place of its attribute."""
        for reading in column.readings:
            if self.subject_of(reading, column.values) in OTHERS:
                return
            target = self._target(reading, column.values)
            if target is not None and self._fits(target, column.values):
                yield reading, target, self._order(target, reading)

    def _order(self, target: Target, reading: Reading) -> int:
        if target.is_reference or target.field == "id":
            return 0 if reading.attribute in ("id", "email", "domain") else 1
        known = self.attributes[target.entity].get(target.field, ())
        return known.index(reading.attribute) if reading.attribute in known else len(known)

    def _fits(self, target: Target, values: ColumnValues) -> bool:
        if target.field == "id" or target.is_reference:
            return True
        spec = CONTRACTS[target.entity].fields[target.field]
        return values.fits(spec.kind, is_name=target.field in _NAME_FIELDS)

    def _target(self, reading: Reading, values: ColumnValues) -> Target | None:
        subject = self.subject_of(reading, values)
        if subject is None:
            return self._at_home(reading)
        entity = _ENTITIES.get(subject)
        if entity is None:
            return None
        if entity == Entity.NOTE and entity not in self.kind.sections and self.kind.primary:
            # The notes of an activity are its text.
            return self._field(self.kind.primary, "description")
        if entity == Entity.LEAD and Entity.PERSON in self.kind.homes and _names_persons(reading, values):
            return Target(Entity.PERSON, "name")
        if entity in self.kind.sections:
            own = self._own(entity, reading, values)
            # `Lead Email` is that of the person or company that the lead is.
            return self._at_home(reading) if own is None and entity == Entity.LEAD else own
        if self.kind.primary and entity in CONTRACTS[self.kind.primary].references:
            return _reference(entity, reading, values)
        return None

    def subject_of(self, reading: Reading, values: ColumnValues) -> str | None:
        """The subject of a header in this kind of list; None for one that names none."""
        named = [name for name in reading.subjects if name not in self.kind.subjects] or list(reading.subjects)
        if not named:
            return None
        subject = named[-1]
        if subject != "customer":
            return subject
        if self.kind.primary in (Entity.PERSON, Entity.ORGANIZATION):
            return str(self.kind.primary)
        return "person" if values.person >= _LIKELY_CUSTOMER > values.company else "organization"

    def _own(self, entity: Entity, reading: Reading, values: ColumnValues) -> Target | None:
        """The field of an entity that the list has records of."""
        attribute = reading.attribute
        if attribute == "id" or (attribute == "number" and entity == self.kind.primary):
            return Target(entity, "id")
        if attribute == WHOLE and values.role != "name":
            if values.role == "id":
                return Target(entity, "id")
            attribute = values.role
        return self._field(entity, attribute)

    def _field(self, entity: Entity, attribute: str) -> Target | None:
        for name, known in self.attributes.get(entity, {}).items():
            if attribute in known:
                return Target(entity, name)
        return None

    def _at_home(self, reading: Reading) -> Target | None:
        """The field of the first entity of the list that has one for an attribute without a subject."""
        if reading.attribute == "id" and self.kind.primary:
            return Target(self.kind.primary, "id")
        homes = list(self.kind.homes)
        if reading.attribute in self.kind.person_first and Entity.PERSON in homes:
            homes.sort(key=lambda entity: entity != Entity.PERSON)
        for entity in homes:
            found = self._field(entity, reading.attribute)
            if found is not None:
                return found
        return None

    # The whole table ---------------------------------------------------------------------------------------------

    def _prune(self, found: Assignment) -> None:
        """Take back fields of entities that no row names: a web site beside persons is no organization."""
        if self.kind.primary is None:
            return
        self._leave_open_customers(found)
        self._settle_names(found)
        self._place_addresses(found)
        for entity, anchors in _ANCHORS.items():
            if entity == self.kind.primary:
                continue
            self._drop_lone_region(found, entity)
            fields = found.fields_of(entity)
            if fields and "id" not in fields and not fields.keys() & set(anchors):
                for indexes in fields.values():
                    for index in indexes:
                        found.beside[index] = found.targets.pop(index)

    def _leave_open_customers(self, found: Assignment) -> None:
        """Take back the id of a customer of whom the rows say nothing else: it may be a person's or a company's.

        Distinctive ids find the list that holds them; where none does, they name nobody.
        """
        if self.kind.primary in (Entity.PERSON, Entity.ORGANIZATION):
            return
        of_companies = [index for index, target in found.targets.items() if target.entity == Entity.ORGANIZATION]
        for index in of_companies if len(of_companies) == 1 else ():
            reading = found.readings.get(index)
            values = next(column.values for column in found.columns if column.index == index)
            is_open = reading is not None and reading.subjects[-1:] == ("customer",)
            if is_open and found.targets[index].field == "id" and values.are_distinctive_ids:
                del found.targets[index]

    def _settle_names(self, found: Assignment) -> None:
        """Settle what columns of names hold: a family name, or of a user the whole name only."""
        for entity in (Entity.PERSON, Entity.USER):
            self._prefer_family_name(found, entity)
        users = found.fields_of(Entity.USER)
        for name in ("first_name", "last_name") if "name" in users else ():
            for index in users.get(name, ()):
                found.beside[index] = found.targets.pop(index)

    def _prefer_family_name(self, found: Assignment, entity: Entity) -> None:
        """Read `Nom` as the family name; the mapping takes several words in it as the whole name."""
        fields = found.fields_of(entity)
        if "last_name" in fields or "name" not in fields:
            return
        index = fields["name"][0]
        column = next(column for column in found.columns if column.index == index)
        if any(reading.attribute == "last_name" for reading in column.readings):
            found.targets[index] = Target(entity, "last_name")

    def _drop_lone_region(self, found: Assignment, entity: Entity) -> None:
        """Take back a region without any other part of an address: it is a sales territory."""
        fields = found.fields_of(entity)
        if "region" in fields and not fields.keys() & {"street", "city", "postal_code", "country"}:
            for index in fields["region"]:
                found.beside[index] = found.targets.pop(index)

    def _place_addresses(self, found: Assignment) -> None:
        """Give addresses, phones and e-mail addresses to the organization where rows name no person."""
        if self.kind.primary == Entity.PERSON or Entity.PERSON not in self.kind.sections:
            return
        fields = found.fields_of(Entity.PERSON)
        if fields.keys() & {"id", "name", "first_name", "last_name", "emails"}:
            return
        renamed = {"phones": "phone"}
        for name, indexes in fields.items():
            here = renamed.get(name, name)
            if here in CONTRACTS[Entity.ORGANIZATION].fields and Entity.ORGANIZATION in self.kind.sections:
                for index in indexes[:1]:
                    if not found.columns_for(Entity.ORGANIZATION, here):
                        found.targets[index] = Target(Entity.ORGANIZATION, here)


def _names_persons(reading: Reading, values: ColumnValues) -> bool:
    """Whether the names of leads are those of persons."""
    return reading.attribute in ("name", "full_name", WHOLE) and values.person >= _LIKELY_CUSTOMER > values.company


def _reference(entity: Entity, reading: Reading, values: ColumnValues) -> Target | None:
    """How a column refers to a record of another list."""
    attribute = reading.attribute
    if attribute in ("id", "number"):
        return Target(entity, "id", is_reference=True)
    if attribute in ("email", "domain"):
        return Target(entity, attribute, is_reference=True)
    if attribute in NAMES:
        return Target(entity, values.role, is_reference=True)
    return None
