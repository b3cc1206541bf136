"""Header readings: what a header may mean, as a subject and an attribute, from the words in it.

A header is cut into known phrases of the vocabulary. Belongs here: one header by itself. Does not belong here: the
words (`schemas.profiles.header_vocabulary`), and which reading holds in a table (`assets.sources.mapping.assignment`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from schemas.contracts.headers import without_repeat
from schemas.profiles.header_vocabulary import Concept, ConceptKind, fold_words, header_vocabulary

WHOLE = "whole"
"""The attribute of a header that only names its subject: `Account`, `Owner`."""

FLOOR = 0.7
"""The least share of a header's words that must be known. `Customer Anniversary` is not read as a customer."""

MOST_READINGS = 32
MOST_WORDS = 12

_BRACKETS = re.compile(r"[(\[{<]([^)\]}>]*)[)\]}>]")
_RANKS = {"first": 1, "second": 2, "third": 3, "other": 4}
_ADDRESS = frozenset({"city", "region", "postal_code", "country", "street_number", "street_2"})
_TIMES = frozenset(
    {"created_at", "updated_at", "closed_at", "won_at", "lost_at", "due_at", "start_at", "end_at",
     "expected_close_date", "birth_date", "changed_at", "entered_at", "engaged_at", "last_touch", "converted_at",
     "completed_at"}
)  # fmt: skip
_WEAKER = {"name", "number", "type", "date", "street", "location", "description", "label", "source", "status"}
"""Attributes that give way where a header names another one, too: `Stage Name`, `Status Date`, `Address City`."""

_OTHER_PEOPLE = frozenset({"creator", "manager", "assistant", "parent", "campaign", "competitor", "price_list"})
_ROLES = _OTHER_PEOPLE | {"user"}
"""Subjects that stand for the whole header where no attribute is near: the owner of a contact is no contact."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a header.

    `subjects` are named in the header, the most likely one last. `score` is the share of its words that are known.
    `rank` orders several columns of one attribute, 0 first. `languages` are those in which the header can be read.
    """

    subjects: tuple[str, ...]
    attribute: str
    score: float
    rank: int
    languages: frozenset[str]


@lru_cache(maxsize=65_536)
def read_header(header: str) -> tuple[Reading, ...]:
    """Every reading of a header, best first; empty if too little of it is known.

    >>> [(reading.subjects, reading.attribute) for reading in read_header("Opportunity Owner")][:1]
    [(('deal', 'user'), 'whole')]
    >>> read_header("Customer Anniversary")
    ()
    """
    text = without_repeat(header)
    inside = " ".join(_BRACKETS.findall(text))
    plain = _BRACKETS.sub(" ", text)
    words = fold_words(plain)
    if not words:
        words, inside = fold_words(inside), ""
    words = tuple(part for word in words for part in header_vocabulary().parts(word))
    if not words or len(words) > MOST_WORDS:
        return ()
    beside = _bracketed(inside)
    found: dict[tuple[tuple[str, ...], str], Reading] = {}
    for cut in _best_cuts(words):
        for concepts in islice(product(*(segment.concepts for segment in cut)), MOST_READINGS):
            reading = _interpret(cut, concepts, beside)
            if reading is not None:
                key = (reading.subjects, reading.attribute)
                if key not in found or found[key].score < reading.score:
                    found[key] = reading
    # `Employees` is a number of them rather than one of them.
    return tuple(sorted(found.values(), key=lambda reading: (-reading.score, reading.attribute == WHOLE)))


def is_known_header(header: str) -> bool:
    """Whether a header can be read."""
    return bool(read_header(header))


@dataclass(frozen=True, slots=True)
class _Segment:
    start: int
    length: int
    concepts: tuple[Concept | None, ...]


def _bracketed(text: str) -> tuple[Concept, ...]:
    """The subject and qualifiers of what stands in brackets, if all of it is known; units and formats say nothing."""
    words = fold_words(text)
    if not words or len(words) > MOST_WORDS:
        return ()
    best = _best_cuts(words)[0]
    if any(segment.concepts == (None,) for segment in best):
        return ()
    firsts = (next((one for one in segment.concepts if one), None) for segment in best)
    return tuple(one for one in firsts if one is not None and one.kind != ConceptKind.ATTRIBUTE)


