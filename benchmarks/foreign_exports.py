"""What is made of exports and sales lists that others published: right, asked about, or wrong.

    python -m benchmarks.foreign_exports --data FOLDER [NAME ...]

`foreign_exports.toml` beside this module lists the data sets. To fetch one, clone its repository, check out its commit,
and copy each of its paths to FOLDER/<name>/<file name>. None of the files is part of this project. A data set that is
not in FOLDER is left out and named.

Each data set is imported by the command line, with no option, into a new home in a process of its own. Its figures
are compared with those of the manifest; a line is printed for each that differs. Figures whose value is 0 and upper
bounds count together as one, "nothing invented": an import that refuses everything has all of them. A file or sheet
that was refused although it can be read, with `--as` and a reading in the reason, was asked about. Where the manifest
allows that, the figures that are too low for it count as right.

Prints a table and the share of right figures, for data sets seen while building and those kept aside. Exits 1 if
either share is below 0.95, an object was invented, or a row was lost without a word.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.stores.warehouse import Published

MANIFEST = Path(__file__).with_suffix(".toml")
SQL = Path(__file__).with_name("sql")
SHARE_TO_REACH = 0.95
OBJECTS = ("deals", "leads", "persons", "organizations", "users", "activities")
CENTS = 1e-9
"""What sums of money may differ by when each amount was rounded to cents; counts must be equal."""
NOT_IMPORTED = "not imported: "
PARTS = ("loaded", "rejected", "blank", "preamble", "footer")
NAMES_A_READING = re.compile(r"--as (?!and\b)\w")
"""In the reason of a refusal that asks; "state what it is with --as and --map" names none."""
LEAST, MOST = "_at_least", "_at_most"


@dataclass(frozen=True, slots=True)
class Dataset:
    """An entry of the manifest."""

    name: str
    paths: tuple[str, ...]
    is_seen: bool
    may_ask: bool
    rows: int
    refused: tuple[str, ...]
    figures: Mapping[str, float]

    def lower_bounds(self) -> Iterator[tuple[str, float, bool]]:
        """Figures that need something loaded: name, value, whether more is wrong as well."""
        for figure, value in self.figures.items():
            if value and not figure.endswith(MOST):
                yield figure, value, not figure.endswith(LEAST)

    def most(self, kind: str) -> float | None:
        """How many objects of a kind there may be; None if the manifest leaves it open."""
        if not self.figures:
            return 0
        return self.figures.get(kind, self.figures.get(kind + MOST))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import left: figures by name, the files of its JSON document, rows in the crosswalk by file and sheet."""

    figures: Mapping[str, float]
    files: Sequence[Mapping[str, Any]]
    crosswalk: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Result:
    """How one data set was read."""

    dataset: Dataset
    differences: tuple[str, ...]
    right: int
    total: int
    invented: int
    lost: int
    was_asked: bool


def read_manifest(path: Path) -> list[Dataset]:
    """The data sets of the manifest; the counts of a status become figures of their own."""
    datasets = []
    for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        figures: dict[str, float] = {}
        for figure, value in entry.get("figures", {}).items():
            counts = value if isinstance(value, dict) else {"": value}
            figures |= {f"{figure}_{status}".rstrip("_"): count for status, count in counts.items()}
        datasets.append(
            Dataset(
                name,
                tuple(entry["paths"]),
                entry["seen"],
                entry.get("may_ask", False),
                entry.get("rows", 0),
                tuple(entry.get("refused", ())),
                figures,
            )
        )
    return datasets


