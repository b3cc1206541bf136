"""How well the models distinguish names alone: graded pairs of names of people and companies against the models.

    python -m benchmarks.name_pairs [FILE] [--quality STRONG]

A pair counts as matched from `FROM` bits of evidence. Lists the errors with their evidence.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import polars as pl

from benchmarks.development_data import development_data
from dedup.features.records import organization_features, person_features
from dedup.study.explanation import explain
from schemas.contracts.person_names import split_name
from schemas.contracts.vocabulary import Entity

FROM = 7.0
_TEXTS = ("record_key", "name", "domain", "website", "email", "phone", "street", "city", "postal_code")


def features_of(entity: Entity, names: dict[str, str]) -> pl.DataFrame:
    """The comparison features of records that have only a name, by key."""
    keys = list(names)
    if entity == Entity.ORGANIZATION:
        rows = [dict.fromkeys(_TEXTS) | {"record_key": key, "name": names[key]} for key in keys]
        return organization_features(pl.DataFrame(rows, schema=dict.fromkeys(_TEXTS, pl.String)))
    parted = [split_name(names[key]) for key in keys]
    blank = pl.Series([None] * len(keys), dtype=pl.String)
    lists = pl.Series([[]] * len(keys), dtype=pl.List(pl.String))
    others = dict.fromkeys(("national_id", "street", "city", "postal_code", "organization_id"), blank)
    written = {
        "record_key": keys,
        "name": list(names.values()),
        "first_name": pl.Series([given for given, _ in parted], dtype=pl.String),
        "last_name": pl.Series([family for _, family in parted], dtype=pl.String),
        "birth_date": blank.cast(pl.Date),
        "emails": lists,
        "phones": lists,
    }
    return person_features(pl.DataFrame({**written, **others}))


def main() -> None:
    """Print the errors, and how many pairs were compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = development_data() / "names" / "name_pairs.csv"
    parser.add_argument("path", type=Path, nargs="?", default=default, help="graded pairs (default: %(default)s)")
    parser.add_argument("--quality", default="STRONG")
    given = parser.parse_args()
    with given.path.open(encoding="utf-8", newline="") as handle:
        graded = [row for row in csv.DictReader(handle) if row["quality"] == given.quality]
    compared = wrong = 0
    for entity in (Entity.PERSON, Entity.ORGANIZATION):
        rows = {
            f"{place:04}": row
            for place, row in enumerate(graded)
            if (row["schema"] == "Person") == (entity == "person")
        }
        names = {f"{place}{side}": row[f"name{side}"] for place, row in rows.items() for side in "12"}
        pairs = [(f"{place}1", f"{place}2") for place in rows]
        for pair in explain(entity, features_of(entity, names), pairs):
            row = rows[pair.record_key_l[:4]]
            compared += 1
            if (pair.match_weight >= FROM) != (row["is_match"] == "true"):
                wrong += 1
                sys.stdout.write(
                    f"{row['is_match']:<6}{pair.match_weight:6.1f} bits  {row['name1']} | {row['name2']}\n"
                )
    sys.stdout.write(f"{compared} pairs, {wrong} wrong\n")


if __name__ == "__main__":
    main()
