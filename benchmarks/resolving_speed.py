"""What it costs to resolve a large list, and a small one into it, beside a lean Splink script.

    python -m benchmarks.resolving_speed 1000000 10000

Generated contacts (`benchmarks.crm_contacts`) are imported by the command line in processes of their own: first the
large list, then the small one. The lean script is Splink on DuckDB with frozen parameters: lower-case columns, five
comparisons, four blocking rules, clusters at 0.95; no normalisation, no golden values, no lineage. CPU seconds are
those of whole processes with their children.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.crm_contacts import COLUMNS, make_contacts
from benchmarks.matching_quality import Quality, score
from schemas.stores.warehouse import Published

LEAN = "lean"


def lean_splink(path: Path, clusters: Path) -> None:
    """The script that a Splink user would write: clusters of the rows of `path` as `id, cluster_id`."""
    import duckdb
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE contacts AS SELECT id, nullif(lower(\"first name\"), '') AS first_name, "
        "nullif(lower(\"last name\"), '') AS last_name, nullif(lower(email), '') AS email, "
        "nullif(right(regexp_replace(coalesce(mobile, phone), '[^0-9]', '', 'g'), 9), '') AS phone, "
        "nullif(lower(company), '') AS company, zip FROM read_csv(?, all_varchar = true)",
        [str(path)],
    )

    def compared(column: str, m: float, u: float) -> Any:
        return cl.CustomComparison(
            output_column_name=column,
            comparison_levels=[
                cll.NullLevel(column),
                cll.ExactMatchLevel(column).configure(m_probability=m, u_probability=u),
                cll.JaroWinklerLevel(column, 0.9).configure(m_probability=0.15, u_probability=u * 5),
                cll.ElseLevel().configure(m_probability=0.85 - m, u_probability=1 - 6 * u),
            ],
        )

    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        probability_two_random_records_match=1e-6,
        comparisons=[
            compared("first_name", 0.7, 0.004),
            compared("last_name", 0.75, 0.001),
            compared("email", 0.5, 2e-6),
            compared("phone", 0.5, 1e-5),
            compared("company", 0.6, 1e-4),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("first_name", "last_name"),
            block_on("last_name", "company"),
        ],
    )
    linker = Linker(DuckDBAPI(connection=connection).register("contacts"), settings, log_level=None)
    pairs = linker.inference.predict(threshold_match_probability=0.05)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
    found.as_duckdbpyrelation().pl().select("id", "cluster_id").write_csv(clusters)


def measured(*arguments: str) -> float:
    """CPU seconds of a process of this Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def blocking_ceiling(published: Published, truth: dict[str, str]) -> float:
    """The share of true pairs that blocking brings together, whatever their evidence."""
    from dedup.models.person_model import BLOCKING_RULES
    from dedup.scoring.blocking import block
    from schemas.stores.warehouse import scratch_session

    features = published.query("SELECT * FROM audit.person_features")
    keys = dict(
        published.query(
            "SELECT DISTINCT record_key, external_id FROM person_sources WHERE external_id IS NOT NULL"
        ).iter_rows()
    )
    with scratch_session() as session:
        with session.registered("incoming", features):
            session.execute("CREATE TABLE features AS SELECT * FROM incoming")
        block(session, "features", BLOCKING_RULES)
        pairs = session.frame(
            "SELECT l.record_key AS one, r.record_key AS other FROM match_pairs "
            "JOIN features AS l ON l.rowid = join_key_l JOIN features AS r ON r.rowid = join_key_r"
        )
    together = sum(
        truth.get(keys.get(one, ""), one) == truth.get(keys.get(other, ""), other) for one, other in pairs.iter_rows()
    )
    return together / sum(size * (size - 1) // 2 for size in Counter(truth.values()).values())


def _write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return path


def main() -> None:
    """Generate, import, run the script, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("large")
    parser.add_argument("small")
    parser.add_argument("clusters", nargs="?", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.large == LEAN:
        lean_splink(Path(given.small), Path(given.clusters))
        return
    large, small = int(given.large), int(given.small)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows, people = make_contacts(large + small)
        truth = {row[0]: str(person) for row, person in zip(rows[:large], people[:large], strict=True)}
        first, second = _write(folder / "large.csv", rows[:large]), _write(folder / "small.csv", rows[large:])
        del rows
        home, clusters = folder / "home", folder / "clusters.csv"
        published = Published(home / "published" / "leadsift.duckdb")
        whole = measured("-m", "pipelines", "--home", str(home), "import", str(first), "--source", "crm")
        found = published.query(
            "SELECT DISTINCT external_id, person_id FROM person_sources WHERE external_id IS NOT NULL"
        )
        ours = score(truth, dict(found.iter_rows()), whole)
        ceiling = blocking_ceiling(published, truth)
        more = measured("-m", "pipelines", "--home", str(home), "import", str(second), "--source", "crm")
        lean = measured("-m", "benchmarks.resolving_speed", LEAN, str(first), str(clusters))
        with clusters.open(newline="") as handle:
            theirs = score(truth, dict(list(csv.reader(handle))[1:]), lean)
    print("| what | CPU s | ratio to the whole | precision | recall | F1 |\n|---|---|---|---|---|---|")
    _row(f"leadsift, whole import of {large:,}", whole, whole, ours)
    _row(f"leadsift, {small:,} more", more, whole, None)
    _row(f"lean Splink script on the {large:,}", lean, whole, theirs)
    print(f"\nBlocking brings together {ceiling:.4f} of the true pairs.")


def _row(what: str, seconds: float, whole: float, quality: Quality | None) -> None:
    scores = f"{quality.precision:.4f} | {quality.recall:.4f} | {quality.f1:.4f}" if quality else "| |"
    print(f"| {what} | {seconds:.1f} | {seconds / whole:.3f} | {scores} |", flush=True)


if __name__ == "__main__":
    main()
