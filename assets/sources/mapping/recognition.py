"""Recognises a table: as an export of a CRM, as a list, as something that is not taken, or as a question.

A CRM's profile names the headers of its exports; a list is read by the vocabulary. Both are compared by the columns
that they understand. Belongs here: the choice between them, and its evidence in words. Does not belong here: mapping
the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from assets.sources.layout.tables import Table
from assets.sources.mapping.assignment import columns_of
from assets.sources.mapping.column_values import ColumnValues, sample_values
from assets.sources.mapping.header_readings import read_header
from assets.sources.mapping.list_kinds import WeighedKind, weigh_kinds
from assets.sources.mapping.list_profiles import completed, object_of
from assets.sources.mapping.profile_readings import Recognition, crm_readings, object_headers, section_headers
from assets.sources.mapping.stated_targets import CUSTOM, matching, with_stated
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.headers import fold_header, without_repeat
from schemas.profiles.header_vocabulary import known_phrases
from schemas.profiles.loader import ObjectProfile, Profile

MARGIN = 1.0
"""Log odds by which the best reading must lead: below it the import asks. Odds of 2.7 to one."""


_LIKENESS = 0.6
"""A CRM's profile with headers of its own must claim this share of the columns that the vocabulary reads."""

_WHOLE = 0.9
"""A CRM's profile that claims this share of all columns wins a tie with the vocabulary."""

OTHER_COLUMNS = 0.5
"""The share of columns that are new to a user's list: a list may grow, but two lists may share two headers."""

LEAST = 0.5
"""The least log odds that the columns must give by themselves: a file's name alone makes no list of anything."""

_OR_PROFILE = "or write a profile to fill in: inspect --write-profile"

_REFUSED_BY_NAME = 2.0
"""Log odds of a kind that is not taken, from which a table is refused by its name."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a table is: `best` to map it by, or `refusal` that says why not and what to state.

    `readings` are the candidates, best first: the two of a question, the best with the runner-up, or the likeliest of a
    table that is refused, from which a user's own profile can start.
    """

    readings: tuple[Recognition, ...]
    refusal: str | None = None
    is_question: bool = False

    @property
    def best(self) -> Recognition | None:
        """The reading to map the table by; None if it is refused."""
        return self.readings[0] if self.readings and self.refusal is None else None