def _best_cuts(words: tuple[str, ...]) -> list[tuple[_Segment, ...]]:
    """The ways to cut words into phrases that leave the fewest words unknown, then with the fewest phrases."""
    vocabulary = header_vocabulary()
    best: list[list[tuple[_Segment, ...]]] = [[] for _ in range(len(words) + 1)]
    best[0] = [()]
    cost: list[tuple[int, int]] = [(0, 0)] + [(99, 99)] * len(words)
    for start in range(len(words)):
        for length in range(1, min(vocabulary.longest, len(words) - start) + 1):
            concepts: tuple[Concept | None, ...] = vocabulary.concepts(words[start : start + length])
            if not concepts and length == 1:
                concepts = _numbered(words[start])
            if not concepts and length > 1:
                continue
            unknown, phrases = cost[start]
            here = (unknown + (concepts == (None,)), phrases + 1)
            end = start + length
            if here < cost[end]:
                cost[end], best[end] = here, []
            if here == cost[end]:
                best[end] += [(*cut, _Segment(start, length, concepts)) for cut in best[start][:4]]
    return best[-1][:6]


def _numbered(word: str) -> tuple[Concept | None, ...]:
    if word.isdigit() and len(word) <= 2:
        name = "first" if int(word) == 1 else "other"
        return (Concept(ConceptKind.QUALIFIER, name, "*"),)
    return (None,)


def _interpret(
    cut: Sequence[_Segment], concepts: Sequence[Concept | None], beside: Sequence[Concept]
) -> Reading | None:
    """One reading of a cut with one concept chosen for each phrase; None if it says nothing."""
    placed = [(segment, concept) for segment, concept in zip(cut, concepts, strict=True) if concept is not None]
    attributes = [(segment, one.name) for segment, one in placed if one.kind == ConceptKind.ATTRIBUTE]
    subjects = [(segment, one.name) for segment, one in placed if one.kind == ConceptKind.SUBJECT]
    known: float = sum(segment.length for segment, one in placed if one.kind != ConceptKind.QUALIFIER)
    known += sum(0.5 * segment.length for segment, one in placed if one.kind == ConceptKind.QUALIFIER)
    unknown = sum(segment.length for segment, one in zip(cut, concepts, strict=True) if one is None)
    if not attributes and not subjects:
        return None
    attribute, certainty = _one_attribute(attributes)
    score = certainty * known / (known + unknown) - 0.02 * unknown
    if score < FLOOR:
        return None
    ranks = [_RANKS[one.name] for _, one in placed if one.kind == ConceptKind.QUALIFIER and one.name in _RANKS]
    ranks += [_RANKS[one.name] for one in beside if one.kind == ConceptKind.QUALIFIER and one.name in _RANKS]
    said = [(segment, one) for segment, one in placed if one.kind != ConceptKind.QUALIFIER]
    languages = frozenset.intersection(*(frozenset({one.language}) for _, one in said))
    place = next((segment.start for segment, name in attributes if name == attribute), None)
    ordered = _by_nearness(subjects, place)
    ordered = (*(one.name for one in beside if one.kind == ConceptKind.SUBJECT and one.name not in ordered), *ordered)
    return Reading(ordered, attribute, score if languages else 0.97 * score, max(ranks, default=0), languages)


def _one_attribute(attributes: Sequence[tuple[_Segment, str]]) -> tuple[str, float]:
    """The attribute that a header means, with a factor for how certain that is."""
    names = list(dict.fromkeys(name for _, name in attributes))
    if len(names) > 1 and any(name in _ADDRESS for name in names):
        names = [name for name in names if name in _ADDRESS and name != "street_2"] or names
    if len(names) > 1 and any(name in _TIMES for name in names):
        names = [name for name in names if name not in {"date", "created_at"} or len(names) == 1]
    if len(names) > 1:
        names = [name for name in names if name not in _WEAKER] or names
    if not names:
        return WHOLE, 1.0
    return names[0], 1.0 if len(names) == 1 else 0.8


def _by_nearness(subjects: Sequence[tuple[_Segment, str]], place: int | None) -> tuple[str, ...]:
    """The subjects, the one that the header speaks of last: the nearest to its attribute, or the role, or the last."""
    if place is None:
        ordered = sorted(subjects, key=lambda one: (one[1] in _ROLES, one[0].start))
    else:
        ordered = sorted(subjects, key=lambda one: (-abs(one[0].start - place), one[0].start))
    return tuple(dict.fromkeys(name for _, name in ordered))


def languages_of(headers: Sequence[str]) -> dict[str, float]:
    """The share of a table's readable headers that can be read in each language."""
    counts: dict[str, int] = {}
    total = 0
    for header in headers:
        spoken = frozenset[str]().union(*(reading.languages for reading in read_header(header)))
        total += bool(spoken)
        for language in spoken:
            counts[language] = counts.get(language, 0) + 1
    return {language: count / total for language, count in counts.items()}


def subjects_in(text: str) -> Iterator[str]:
    """The subjects that a file's or sheet's name speaks of."""
    for segment in _best_cuts(fold_words(text)[:MOST_WORDS] or ("",))[0]:
        for concept in segment.concepts:
            if concept is not None and concept.kind == ConceptKind.SUBJECT:
                yield concept.name
