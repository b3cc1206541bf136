"""Kinds of lists: which kind a list that no CRM wrote is, with the evidence for and against.

Every kind is weighed by what its columns say, in units of log odds, and must meet its needs. Belongs here: lists.
Does not belong here: the exports of CRMs (`assets.sources.mapping.recognition`), and which column fills which field
(`assets.sources.mapping.assignment`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.sources.mapping.assignment import OTHERS, Assigner, Assignment, Column
from assets.sources.mapping.header_readings import WHOLE, Reading, subjects_in
from assets.sources.mapping.stated_targets import CUSTOM, targets_of_kind
from schemas.contracts.vocabulary import Entity
from schemas.profiles.header_vocabulary import fold_words
from schemas.profiles.loader import ListKind, Profile

FILE_NAME = 2.5
"""Log odds of a file or sheet that is named after a kind of list."""

FLOOR = 0.4
"""The least share of filled columns that must be understood."""

FLOOR_COLUMNS = 6
"""So many understood columns suffice in a wide export, most of whose columns are its owner's own."""

BLANK = 0.3
"""What the header of a column without cells counts, beside one with cells: a system exports the columns it has."""

BLANK_IN_SMALL = 0.7
"""The same in a list of a few rows or columns, whose columns somebody chose."""

WIDE = 12
"""Columns from which on a list is taken for a system's export of all that it has."""

REPEATED = 0.4
"""The share of distinct cells below which ids are those of other records: a quota for each month of an agent."""

ENOUGH = 10
"""Cells from which on a share of distinct ones says something."""

_NAMING = frozenset({"id", "name", "full_name", WHOLE, "title", "number"})
_COMPANY = 0.35
_PERSON = 0.5
_STAGES = 0.6


@dataclass(frozen=True, slots=True)
class WeighedKind:
    """A kind with its log odds, what spoke for and against it, and the columns as it would read them.

    `understood` counts the filled columns that a field takes or that are known by name, of `filled`. `missing` says
    which need is not met, None if all are.
    """

    kind: ListKind
    assignment: Assignment
    score: float
    supports: tuple[str, ...]
    opposes: tuple[str, ...]
    understood: int
    filled: int
    missing: str | None

    by_name: bool = False

    @property
    def own_score(self) -> float:
        """The log odds of the columns alone, without the file's name."""
        return self.score - (FILE_NAME if self.by_name else 0.0)

    @property
    def is_above_floor(self) -> bool:
        """Whether enough of the filled columns are understood."""
        return self.understood >= FLOOR * self.filled or self.understood >= FLOOR_COLUMNS


def weigh_kinds(
    columns: Sequence[Column], names: Sequence[str], generic: Profile, stated: Mapping[int, str] | None = None
) -> list[WeighedKind]:
    """Every kind of list with its evidence, best first; `names` are those of the file and the sheet.

    `stated` are the targets that the user gave, by column, as `entity.field`. A kind that lacks one is left out.
    """
    fields = {text for text in (stated or {}).values() if text != CUSTOM}
    kinds = [kind for kind in generic.kinds if fields <= targets_of_kind(kind).keys()]
    named = {subject for name in names for subject in subjects_in(name)}
    words = {" ".join(fold_words(name)) for name in names}
    weighed = [_weigh(kind, columns, named, words, generic, stated or {}) for kind in kinds]
    return sorted(weighed, key=lambda one: (-one.score, one.kind.name))


def _weigh(  # noqa: PLR0913, PLR0917 - what is weighed, in one place
    kind: ListKind,
    columns: Sequence[Column],
    named: set[str],
    words: set[str],
    generic: Profile,
    stated: Mapping[int, str],
) -> WeighedKind:
    assigner = Assigner(kind, generic.attributes)
    known = targets_of_kind(kind)
    given = {index: known[text] for index, text in stated.items() if text != CUSTOM}
    usable = [column for column in columns if column.index not in stated or column.index in given]
    assignment = assigner.assign(usable, given)
    assignment.columns = columns
    score, supports, opposes = 0.0, list[str](), list[str]()
    seen: set[str] = set()
    understood = 0
    filled = [column for column in columns if not column.values.is_blank] or list(columns)
    is_large = len(columns) >= WIDE and max(column.values.count for column in columns) >= ENOUGH
    blank = BLANK if is_large else BLANK_IN_SMALL
    for column in columns:
        reading = assignment.readings.get(column.index) or next(iter(column.readings), None)
        if reading is None:
            continue
        understood += column in filled
        key, weight = _weight(kind, assigner, column, reading)
        if not weight or key in seen:
            continue
        seen.add(key)
        score += weight if column in filled else blank * weight
        (supports if weight > 0 else opposes).append(column.header)
    by_name = is_named(kind, named, words)
    if by_name:
        score += FILE_NAME
        supports.append("the file name")
    for key, weight, cells in _by_values(kind, assignment):
        score += weight
        (supports if weight > 0 else opposes).append(cells)
        seen.add(key)
    missing = _missing(kind, assignment, seen, by_name)
    evidence = (tuple(supports), tuple(opposes))
    return WeighedKind(kind, assignment, score, *evidence, understood, len(filled), missing, by_name)


