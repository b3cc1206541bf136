"""Readings of a table by the profiles of CRMs: the objects whose headers it has, with the evidence.

Every object of every profile is scored by the share of the sheet's headers that it claims; its required headers must
exist. Belongs here: profiles. Does not belong here: lists (`assets.sources.mapping.list_kinds`), and the choice between
both (`assets.sources.mapping.recognition`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath

from assets.sources.mapping.header_readings import read_header
from schemas.contracts.headers import fold_header, without_repeat
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import ObjectProfile, Profile, Section

FILE_BONUS = 0.1
"""A file name breaks a tie between objects that claim the same headers; it never outweighs two of them."""

OWN_BONUS = 0.5
"""A user's own profile outranks built-in ones."""

GROUP_BONUS = 0.02
"""Required headers distinguish an object from its siblings."""

FILE_ALTERNATIVE = "@file"


@dataclass(frozen=True, slots=True)
class Recognition:
    """One reading of a table with its evidence: the headers it claims and those it does not.

    `supports` and `opposes` are the headers, and the cells and names in words, that speak for and against it;
    `distinctive` counts those that its CRM alone writes.
    """

    profile: Profile
    object: ObjectProfile
    score: float
    claimed: tuple[str, ...]
    unclaimed: tuple[str, ...]
    by_file_name: bool
    distinctive: int = 0
    supports: tuple[str, ...] = ()
    opposes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`profile.object`, as reports show it."""
        return f"{self.profile.name}.{self.object.name}"

    def evidence(self, runner_up: Recognition | None = None) -> str:
        """A sentence that says why."""
        total = len(self.claimed) + len(self.unclaimed)
        text = f"{len(self.claimed)} of {total} columns understood ({', '.join(self.claimed[:6])}"
        text += ", …)" if len(self.claimed) > 6 else ")"
        if self.by_file_name:
            text += " and the file name"
        if runner_up is not None:
            text += f"; next best {runner_up.name} with {len(runner_up.claimed)}"
        return text


def section_headers(section: Section) -> list[str]:
    """Every header that a section reads."""
    references = [*section.references.values(), *([section.same_as] if section.same_as else [])]
    return [
        *section.id,
        *(header for headers in section.fields.values() for header in headers),
        *(
            header
            for reference in references
            for header in (*reference.id, *reference.email, *reference.domain, *reference.name)
        ),
    ]


@lru_cache(maxsize=512)
def _folded(headers: tuple[str, ...]) -> frozenset[str]:
    """Folded headers, cached."""
    return frozenset(fold_header(header) for header in headers)


def object_headers(item: ObjectProfile) -> frozenset[str]:
    """Every header that an object claims, folded."""
    headers = [header for section in item.sections.values() for header in section_headers(section)]
    return _folded((*headers, *item.ignored))


def crm_readings(headers: Sequence[str], file_stem: str, profiles: Sequence[Profile]) -> list[Recognition]:
    """Every object of a CRM's profile whose required headers exist, best first."""
    folded = [without_repeat(fold_header(header)) for header in headers]
    owners = _owners(tuple(profile.name for profile in profiles if profile.objects), profiles)
    found = [
        candidate
        for profile in profiles
        for item in profile.objects
        if (candidate := _score(profile, item, headers, folded, file_stem)) is not None
    ]
    weighed = [_with_distinctive(one, set(folded), owners) for one in found]
    return sorted(weighed, key=lambda candidate: (-candidate.score, candidate.name))


_OWNERS: dict[tuple[str, ...], dict[str, int]] = {}


def _owners(names: tuple[str, ...], profiles: Sequence[Profile]) -> dict[str, int]:
    """How many CRMs claim each folded header."""
    if names not in _OWNERS:
        counts: dict[str, int] = {}
        for profile in profiles:
            claims = frozenset[str]().union(*(object_headers(item) for item in profile.objects))
            for header in claims:
                counts[header] = counts.get(header, 0) + 1
        _OWNERS[names] = counts
    return _OWNERS[names]


def _with_distinctive(reading: Recognition, present: set[str], owners: Mapping[str, int]) -> Recognition:
    """A reading with the headers of the table that its CRM alone writes."""
    signature = [header for header in reading.object.signature if fold_header(header) in present]
    own = [header for header in reading.claimed if _is_distinctive(header, owners)]
    return replace(reading, distinctive=len(signature) + len(own), supports=tuple(dict.fromkeys([*signature, *own])))