@dataclass(frozen=True, slots=True)
class TableSample:
    """What a table is recognised by: its headers, a sample of the cells of each, the names of its file and sheet."""

    headers: Sequence[str]
    values: Sequence[ColumnValues]
    file_stem: str
    sheet_name: str = ""

    @classmethod
    def of(cls, table: Table, file_stem: str) -> TableSample:
        """The sample of a table."""
        return cls(table.headers, sample_values(table), file_stem, table.name)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the user says about a table: its object (`deals`, `hubspot.contacts`) and the targets of columns."""

    object: str | None = None
    targets: Mapping[str, str] = field(default_factory=dict)


NOTHING_STATED = Stated()


class HeaderWords(frozenset[str]):
    """The headers that are known. A header is in it if a profile names it or the vocabulary can read it."""

    def __contains__(self, header: object) -> bool:
        return super().__contains__(header) or (
            isinstance(header, str) and not header.startswith("#") and bool(read_header(header))
        )


def known_headers(profiles: Sequence[Profile], stated: Collection[str] = ()) -> HeaderWords:
    """Every header that any object of any profile claims or the user states, folded, and in lower case as written."""
    objects = [item for profile in profiles for item in profile.objects]
    written = {
        header.lower() for item in objects for section in item.sections.values() for header in section_headers(section)
    }
    words = written.union(*(object_headers(item) for item in objects), map(str.lower, stated), map(fold_header, stated))
    if any(profile.is_generic for profile in profiles):
        words |= {fold_header(phrase) for phrase in known_phrases()}
    return HeaderWords(words)


def recognise(table: TableSample, profiles: Sequence[Profile], stated: Stated = NOTHING_STATED) -> Recognised:
    """Recognise a table among the exports of CRMs and the kinds of lists."""
    headers = table.headers
    targets = {index: stated.targets[wanted] for index, wanted in matching(stated.targets, headers).items()}
    found = _recognise(table, profiles, stated.object, targets)
    if found.best is None or not targets or found.best.profile.is_generic:
        return found
    try:
        return replace(found, readings=(_with_targets(found.best, headers, targets), *found.readings[1:]))
    except InputRefusedError as error:
        return replace(found, refusal=str(error))


def _recognise(
    table: TableSample, profiles: Sequence[Profile], stated_object: str | None, targets: Mapping[int, str]
) -> Recognised:
    headers = table.headers
    exports = crm_readings(headers, table.file_stem, profiles)
    generic = next((profile for profile in profiles if profile.is_generic), None)
    if stated_object and "." in stated_object:
        exports = [reading for reading in exports if reading.name == stated_object]
        generic = None
    if generic is None:
        return Recognised(tuple(exports[:2])) if exports else _unlike(headers, profiles, stated_object)
    exports = [reading for reading in exports if not _is_other_list(reading, headers)]
    names = (PurePosixPath(table.file_stem).name, table.sheet_name)
    columns = columns_of(headers, table.values)
    kinds = weigh_kinds(columns, names, generic, targets)
    if stated_object:
        return _as_stated(stated_object, kinds, generic, headers)
    lists = [one for one in kinds if one.missing is None]
    export = _convincing_export(exports, lists[0] if lists else None)
    if export is not None:
        best = export if export.profile.is_own else _completed(export, kinds, headers)
        return Recognised((best, *[other for other in exports if other is not export][:1]))
    if not kinds:
        return Recognised((), f"no kind of list has all of the stated fields: {', '.join(sorted(targets.values()))}")
    found = _as_list(lists, kinds, generic, headers)
    if not found.readings:
        return replace(found, readings=(list_reading(_likeliest(kinds, generic), generic, headers),))
    if found.is_question and exports:
        # The headers that a CRM's profile requires are there: that settles a doubt between two kinds of lists.
        agreed = [one for one in exports if one.object.primary in {other.object.primary for other in found.readings}]
        if agreed and len(agreed[0].claimed) >= _LIKENESS * len(found.readings[0].claimed):
            return Recognised((agreed[0], *found.readings[:1]))
    return found


# Lists -----------------------------------------------------------------------------------------------------------


def list_reading(weighed: WeighedKind, generic: Profile, headers: Sequence[str]) -> Recognition:
    """The reading of a table as a kind of list."""
    item = object_of(weighed.assignment)
    profile = generic.model_copy(update={"objects": [item]})
    used = set(weighed.assignment.targets)
    claimed = tuple(header for index, header in enumerate(headers) if index in used)
    unclaimed = tuple(header for index, header in enumerate(headers) if index not in used)
    reading = Recognition(profile, item, weighed.score, claimed, unclaimed, "the file name" in weighed.supports)
    return replace(reading, supports=weighed.supports, opposes=weighed.opposes)


def _as_stated(name: str, kinds: Sequence[WeighedKind], generic: Profile, headers: Sequence[str]) -> Recognised:
    """The reading that the user stated, without a floor."""
    wanted = next((one for one in kinds if name in (one.kind.name, one.kind.primary) and one.kind.primary), None)
    if wanted is None:
        return Recognised((), f"is not read as {name!r}: there is no such kind of list, or it lacks a stated field")
    reading = list_reading(wanted, generic, headers)
    if wanted.missing and not {"evidence", "reference"} & set(wanted.missing.split(" or ")):
        return Recognised(
            (reading,), f"cannot be read as {name}: no column gives {wanted.missing}; use --map, {_OR_PROFILE}"
        )
    return Recognised((reading,))


def _as_list(
    lists: Sequence[WeighedKind], kinds: Sequence[WeighedKind], generic: Profile, headers: Sequence[str]
) -> Recognised:
    """The best kind of list, a question between two, or a refusal."""
    taken = [one for one in lists if one.kind.primary is not None and one.own_score >= LEAST]
    likely = kinds[0]
    readings = tuple(list_reading(one, generic, headers) for one in taken[:2])
    if likely.kind.primary is None and likely.score >= _REFUSED_BY_NAME:
        if not taken or likely.score - taken[0].score >= MARGIN:
            why = ", ".join(repr(header) for header in likely.supports[:4])
            text = f"is {likely.kind.title} ({why}), which leadsift does not import"
            return Recognised((), f"{text}; if it is not, state what it is with --as and --map, {_OR_PROFILE}")
        return _question(readings, likely, taken[0])
    if not taken:
        return _unknown(headers, likely)
    best = taken[0]
    if likely.missing and likely.score - best.score >= MARGIN:
        return _unknown(headers, likely)
    if not best.is_above_floor:
        return _unclear(readings, best)
    second = taken[1] if len(taken) > 1 else None
    if second is not None and best.score - second.score < MARGIN:
        named = [one for one in (best, second) if one.by_name and not one.opposes]
        if len(named) != 1 or not named[0].is_above_floor:
            return _question(readings, second, best)
        # What the file is called decides, where nothing in it speaks against that.
        return Recognised(tuple(sorted(readings, key=lambda reading: reading.object.name != named[0].kind.name)))
    return Recognised(readings)


def _likeliest(kinds: Sequence[WeighedKind], generic: Profile) -> WeighedKind:
    """The likeliest kind that is imported, however unlikely; of equal ones the first of the generic profile."""
    taken = [one for one in kinds if one.kind.primary is not None]
    return max(taken, key=lambda one: (one.missing is None, one.score, -generic.kinds.index(one.kind)))


def _question(readings: tuple[Recognition, ...], other: WeighedKind, best: WeighedKind) -> Recognised:
    options = " or ".join(f"--as {reading.object.name}" for reading in readings)
    other_name = f"{other.kind.title} (not imported)" if other.kind.primary is None else other.kind.title
    text = (
        f"may be {best.kind.title} ({', '.join(best.supports[:4])}) or {other_name} "
        f"({', '.join(other.supports[:4])}); state which: {options}, {_OR_PROFILE}"
    )
    return Recognised(readings, text, is_question=True)


def _unclear(readings: tuple[Recognition, ...], best: WeighedKind) -> Recognised:
    text = (
        f"only {best.understood} of {best.filled} filled columns are understood, too few to take it as "
        f"{best.kind.title}; state what it is with --as {best.kind.name} and --map 'HEADER=FIELD', {_OR_PROFILE}"
    )
    return Recognised(readings, text, is_question=True)


def _unknown(headers: Sequence[str], best: WeighedKind | None = None) -> Recognised:
    shown = _shown(headers)
    text = f"not a known kind of list: its headers ({shown}) name no person, organization, lead or deal"
    if best is not None and best.kind.primary is not None and best.score > 0 and best.missing:
        text = f"looks like {best.kind.title}, but no column gives {best.missing} (headers: {shown})"
    return Recognised((), f"{text}; state what it is with --as and --map, {_OR_PROFILE}")


def _unlike(headers: Sequence[str], profiles: Sequence[Profile], stated_object: str | None) -> Recognised:
    """The refusal of a table that has not the headers that the stated profile requires."""
    present = {without_repeat(fold_header(header)) for header in headers}
    lacking: dict[str, list[str]] = {}
    for profile in profiles:
        for item in profile.objects:
            name = f"{profile.name}.{item.name}"
            if stated_object in (None, name):
                needed = [[one] if isinstance(one, str) else one for one in item.required]
                lacking[name] = [one[0] for one in needed if not present & set(map(fold_header, one))]
    if not lacking:
        return _unknown(headers)
    name, missing = min(lacking.items(), key=lambda one: (len(one[1]), one[0]))
    shown = ", ".join(map(repr, missing))
    return Recognised((), f"is not read as {name}: it has no column {shown}; its columns are: {_shown(headers)}")


def _shown(headers: Sequence[str]) -> str:
    return ", ".join(repr(header) for header in headers[:6]) + (", …" if len(headers) > 6 else "")


def _with_targets(reading: Recognition, headers: Sequence[str], targets: Mapping[int, str]) -> Recognition:
    """A CRM's reading with the stated targets."""
    item = with_stated(reading.object, {headers[index]: text for index, text in targets.items()})
    return _of_object(reading, item, headers, {headers[index] for index, text in targets.items() if text == CUSTOM})