def import_dataset(folder: Path, home: Path) -> Imported:
    """Import `folder` into `home` with the command line. Raises RuntimeError if it prints no document."""
    command = [sys.executable, "-m", "pipelines", "--home", str(home), "import", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        files = json.loads(done.stdout)["files"]
    except (json.JSONDecodeError, KeyError) as error:
        raise RuntimeError(f"{folder}: exit {done.returncode}: {done.stderr.strip()[-500:]}") from error
    path = home / "published" / "leadsift.duckdb"
    if not path.is_file():
        return Imported({}, files, {})
    published = Published(path)
    figures = published.query((SQL / "count_objects.sql").read_text(encoding="utf-8")).row(0, named=True)
    rows = published.query((SQL / "count_rows_of_sheets.sql").read_text(encoding="utf-8"))
    return Imported(figures, files, {(file, sheet): count for file, sheet, count in rows.iter_rows()})


def _sheets(imported: Imported) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for file in imported.files:
        for sheet in file["sheets"]:
            yield file, sheet


def _is_refused(dataset: Dataset, path: str, sheet: str) -> bool:
    """Whether the manifest says so of the file or of the sheet, several tables of which count as one."""
    name = Path(path).name
    return name in dataset.refused or f"{name}#{sheet.partition(' (table ')[0]}" in dataset.refused


def _refusals(dataset: Dataset, imported: Imported) -> list[str]:
    """The reasons of files and sheets that were refused although the manifest does not say so of the file."""
    reasons = []
    for file in imported.files:
        if _is_refused(dataset, file["path"], ""):
            continue
        reasons += [file["reason"]] if file["status"] == "refused" else []
        reasons += [text for sheet in file["sheets"] for text in sheet["decisions"] if text.startswith(NOT_IMPORTED)]
    return reasons


def _wrongly_loaded(dataset: Dataset, imported: Imported) -> list[str]:
    """Files and sheets that the manifest says must be refused, and of which rows were loaded."""
    return [
        f"{Path(file['path']).name}#{sheet['name']}".rstrip("#")
        for file, sheet in _sheets(imported)
        if sheet["loaded"] and _is_refused(dataset, file["path"], sheet["name"])
    ]


def lost_rows(dataset: Dataset, imported: Imported) -> int:
    """Rows that no count accounts for, and loaded rows without a row in the crosswalk.

    Activities, notes and users have no crosswalk; files and sheets that were refused as a whole said so.
    """
    read = [pair for pair in _sheets(imported) if not _is_refused(dataset, pair[0]["path"], pair[1]["name"])]
    unbalanced = sum(max(0, int(sheet["rows"]) - sum(int(sheet[part]) for part in PARTS)) for _, sheet in read)
    without = 0
    for file, sheet in read:
        in_crosswalk = imported.crosswalk.get((file["path"], sheet["name"]), 0)
        without += max(0, int(sheet["loaded"]) - in_crosswalk) if in_crosswalk else 0
    accounted = sum(int(sheet[part]) for _, sheet in read for part in PARTS)
    missing = 0 if _refusals(dataset, imported) else max(0, dataset.rows - accounted)
    return max(unbalanced, missing) + without


def _rows_are_right(dataset: Dataset, imported: Imported) -> bool:
    read = [sheet for file, sheet in _sheets(imported) if not _is_refused(dataset, file["path"], sheet["name"])]
    loaded = sum(int(sheet["loaded"]) for sheet in read)
    return loaded <= dataset.rows <= sum(int(sheet[part]) for sheet in read for part in PARTS)


def _invented(dataset: Dataset, imported: Imported) -> dict[str, int]:
    """Objects beyond what the data set holds, by kind."""
    found = {}
    for kind in OBJECTS:
        most = dataset.most(kind)
        have = imported.figures.get(kind, 0)
        if most is not None and have > most:
            found[kind] = int(have - most)
    return found


def compare(dataset: Dataset, imported: Imported) -> Result:
    """Score an import against the manifest."""
    asked = any(NAMES_A_READING.search(reason) for reason in _refusals(dataset, imported))
    differences, right, total = [], 0, 0
    for figure, want, is_exact in dataset.lower_bounds():
        have = imported.figures.get(figure.removesuffix(LEAST), 0)
        is_right = math.isclose(have, want, rel_tol=CENTS, abs_tol=0.01) if is_exact else have >= want
        excused = asked and dataset.may_ask and have < want
        right, total = right + (is_right or excused), total + 1
        if not is_right:
            differences.append(f"{figure} {have:.10g}, expected {want:.10g}" + (" (asked)" if excused else ""))
    invented = _invented(dataset, imported)
    loaded = _wrongly_loaded(dataset, imported)
    checks = {f"invented: {invented}": not invented}
    checks |= {f"{name} was loaded, should be refused": name not in loaded for name in dataset.refused}
    if dataset.rows:
        checks[f"rows other than {dataset.rows} accounted for"] = _rows_are_right(dataset, imported) or (
            asked and dataset.may_ask
        )
    differences += [text for text, is_right in checks.items() if not is_right]
    right, total = right + sum(checks.values()), total + len(checks)
    lost = lost_rows(dataset, imported)
    return Result(dataset, tuple(differences), right, total, sum(invented.values()), lost, asked)


def share(results: Sequence[Result]) -> float:
    """The share of figures that are right; 1 if there are none."""
    total = sum(result.total for result in results)
    return sum(result.right for result in results) / total if total else 1.0


def print_report(results: Sequence[Result]) -> None:
    """Print the table, the differences having been printed as they were found."""
    print("| data set | seen | right | objects invented | rows lost | asked |\n|---|---|---|---|---|---|")
    for result in results:
        dataset = result.dataset
        print(
            f"| {dataset.name} | {'yes' if dataset.is_seen else 'no'} | {result.right}/{result.total} | "
            f"{result.invented} | {result.lost} | {'yes' if result.was_asked else ''} |"
        )
    for label, is_seen in (("seen", True), ("kept aside", False)):
        part = [result for result in results if result.dataset.is_seen == is_seen]
        whole = sum(not result.differences for result in part)
        print(
            f"{label}: {share(part):.3f} of {sum(result.total for result in part)} figures right, {whole} of "
            f"{len(part)} data sets entirely, {sum(result.invented for result in part)} objects invented, "
            f"{sum(result.lost for result in part)} rows lost"
        )


def run(datasets: Sequence[Dataset], data: Path) -> list[Result]:
    """Import each data set that is there and print how it differs."""
    results = []
    for dataset in datasets:
        folder = data / dataset.name
        missing = [path for path in dataset.paths if not (folder / Path(path).name).is_file()]
        if missing:
            print(f"{dataset.name}: left out, {missing[0]} is not in {folder}")
            continue
        with tempfile.TemporaryDirectory() as home:
            result = compare(dataset, import_dataset(folder, Path(home) / "home"))
        for difference in result.differences:
            print(f"{dataset.name}: {difference}", flush=True)
        results.append(result)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with one folder for each data set")
    parser.add_argument("names", nargs="*", help="data sets (default: all)")
    arguments = parser.parse_args()
    datasets = read_manifest(MANIFEST)
    chosen = [dataset for dataset in datasets if not arguments.names or dataset.name in arguments.names]
    results = run(chosen, arguments.data)
    print_report(results)
    shares = [share([result for result in results if result.dataset.is_seen == is_seen]) for is_seen in (True, False)]
    is_clean = not any(result.invented or result.lost for result in results)
    return 0 if min(shares) >= SHARE_TO_REACH and is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