def is_named(kind: ListKind, named: set[str], words: set[str]) -> bool:
    """Whether a file or sheet is named after a kind of list."""
    hints = [" ".join(fold_words(hint)) for hint in kind.files]
    return bool(named & set(kind.subjects)) or any(hint in text for hint in hints for text in words)


def _weight(kind: ListKind, assigner: Assigner, column: Column, reading: Reading) -> tuple[str, float]:
    """What a column adds to the log odds of a kind: the strongest of its keys."""
    subject = assigner.subject_of(reading, column.values)
    exact = f"{subject}.{reading.attribute}"
    if exact in kind.supports or exact in kind.opposes:
        return exact, kind.supports.get(exact, 0.0) - kind.opposes.get(exact, 0.0)
    keys = [f"{subject}.*"] if subject else []
    is_own = bool(set(reading.subjects) & set(kind.subjects)) and (subject in kind.subjects or subject is None)
    if kind.primary in (Entity.PERSON, Entity.ORGANIZATION) and subject == kind.primary:
        is_own = True
    if is_own and reading.attribute in ("id", "number") and _repeats(column):
        return "own", -kind.supports.get("own", 0.0)
    if is_own and reading.attribute in _NAMING:
        keys.append("own")
    if subject == "user" and "user" not in kind.subjects:
        keys.append("user")
    if not subject or is_own or subject not in {*OTHERS, "user"}:
        keys.append(reading.attribute)
    weights = [(key, kind.supports.get(key, 0.0)) for key in keys]
    weights += [(key, -kind.opposes.get(key, 0.0)) for key in keys]
    key, weight = max(weights, key=lambda one: (abs(one[1]), one[1]), default=("", 0.0))
    # Every header about one subject counts by itself.
    return exact if key.endswith(".*") else key, weight


def _repeats(column: Column) -> bool:
    return column.values.count >= ENOUGH and column.values.distinct < REPEATED


def _by_values(kind: ListKind, assignment: Assignment) -> list[tuple[str, float, str]]:
    """Evidence from the cells: names of persons or companies where the header says neither, and names of stages."""
    found: list[tuple[str, float, str]] = []
    for column in assignment.columns:
        reading = assignment.readings.get(column.index) or next(iter(column.readings), None)
        attribute = reading.attribute if reading else ""
        subjects = reading.subjects if reading else ()
        if attribute in ("name", "full_name", WHOLE) and set(subjects) <= {"customer"}:
            if column.values.company >= _COMPANY:
                found.append(("company_values", 1.0, column.header))
            elif column.values.person >= _PERSON:
                found.append(("person_values", 1.0, column.header))
        if column.values.stage >= _STAGES and column.values.count >= 3 and attribute in ("stage", "status", ""):
            found.append(("stage_values", 1.0, column.header))
    weighed: list[tuple[str, float, str]] = []
    for key, factor, header in dict.fromkeys(found):
        weight = kind.supports.get(key, 0.0) - kind.opposes.get(key, 0.0)
        if weight:
            weighed.append((key, factor * weight, f"the cells of {header!r}"))
    return weighed


def _missing(kind: ListKind, assignment: Assignment, seen: set[str], by_name: bool) -> str | None:
    """The first need that a table does not meet, in words."""
    if kind.primary is None:
        return None
    have = set(assignment.fields_of(kind.primary))
    for entity in (Entity.PERSON, Entity.ORGANIZATION):
        if assignment.fields_of(entity) or entity in assignment.referenced():
            have.add(entity.value)
    if assignment.referenced() - {Entity.USER}:
        have.add("reference")
    if (by_name and "file" in kind.evidence) or _has_evidence(kind, assignment, seen):
        have.add("evidence")
    for group in kind.needs:
        if not have & set(group):
            return " or ".join(group).replace("_", " ")
    return None


def _has_evidence(kind: ListKind, assignment: Assignment, seen: set[str]) -> bool:
    attributes = {reading.attribute for reading in assignment.readings.values()}
    subjects = {f"{key.rpartition('.')[0]}.*" for key in seen if "." in key}
    return bool((seen | attributes | subjects) & (set(kind.evidence) - {"file"}))