def _of_object(
    reading: Recognition, item: ObjectProfile, headers: Sequence[str], left: Collection[str] = ()
) -> Recognition:
    """A reading with another object; it claims no header in `left`."""
    known = object_headers(item) | set(map(fold_header, reading.claimed))
    taken = tuple(one for one in headers if without_repeat(fold_header(one)) in known and one not in left)
    rest = tuple(header for header in headers if header not in taken)
    return replace(reading, object=item, claimed=taken, unclaimed=rest)


# Exports of CRMs -------------------------------------------------------------------------------------------------


def _is_other_list(reading: Recognition, headers: Sequence[str]) -> bool:
    """Whether most columns of a table are none of the list that a profile describes."""
    known = set(map(fold_header, reading.object.columns))
    others = sum(without_repeat(fold_header(header)) not in known for header in headers)
    return bool(known) and others > OTHER_COLUMNS * len(headers)


def _convincing_export(exports: Sequence[Recognition], best: WeighedKind | None) -> Recognition | None:
    """The CRM's reading, if it has headers that this CRM alone writes or claims more columns than the vocabulary."""
    if not exports:
        return None
    export = next((reading for reading in exports if reading.profile.is_own), exports[0])
    if export.profile.is_own:
        return export
    if best is None or best.kind.primary is None or not best.is_above_floor:
        return export if export.distinctive or len(export.claimed) >= 4 else None
    read = len(best.assignment.targets)
    if export.distinctive and len(export.claimed) >= _LIKENESS * read:
        return export
    is_whole = len(export.claimed) >= _WHOLE * (len(export.claimed) + len(export.unclaimed))
    return export if len(export.claimed) > read or (is_whole and len(export.claimed) >= read) else None


def _completed(export: Recognition, kinds: Sequence[WeighedKind], headers: Sequence[str]) -> Recognition:
    """A CRM's reading with what the vocabulary reads in the columns that its profile does not claim."""
    like = next((one for one in kinds if one.kind.primary == export.object.primary), None)
    if like is None or not export.unclaimed:
        return export
    claimed = {index for index, header in enumerate(headers) if header in export.claimed}
    item = completed(export.object, like.assignment, claimed)
    if item == export.object:
        return export
    return _of_object(export, item, headers)
