"""Stated targets: what `--as` and `--map` may say, checked before anything is read, and put over a CRM's profile.

A target is a field of the table's own records (`value`), a field of another entity that a row carries or refers to
(`organization.name`), an id (`id`, `organization.id`), or `custom`. Belongs here: which targets there are, and what a
wrong one may have meant. Does not belong here: parsing the command line; how a list uses the targets
(`assets.sources.mapping.list_kinds`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from assets.sources.mapping.assignment import NAMESPACES, REFERENCED_BY, Assigner, Column, Target
from assets.sources.mapping.column_values import ColumnValues
from assets.sources.mapping.header_readings import read_header
from schemas.contracts.errors import InputRefusedError, InvalidRequestError
from schemas.contracts.headers import fold_header
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import ListKind, ObjectProfile, Profile, Reference, Section

CUSTOM = "custom"
_FINDABLE = {
    Entity.ORGANIZATION: REFERENCED_BY,
    Entity.PERSON: ("id", "email", "name"),
    Entity.USER: ("id", "email", "name"),
}
"""What records are referred to by; all others by id or name."""

MOST_SHOWN = 40


def referenced_by(entity: Entity) -> Sequence[str]:
    """What records of an entity are referred to by."""
    return _FINDABLE.get(entity, ("id", "name"))


def targets_of(primary: Entity, sections: Collection[Entity]) -> dict[str, Target]:
    """Every target of a table whose rows are `primary` records and carry `sections`, by the text that states it."""
    found: dict[str, Target] = {}
    for entity in Entity:
        if entity in sections:
            own = {f"{entity}.{name}": Target(entity, name) for name in ("id", *CONTRACTS[entity].fields)}
        elif entity in CONTRACTS[primary].references:
            own = {f"{entity}.{name}": Target(entity, name, is_reference=True) for name in referenced_by(entity)}
        else:
            continue
        found |= own
    return found | {name: Target(primary, name) for name in ("id", *CONTRACTS[primary].fields)}


def targets_of_kind(kind: ListKind) -> dict[str, Target]:
    """Every target of a kind of list; none of a kind that is not imported."""
    return targets_of(kind.primary, kind.sections) if kind.primary else {}


def kind_called(name: str, generic: Profile) -> ListKind | None:
    """The kind of list that a user names: by its own name (`deals`) or its records' (`deal`)."""
    return next((kind for kind in generic.kinds if name in (kind.name, kind.primary)), None)


# Checks ----------------------------------------------------------------------------------------------------------


def check_stated(object_name: str | None, targets: Mapping[str, str], profiles: Sequence[Profile]) -> None:
    """Check the stated object and fields by themselves.

    Raises InvalidRequestError for a kind or field that no home knows, InputRefusedError for an object that none of the
    home's profiles has; with the nearest names.
    """
    generic = next((profile for profile in profiles if profile.is_generic), None)
    kinds = [kind for kind in generic.kinds if kind.primary] if generic else []
    if object_name is not None and "." in object_name:
        _check_object(object_name, profiles)
    elif object_name is not None and generic is not None:
        kinds = [_checked_kind(object_name, generic)]
    if generic is None or (object_name and "." in object_name):
        return
    for header, target in targets.items():
        known = {name for kind in kinds for name in targets_of_kind(kind)}
        if target != CUSTOM and target not in known:
            whose = f" of {kinds[0].title}" if len(kinds) == 1 else ""
            raise InvalidRequestError(
                f"--map {header}={target}: {target!r} is no field{whose}; {_meant(target, kinds, generic)}"
            )


def _checked_kind(name: str, generic: Profile) -> ListKind:
    kind = kind_called(name, generic)
    if kind is not None and kind.primary is not None:
        return kind
    known = [one.name for one in generic.kinds if one.primary]
    if kind is not None:
        reason = f"leadsift does not import {kind.title}"
    else:
        reason = "is no kind of list" + _nearest(name, known)
    raise InvalidRequestError(
        f"--as {name}: {reason}; state one of: {', '.join(sorted(known))}, or a CRM's object, such as hubspot.contacts"
    )


