"""Evaluate: compares the labels of a file with the published clusters.

Labels are records with their true entity (columns `id` and `cluster`), or pairs (`left`, `right` and, unless all match,
`is_match`). Ids are those of the source; `source:id` distinguishes sources. Belongs
here: reading labels and finding the records. Does not belong here: the measures (`dedup.study.metrics`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from assets.sources.layout.tables import find_tables
from assets.sources.readers.reading import read_file
from dedup.study.metrics import Pair, Quality, by_clusters, by_pairs, errors_of_clusters, errors_of_pairs, pair
from pipelines.services.lookup import explained, features_of, known_of, label
from schemas.contracts.counting import counted
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.headers import fold_header
from schemas.contracts.vocabulary import Entity
from schemas.sql.files import SHARED
from schemas.stores.warehouse import Published

MOST_EXPLAINED = 200
"""The most errors that are explained; the most surprising are shown."""

_IDS = ("id", "record id", "external id", "unique id", "rec id")
_CLUSTERS = ("cluster", "entity", "person", "true id", "cluster id", "entity id")
_LEFT, _RIGHT = ("left", "left id", "id 1", "id l", "a", "one"), ("right", "right id", "id 2", "id r", "b", "other")
_MATCH = ("is match", "match", "same", "label", "decision")
_TRUE = frozenset({"1", "true", "yes", "y", "match", "same", "t"})
_FALSE = frozenset({"0", "false", "no", "n", "distinct", "different", "non match", "f"})


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels: the true entity of ids, or pairs of ids with whether they match."""

    clusters: dict[str, str]
    pairs: dict[Pair, bool]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The quality of the published clusters, with the worst errors explained and unknown ids."""

    quality: Quality
    missed: list[dict[str, Any]]
    wrong: list[dict[str, Any]]
    missed_pairs: int
    wrong_pairs: int
    unknown: list[str]
    thresholds: pl.DataFrame


def read_labels(path: Path) -> Labels:
    """Read labels from any list that can be imported.

    Raises InputRefusedError with the missing columns, or the row whose cell is neither yes nor no.
    """
    sheets = read_file(path).sheets
    known = frozenset({*_IDS, *_CLUSTERS, *_LEFT, *_RIGHT, *_MATCH})
    tables = [table for sheet in sheets for table in find_tables(sheet, known)]
    if not tables:
        raise InputRefusedError(f"{path}: contains no labels")
    table = tables[0]
    folded = [fold_header(header) for header in table.headers]
    cells = table.cells.frame()

    def column(names: tuple[str, ...]) -> pl.Series | None:
        place = next((folded.index(name) for name in names if name in folded), None)
        return None if place is None else cells[f"c{place}"]

    left, right, match = column(_LEFT), column(_RIGHT), column(_MATCH)
    if left is not None and right is not None:
        answers = match.to_list() if match is not None else ["1"] * len(left)
        rows = zip(left, right, answers, cells["row_number"], strict=True)
        return Labels(
            {}, {pair(one, other): _answer(path, row, answer) for one, other, answer, row in rows if one and other}
        )
    ids, clusters = column(_IDS), column(_CLUSTERS)
    if ids is None or clusters is None:
        raise InputRefusedError(
            f"{path}: needs the columns 'id' and 'cluster', or 'left' and 'right' (and 'is_match'); "
            f"it has {', '.join(table.headers)}"
        )
    return Labels({one: group for one, group in zip(ids, clusters, strict=True) if one and group}, {})


def _answer(path: Path, row: int, answer: str | None) -> bool:
    word = (answer or "").strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise InputRefusedError(f"{path}, row {row}: {answer!r} is neither yes nor no")


def evaluate(published: Published, labels: Labels, entity: Entity, shown: int = 10) -> Evaluation:
    """Compare labels with the published clusters of an entity."""
    clusters = published.query(SHARED.statement("queries/clusters_of_ids", entity=entity).text)
    found: dict[str, str] = {}
    keys: dict[str, str] = {}
    for external, source, key, cluster in clusters.iter_rows():
        for name in (external, f"{source}:{external}"):
            found[name], keys[name] = cluster, key
    wanted = set(labels.clusters) or {one for key in labels.pairs for one in key}
    unknown = sorted(wanted - set(found))
    if len(unknown) == len(wanted):
        raise InputRefusedError(
            f"none of {counted(len(wanted), 'labelled id')} is known (the first: {unknown[0]!r}); "
            "use the ids of the source"
        )
    if labels.clusters:
        quality = by_clusters(labels.clusters, found)
        missed, wrong = errors_of_clusters(labels.clusters, found)
    else:
        quality = by_pairs(labels.pairs, found)
        missed, wrong = errors_of_pairs(labels.pairs, found)
    return Evaluation(
        quality,
        _explain_pairs(published, entity, missed, keys)[::-1][:shown],
        _explain_pairs(published, entity, wrong, keys)[:shown],
        len(missed),
        len(wrong),
        unknown,
        _thresholds(published, labels, entity, keys),
    )


def _explain_pairs(
    published: Published, entity: Entity, pairs: list[Pair], keys: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Explain pairs, the lowest match weight first."""
    ids = {
        pair(keys[one], keys[other]): (one, other) for one, other in pairs[:MOST_EXPLAINED] if keys[one] != keys[other]
    }
    features = features_of(published, entity, {key for both in ids for key in both})
    explanations = explained(published, entity, features, list(ids))[::-1]
    known = known_of(published, [key for item in explanations for key in (item.record_key_l, item.record_key_r)])
    return [
        {
            "left": ids[item.record_key_l, item.record_key_r][0],
            "right": ids[item.record_key_l, item.record_key_r][1],
            "left_record": label(known[item.record_key_l]),
            "right_record": label(known[item.record_key_r]),
            "match_weight": round(item.match_weight, 2),
            "probability": item.probability,
            "why": item.sentence(),
        }
        for item in explanations
    ]


def _thresholds(published: Published, labels: Labels, entity: Entity, keys: Mapping[str, str]) -> pl.DataFrame:
    """Precision and recall of the kept pairs by match threshold (probability).

    Columns `probability, precision, recall, f1`. Does not count pairs that are linked through others.
    """
    pairs = published.query(SHARED.statement("queries/pair_probabilities", entity=entity).text)
    if labels.clusters:
        truth = {keys[name]: group for name, group in labels.clusters.items() if name in keys}
        sizes: dict[str, int] = {}
        for group in truth.values():
            sizes[group] = sizes.get(group, 0) + 1
        total = sum(size * (size - 1) // 2 for size in sizes.values())
        judged = [
            (chance, truth[one] == truth[other])
            for one, other, chance in pairs.iter_rows()
            if one in truth and other in truth
        ]
    else:
        labelled = {
            pair(keys[one], keys[other]): same
            for (one, other), same in labels.pairs.items()
            if one in keys and other in keys
        }
        total = sum(labelled.values())
        judged = [
            (chance, labelled[pair(one, other)])
            for one, other, chance in pairs.iter_rows()
            if pair(one, other) in labelled
        ]
    rows = []
    for step in range(1, 100):
        accepted = [same for chance, same in judged if chance >= step / 100]
        precision = sum(accepted) / len(accepted) if accepted else 1.0
        recall = sum(accepted) / total if total else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        rows.append({"probability": step / 100, "precision": precision, "recall": recall, "f1": f1})
    return pl.DataFrame(rows)
