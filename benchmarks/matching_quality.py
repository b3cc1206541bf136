"""How well records are matched on labelled data, beside a plain Splink script.

Pairwise precision, recall and F1 come from the published tables; the plain script gets the same columns.

    python -m benchmarks.matching_quality [FOLDER] [--contacts 100000]

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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crm_contacts import COLUMNS, make_contacts
from benchmarks.development_data import development_data
from dedup.study.metrics import by_clusters
from pipelines.services.importing import run_import
from schemas.stores.settings import load_settings
from schemas.stores.warehouse import Published

PROBABILITIES = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.999)


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
    pairwise = by_clusters(truth, found).pairwise
    return Quality(len(truth), pairwise.precision, pairwise.recall, cpu_seconds)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(dataset: Dataset, folder: Path, home: Path) -> Quality:
    """Import a data set into `home` and score the published crosswalk."""
    began = _cpu()
    settings = load_settings(home)
    run_import(settings, [folder / f"{dataset.name}.csv"])
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


def measure_contacts(count: int, folder: Path) -> tuple[Quality, str]:
    """Import generated contacts and score them; also how often pairs of each probability were right, as a table."""
    rows, people = make_contacts(count)
    path = folder / "contacts.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    truth = {row[0]: str(person) for row, person in zip(rows, people, strict=True)}
    began = _cpu()
    settings = load_settings(folder / "home")
    run_import(settings, [path])
    spent = _cpu() - began
    published = Published(settings.published_path)
    found = published.query("SELECT DISTINCT external_id, person_id FROM person_sources WHERE external_id IS NOT NULL")
    return score(truth, dict(found.iter_rows()), spent), _calibration(published, truth)


def _calibration(published: Published, truth: Mapping[str, str]) -> str:
    pairs = published.query(
        "WITH ids AS (SELECT DISTINCT record_key, external_id FROM person_sources WHERE external_id IS NOT NULL) "
        "SELECT l.external_id, r.external_id, match_probability FROM audit.person_pairs "
        "JOIN ids AS l ON l.record_key = record_key_l JOIN ids AS r ON r.record_key = record_key_r WHERE rule = 'model'"
    )
    bins: dict[float, list[bool]] = {edge: [] for edge in PROBABILITIES}
    for one, other, chance in pairs.iter_rows():
        bins[max(edge for edge in PROBABILITIES if chance >= edge)].append(truth[one] == truth[other])
    lines = ["| probability from | pairs | right |", "|---|---|---|"]
    lines += [f"| {edge:g} | {len(right)} | {sum(right) / len(right):.3f} |" for edge, right in bins.items() if right]
    return "\n".join(lines)


def main() -> None:
    """Measure every data set and print the tables for benchmarks/README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=development_data() / "persons",
        help="the folder with fake_1000.csv and febrl1.csv to febrl3.csv (default: %(default)s)",
    )
    parser.add_argument("--contacts", type=int, nargs="*", default=[], help="also import this many generated contacts")
    parser.add_argument("--freeze", type=Path, metavar="CSV", help="also write what was found, as tests compare with")
    given = parser.parse_args()
    out = sys.stdout
    frozen = ["data set,precision,recall,f1"]
    out.write("| data set | records | who | precision | recall | F1 | CPU s |\n|---|---|---|---|---|---|---|\n")
    for dataset in DATASETS.values():
        with tempfile.TemporaryDirectory() as home:
            ours = measure(dataset, given.folder, Path(home))
        plain = measure_plain_splink(dataset, given.folder)
        for who, quality in (("leadsift, whole import", ours), ("plain Splink script", plain)):
            out.write(_line(dataset.name, who, quality))
        frozen.append(f"{dataset.name},{ours.precision:.4f},{ours.recall:.4f},{ours.f1:.4f}")
    calibration = ""
    for count in given.contacts:
        with tempfile.TemporaryDirectory() as folder:
            ours, calibration = measure_contacts(count, Path(folder))
        out.write(_line(f"contacts {count}", "leadsift, whole import", ours))
        frozen.append(f"contacts {count},{ours.precision:.4f},{ours.recall:.4f},{ours.f1:.4f}")
    if calibration:
        out.write(f"\n{calibration}\n")
    if given.freeze:
        given.freeze.write_text("\n".join(frozen) + "\n", encoding="utf-8")


def _line(name: str, who: str, quality: Quality) -> str:
    figures = f"{quality.precision:.4f} | {quality.recall:.4f} | {quality.f1:.4f} | {quality.cpu_seconds:.1f}"
    return f"| {name} | {quality.records} | {who} | {figures} |\n"


if __name__ == "__main__":
    main()
