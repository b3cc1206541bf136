"""Evaluation: compares clusters with labels.

Pairwise precision and recall count pairs of records. B-cubed (Bagga and Baldwin 1998) averages over records: precision
is the share of a record's cluster that belongs to it, recall the share of its true cluster that was found. Labels are a
column of entities or pairs; unlabelled records are ignored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of a clustering. `exact` is the share of true clusters that were found exactly."""

    records: int
    true_pairs: int
    pairwise: Scores
    b_cubed: Scores | None
    exact: float | None


def pair(one: str, other: str) -> Pair:
    """Two records, the smaller key first."""
    return (one, other) if one < other else (other, one)


def by_clusters(truth: Mapping[str, Hashable], found: Mapping[str, Hashable]) -> Quality:
    """Compare clusters with true ones; both map records to clusters. Only records in `truth` count."""
    here = {record: found[record] for record in truth if record in found}
    both = Counter((truth[record], cluster) for record, cluster in here.items())
    true, claimed = Counter(truth[record] for record in here), Counter(here.values())
    together = sum(_pairs(size) for size in both.values())
    pairwise = _scores(together, sum(map(_pairs, claimed.values())), sum(map(_pairs, true.values())))
    precision = sum(size * size / claimed[cluster] for (_, cluster), size in both.items()) / max(1, len(here))
    recall = sum(size * size / true[entity] for (entity, _), size in both.items()) / max(1, len(here))
    exact = sum(size == true[entity] == claimed[cluster] for (entity, cluster), size in both.items())
    return Quality(
        len(here), sum(map(_pairs, true.values())), pairwise, Scores(precision, recall), exact / max(1, len(true))
    )


def by_pairs(labels: Mapping[Pair, bool], found: Mapping[str, Hashable]) -> Quality:
    """Compare labelled pairs with the clusters."""
    judged = {key: same for key, same in labels.items() if key[0] in found and key[1] in found}
    claimed = {key for key in judged if found[key[0]] == found[key[1]]}
    true = {key for key, same in judged.items() if same}
    records = {record for key in judged for record in key}
    return Quality(len(records), len(true), _scores(len(true & claimed), len(claimed), len(true)), None, None)


def errors_of_clusters(truth: Mapping[str, Hashable], found: Mapping[str, Hashable]) -> tuple[list[Pair], list[Pair]]:
    """False negatives and false positives: missed pairs, and pairs wrongly merged."""
    missed, wrong = set[Pair](), set[Pair]()
    here = {record: truth[record] for record in truth if record in found}
    for group in _groups(here):
        missed |= {pair(one, other) for one, other in _all_pairs(group) if found[one] != found[other]}
    for group in _groups({record: found[record] for record in here}):
        wrong |= {pair(one, other) for one, other in _all_pairs(group) if truth[one] != truth[other]}
    return sorted(missed), sorted(wrong)


def errors_of_pairs(labels: Mapping[Pair, bool], found: Mapping[str, Hashable]) -> tuple[list[Pair], list[Pair]]:
    """Like `errors_of_clusters`, for labelled pairs."""
    judged = {key: same for key, same in labels.items() if key[0] in found and key[1] in found}
    together = {key: found[key[0]] == found[key[1]] for key in judged}
    missed = sorted(key for key, same in judged.items() if same and not together[key])
    return missed, sorted(key for key, same in judged.items() if not same and together[key])


def _groups(of_record: Mapping[str, Hashable]) -> list[list[str]]:
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for record, group in of_record.items():
        groups[group].append(record)
    return [sorted(group) for group in groups.values() if len(group) > 1]


def _all_pairs(records: list[str]) -> Iterable[Pair]:
    return ((one, other) for place, one in enumerate(records) for other in records[place + 1 :])


def _pairs(size: int) -> int:
    return size * (size - 1) // 2


def _scores(both: int, claimed: int, true: int) -> Scores:
    return Scores(both / claimed if claimed else 1.0, both / true if true else 1.0)