def _check_object(name: str, profiles: Sequence[Profile]) -> None:
    known = [f"{profile.name}.{item.name}" for profile in profiles for item in profile.objects]
    if name in known:
        return
    of_profile = [one for one in known if one.partition(".")[0] == name.partition(".")[0]]
    reason = f"no profile has this object{_nearest(name, known)}"
    raise InputRefusedError(
        f"--as {name}: {reason}" + (f"; it may be one of: {', '.join(of_profile)}" if of_profile else "")
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _meant(target: str, kinds: Sequence[ListKind], generic: Profile) -> str:
    """What a wrong target may have meant: what the vocabulary reads in it, then what is spelled alike."""
    read = Column(0, target, read_header(target), ColumnValues.blank())
    names = {meant: text for kind in kinds for text, meant in targets_of_kind(kind).items()}
    if len(kinds) > 1:
        # With its entity a field has one name in every kind of list.
        names = {meant: f"{meant.entity}.{meant.field}" for meant in names}
    by_words = [
        names[found] for kind in kinds for found in Assigner(kind, generic.attributes).offered(read) if found in names
    ]
    plain = list(dict.fromkeys(names.values()))
    near = list(dict.fromkeys([*by_words, *get_close_matches(target, plain, n=3, cutoff=0.7)]))
    if near:
        return f"did you mean {' or '.join(map(repr, near[:3]))}?"
    if len(kinds) > 1:
        return "state the kind of list as well, with --as, to see its fields"
    more = ", …" if len(plain) > MOST_SHOWN else ""
    return f"it may be one of: {', '.join(plain[:MOST_SHOWN])}{more}, or {CUSTOM}"


def check_headers(targets: Mapping[str, str], tables: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Check the stated headers against the tables of an import, each with its place and headers.

    Raises InputRefusedError for a header that no table has, and for two columns of a table with one field.
    """
    known = list(dict.fromkeys(header for _, headers in tables for header in headers))
    shown = ", ".join(map(repr, known[:MOST_SHOWN])) + (", …" if len(known) > MOST_SHOWN else "")
    reasons = [
        f"--map {wanted}={target}: no table has such a column{_nearest(wanted, known)}; the columns are: {shown}"
        for wanted, target in targets.items()
        if known and not matching([wanted], known)
    ]
    reasons += [reason for place, headers in tables for reason in _shared(targets, place, headers)]
    if reasons:
        raise InputRefusedError(*reasons)


def _shared(targets: Mapping[str, str], place: str, headers: Sequence[str]) -> Iterator[str]:
    """Why two columns of a table cannot have one field."""
    filled: dict[str, str] = {}
    for index, wanted in matching(targets, headers).items():
        target = targets[wanted]
        first = filled.setdefault(target, headers[index])
        if first != headers[index] and not _takes_several(target):
            yield f"{place}: --map gives {target!r} to {first!r} and to {headers[index]!r}, but it holds one value"


def matching(wanted: Iterable[str], headers: Sequence[str]) -> dict[int, str]:
    """The columns that stated headers mean, by index: as written, else without case, accents and punctuation."""
    found: dict[int, str] = {}
    folded = [fold_header(header) for header in headers]
    for one in wanted:
        exact = [index for index, header in enumerate(headers) if header == one]
        for index in exact or [index for index, header in enumerate(folded) if header == fold_header(one)]:
            found.setdefault(index, one)
    return found


def _takes_several(target: str) -> bool:
    """Whether a target may have several columns, for some kind of record."""
    entity, _, name = target.rpartition(".")
    contracts = [CONTRACTS[Entity(entity)]] if entity else list(CONTRACTS.values())
    return target == CUSTOM or any(name in one.fields and one.fields[name].is_list for one in contracts)


# CRM exports -----------------------------------------------------------------------------------------------------


def with_stated(item: ObjectProfile, targets: Mapping[str, str]) -> ObjectProfile:
    """A CRM's object with the stated target of each header, and these headers nowhere else.

    Raises InputRefusedError for a target that its records do not have.
    """
    known = targets_of(item.primary, item.sections)
    for header, text in targets.items():
        if text != CUSTOM and text not in known:
            near = _nearest(text, known)
            raise InputRefusedError(f"{header!r} cannot fill {text!r}: {item.name} have no such field{near}")
    stated = {fold_header(header) for header in targets}
    sections = {entity: _without(section, stated) for entity, section in item.sections.items()}
    for header, text in targets.items():
        if text == CUSTOM:
            continue
        target = known[text]
        holder = item.primary if target.is_reference else target.entity
        sections[holder] = _with_target(sections[holder], target, header)
    ignored = [header for header in item.ignored if fold_header(header) not in stated]
    return item.model_copy(update={"ignored": ignored, **{str(entity): one for entity, one in sections.items()}})


def _with_target(section: Section, target: Target, header: str) -> Section:
    """A section in which a header comes first for its target."""
    if target.is_reference:
        known = section.references.get(
            target.entity, Reference(object=NAMESPACES.get(target.entity, str(target.entity)))
        )
        pointed = known.model_copy(update={target.field: [header, *getattr(known, target.field)]})
        return section.model_copy(update={"references": {**section.references, target.entity: pointed}})
    if target.field == "id":
        return section.model_copy(update={"id": [header, *section.id]})
    headers = [header, *section.fields.get(target.field, ())]
    return section.model_copy(update={"fields": {**section.fields, target.field: headers}})


def _without(section: Section, headers: Collection[str]) -> Section:
    """A section that reads none of these folded headers."""

    def left(given: Sequence[str]) -> list[str]:
        return [header for header in given if fold_header(header) not in headers]

    def pointed(reference: Reference) -> Reference:
        return reference.model_copy(update={by: left(getattr(reference, by)) for by in REFERENCED_BY})

    return section.model_copy(
        update={
            "id": left(section.id),
            "fields": {name: left(given) for name, given in section.fields.items()},
            "references": {target: pointed(reference) for target, reference in section.references.items()},
            "same_as": pointed(section.same_as) if section.same_as else None,
        }
    )