def _is_distinctive(header: str, owners: Mapping[str, int]) -> bool:
    """Whether one CRM alone writes a header: no other profile has it, and it is not plain words."""
    folded = without_repeat(fold_header(header))
    is_plain = folded.replace(" ", "").isalnum() and header.strip().replace(" ", "").isalpha() and " " in header.strip()
    is_word = header.strip().isalpha() and (header.islower() or header.istitle() or header.isupper())
    return owners.get(folded, 0) == 1 and not ((is_plain or is_word) and read_header(header))


def _score(
    profile: Profile, item: ObjectProfile, headers: Sequence[str], folded: Sequence[str], file_stem: str
) -> Recognition | None:
    by_file_name = _file_matches(item, file_stem)
    present = set(folded)
    for required in item.required:
        options = [required] if isinstance(required, str) else required
        if by_file_name and FILE_ALTERNATIVE in options:
            continue
        if not any(fold_header(option) in present for option in options):
            return None
    claims = _anchored_headers(item, present)
    prefixes = tuple(fold_header(one.unpivot.prefix) for one in item.sections.values() if one.unpivot)
    claims |= {key for key in folded if prefixes and key.startswith(prefixes)}
    needed = [[options] if isinstance(options, str) else options for options in item.required]
    claims |= {fold_header(header) for options in needed for header in options}
    claimed = tuple(header for header, key in zip(headers, folded, strict=True) if key in claims)
    unclaimed = tuple(header for header, key in zip(headers, folded, strict=True) if key not in claims)
    score = len(claimed) / len(headers)
    score += OWN_BONUS if profile.is_own else 0.0
    # Required headers distinguish this object from its siblings.
    score += GROUP_BONUS * len(item.required)
    return Recognition(profile, item, score + (FILE_BONUS if by_file_name else 0.0), claimed, unclaimed, by_file_name)


def mapping_of(recognition: Recognition, headers: Sequence[str]) -> dict[str, list[str]]:
    """What each header feeds, as `entity.field`, `entity.id` or `entity -> target`; unmapped headers feed nothing."""
    targets: dict[str, list[str]] = {}
    for entity, section in recognition.object.sections.items():
        pairs = [(header, f"{entity}.id") for header in section.id]
        pairs += [(header, f"{entity}.{name}") for name, known in section.fields.items() for header in known]
        pairs += [
            (header, f"{entity} -> {target}")
            for target, reference in section.references.items()
            for header in (*reference.id, *reference.email, *reference.domain, *reference.name)
        ]
        pairs += [(header, f"{entity} same as") for header in (section.same_as.id if section.same_as else [])]
        for header, target in pairs:
            targets.setdefault(fold_header(header), []).append(target)
    # `Phone (2)` goes where it is named by its number, else where `Phone` goes.
    folded = {header: fold_header(header) for header in headers}
    return {header: targets.get(name) or targets.get(without_repeat(name), []) for header, name in folded.items()}


_NAME_FIELDS = ("name", "first_name", "last_name", "title", "subject", "content", "emails")


def _names(item: ObjectProfile, entity: Entity) -> frozenset[str]:
    """Folded headers that name an entity of the object."""
    fields = item.sections[entity].fields
    return frozenset(fold_header(header) for name in _NAME_FIELDS for header in fields.get(name, ()))


def _anchored_headers(item: ObjectProfile, present: set[str]) -> frozenset[str]:
    """The headers that an object claims on this sheet.

    Headers of a further entity count only if the sheet also names that entity: a website column beside persons is
    not an organization.
    """
    claims: set[str] = {fold_header(header) for header in item.ignored}
    for entity, section in item.sections.items():
        if entity == item.primary or _names(item, entity) & present:
            claims |= _folded(tuple(section_headers(section)))
    return frozenset(claims)


def _file_matches(item: ObjectProfile, file_stem: str) -> bool:
    name = fold_header(PurePosixPath(file_stem).name)
    words = name.replace(".", " ").split()
    squeezed = [*words, "".join(words)]
    return any(word.startswith(fold_header(hint)) for hint in item.files for word in squeezed)
