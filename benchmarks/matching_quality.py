"""How well records are matched on labelled data, beside a plain Splink script.

Pairwise precision, recall and F1 come from the published tables; the plain script gets the same columns.

    python -m benchmarks.matching_quality ../shared/data/persons

Each data set goes through the command line's own import into a home of its own with no configuration; the truth
is read only to score the result. The plain script is Splink's getting-started recipe: library comparisons on
the file's columns, parameters estimated on the file, clusters at a match probability of 0.95.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.importing import ImportRequest, run_import
from schemas.settings import load_settings
from schemas.warehouse import Published


@dataclass(frozen=True, slots=True)
class Dataset:
    """A labelled file: its id column and how a row names its true entity."""

    name: str
    id_column: str
    entity: Callable[[Mapping[str, str]], str]


def _febrl(row: Mapping[str, str]) -> str:
    return row["rec_id"].split("-")[1]


DATASETS = {
    "fake_1000": Dataset("fake_1000", "unique_id", lambda row: row["cluster"]),
    **{name: Dataset(name, "rec_id", _febrl) for name in ("febrl1", "febrl2", "febrl3")},
}


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairwise quality of a clustering, and the CPU seconds that it took."""

    records: int
    precision: float
    recall: float
    cpu_seconds: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def truth_of(dataset: Dataset, folder: Path) -> dict[str, str]:
    """The true entity of every record, by its id."""
    with (folder / f"{dataset.name}.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle, skipinitialspace=True))
    return {
        row[dataset.id_column].strip(): dataset.entity({key: value.strip() for key, value in row.items()})
        for row in rows
    }


def score(truth: Mapping[str, str], found: Mapping[str, str], cpu_seconds: float) -> Quality:
    """Pairwise precision and recall of `found` against `truth` (both: record to entity)."""

    def pairs(groups: Counter[Any]) -> int:
        return sum(size * (size - 1) // 2 for size in groups.values())

    both = pairs(Counter((truth[record], found[record]) for record in truth))
    claimed, true = pairs(Counter(found.values())), pairs(Counter(truth.values()))
    return Quality(len(truth), both / claimed if claimed else 1.0, both / true if true else 1.0, cpu_seconds)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(dataset: Dataset, folder: Path, home: Path) -> Quality:
    """Import a data set into `home` and score the published crosswalk."""
    began = _cpu()
    settings = load_settings(home)
    run_import(settings, ImportRequest([folder / f"{dataset.name}.csv"]))
    found = Published(settings.published_path).query("SELECT DISTINCT external_id, person_id FROM person_sources")
    return score(truth_of(dataset, folder), dict(found.iter_rows()), _cpu() - began)


def measure_plain_splink(dataset: Dataset, folder: Path) -> Quality:
    """Score the getting-started recipe of Splink on the same file."""
    import duckdb
    import polars as pl
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    began = _cpu()
    with (folder / f"{dataset.name}.csv").open(newline="") as handle:
        rows = [
            {key: value.strip() or None for key, value in row.items()}
            for row in csv.DictReader(handle, skipinitialspace=True)
        ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    if dataset.name == "fake_1000":
        comparisons = [
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.LevenshteinAtThresholds("dob", 1),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ]
        rules = [block_on("first_name", "surname"), block_on("dob"), block_on("email")]
        training = [block_on("first_name", "surname"), block_on("dob")]
    else:
        comparisons = [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.LevenshteinAtThresholds("date_of_birth", 1),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id"),
            cl.ExactMatch("street_number"),
            cl.DamerauLevenshteinAtThresholds("postcode"),
        ]
        rules = [
            block_on("soc_sec_id"),
            block_on("given_name", "surname"),
            block_on("date_of_birth"),
            block_on("postcode", "surname"),
        ]
        training = [block_on("date_of_birth"), block_on("postcode")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=dataset.id_column,
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
    )
    connection = duckdb.connect()
    connection.register("records", frame)
    linker = Linker(DuckDBAPI(connection=connection).register("records"), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match([rules[0]], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=0.05)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
    found = clusters.as_duckdbpyrelation().pl().select(dataset.id_column, "cluster_id")
    quality = score(truth_of(dataset, folder), dict(found.iter_rows()), _cpu() - began)
    connection.close()
    return quality


def main() -> None:
    """Measure every data set and print the table for benchmarks/README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="the folder that holds fake_1000.csv and febrl1.csv to febrl3.csv")
    folder = parser.parse_args().folder
    out = sys.stdout
    out.write("| data set | records | who | precision | recall | F1 | CPU s |\n|---|---|---|---|---|---|---|\n")
    for dataset in DATASETS.values():
        with tempfile.TemporaryDirectory() as home:
            ours = measure(dataset, folder, Path(home))
        plain = measure_plain_splink(dataset, folder)
        for who, quality in (("leadsift, whole import", ours), ("plain Splink script", plain)):
            figures = f"{quality.precision:.4f} | {quality.recall:.4f} | {quality.f1:.4f} | {quality.cpu_seconds:.1f}"
            out.write(f"| {dataset.name} | {quality.records} | {who} | {figures} |\n")


if __name__ == "__main__":
    main()
