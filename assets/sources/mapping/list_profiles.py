"""Profiles of lists: the profile object that maps one table, made from the assignment of its columns.

Belongs here: what an assignment looks like as a profile, alone or beside a CRM's. Does not belong here: the assignment
(`assets.sources.mapping.assignment`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from assets.sources.mapping.assignment import NAMES, NAMESPACES, REFERENCED_BY, Assignment
from assets.sources.mapping.header_readings import subjects_in
from schemas.contracts.headers import fold_header
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import ObjectProfile, Reference, Section


def object_of(assignment: Assignment) -> ObjectProfile:
    """The profile object that maps a table as assigned."""
    kind, headers = assignment.kind, [column.header for column in assignment.columns]
    primary = kind.primary
    if primary is None:
        raise ValueError(f"{kind.name} is no kind of list that is taken")
    sections: dict[Entity, Section] = {}
    references: dict[Entity, Reference] = {}
    for entity in kind.sections:
        fields = assignment.fields_of(entity)
        ids = [headers[index] for index in fields.pop("id", [])]
        named = {name: [headers[index] for index in indexes] for name, indexes in fields.items()}
        if entity != primary and entity in CONTRACTS[primary].references and _is_bare(entity, ids, named):
            references[entity] = _as_reference(entity, ids, named)
        elif named or ids or entity == primary:
            # Only records of the list's own kind, and those with ids, are what others may refer to.
            namespace = NAMESPACES.get(entity, str(entity)) if entity == primary or ids else None
            sections[entity] = Section(
                id=ids, object=namespace, fields=named, always=entity == Entity.LEAD and primary == Entity.LEAD
            )
    for entity in assignment.referenced():
        parts = {
            by: [headers[index] for index in assignment.columns_for(entity, by, is_reference=True)]
            for by in REFERENCED_BY
        }
        references[entity] = Reference(
            id=parts["id"],
            email=parts["email"],
            domain=parts["domain"],
            name=parts["name"],
            object=NAMESPACES.get(entity, str(entity)),
        )
    if primary == Entity.PERSON and (leads := _leads_among(assignment)):
        sections[Entity.LEAD] = Section(always=True, when=leads)
    main = sections[primary]
    composed = _composed_title(assignment) if primary == Entity.DEAL and "title" not in main.fields else {}
    sections[primary] = main.model_copy(update={"references": references, "composed": composed})
    required = [headers[index] for index in assignment.targets][:1] or [headers[0]]
    parts_of_object = {str(entity): section for entity, section in sections.items()}
    return ObjectProfile(name=kind.name, primary=primary, required=list(required), **parts_of_object)  # type: ignore[arg-type]


_CONTACTS = frozenset({"person", "customer", "organization"})


def _leads_among(assignment: Assignment) -> dict[str, list[str]]:
    """The cells of a column of types that say which rows of a list of contacts are leads."""
    for column in assignment.columns:
        if not any(reading.attribute == "type" for reading in column.readings):
            continue
        said = {text: set(subjects_in(text)) for text in column.values.texts}
        leads = [text for text, subjects in said.items() if subjects == {"lead"}]
        others = [
            text for text, subjects in said.items() if subjects and subjects <= {"person", "customer", "organization"}
        ]
        if leads and others and len(leads) + len(others) == len(said):
            return {column.header: leads}
    return {}


def _is_bare(entity: Entity, ids: Sequence[str], named: Mapping[str, Sequence[str]]) -> bool:
    """Whether a list says of an entity only how to find it: by id, e-mail address or web domain."""
    if entity == Entity.ORGANIZATION:
        return (bool(ids) and named.keys() <= {"name"}) or (not ids and named.keys() == {"domain"})
    if entity == Entity.PERSON:
        return (bool(ids) and named.keys() <= {"name"}) or (not ids and named.keys() == {"emails"})
    return False


def _as_reference(entity: Entity, ids: Sequence[str], named: Mapping[str, Sequence[str]]) -> Reference:
    return Reference(
        id=list(ids),
        object=NAMESPACES.get(entity, str(entity)),
        email=list(named.get("emails", ())),
        domain=list(named.get("domain", ())),
        name=list(named.get("name", ())),
    )


def _composed_title(assignment: Assignment) -> dict[str, list[str]]:
    """The columns that make a deal's title where the list has none: its account and product."""
    headers = [column.header for column in assignment.columns]
    parts = [headers[index] for index in assignment.columns_for(Entity.ORGANIZATION, "name")]
    parts = parts or [headers[index] for index in assignment.columns_for(Entity.PERSON, "name")]
    for column in assignment.columns:
        if any(one.subjects[-1:] == ("product",) and one.attribute in NAMES for one in column.readings):
            parts.append(column.header)
            break
    return {"title": parts} if parts else {}


def completed(item: ObjectProfile, assignment: Assignment, claimed: Collection[int]) -> ObjectProfile:
    """A CRM's object with what the vocabulary reads in the columns that its profile does not claim.

    Only fields and references that the profile fills from no column of this table are added.
    """
    headers = {column.header for column in assignment.columns if column.index in claimed}
    update: dict[str, Section] = {}
    listed = object_of(assignment)
    for entity, read in listed.sections.items():
        own = item.sections.get(entity)
        fields = {name: found for name, found in read.fields.items() if not _is_filled(own, name, headers)}
        fields = {name: [one for one in found if one not in headers] for name, found in fields.items()}
        fields = {name: found for name, found in fields.items() if found}
        references = {} if entity != item.primary else _missing_references(own, read, headers)
        if own is None:
            if fields and not _is_referenced(item, entity, headers):
                update[str(entity)] = read.model_copy(update={"fields": fields, "id": []})
        elif fields or references:
            update[str(entity)] = own.model_copy(
                update={"fields": {**own.fields, **fields}, "references": {**own.references, **references}}
            )
    return item.model_copy(update=update)


def _is_referenced(item: ObjectProfile, entity: Entity, headers: Collection[str]) -> bool:
    present = {fold_header(header) for header in headers}
    reference = item.sections[item.primary].references.get(entity)
    used = [*reference.id, *reference.email, *reference.domain, *reference.name] if reference else []
    return any(fold_header(header) in present for header in used)


def _is_filled(section: Section | None, name: str, headers: Collection[str]) -> bool:
    present = {fold_header(header) for header in headers}
    return section is not None and any(fold_header(header) in present for header in section.fields.get(name, ()))


def _missing_references(own: Section | None, read: Section, headers: Collection[str]) -> dict[Entity, Reference]:
    present = {fold_header(header) for header in headers}
    found: dict[Entity, Reference] = {}
    for target, reference in read.references.items():
        had = own.references.get(target) if own else None
        used = [*had.id, *had.email, *had.domain, *had.name] if had else []
        given = {*reference.id, *reference.email, *reference.domain, *reference.name}
        if not any(fold_header(header) in present for header in used) and not given & set(headers):
            found[target] = reference
    return found
