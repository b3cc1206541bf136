"""The published file as analysts open it: in an older DuckDB's own command line, without extensions, and in the notebook."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from schemas.contracts.options import ImportOptions
from schemas.sql.files import sql_text
from schemas.sql.report_catalog import macro_files, view_names
from tests.pipelines.support import ROOT
from tests.support import Workplace

NO_EXTENSIONS = "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false;"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Workplace(tmp_path_factory.mktemp("home"))
    place.take(ROOT / "examples", options=ImportOptions())
    place.derive()
    with place.warehouse.open() as session:
        place.warehouse.publish(session, place.settings.published_path)
    return place.settings.published_path


def _ask(published: Path, sql: str) -> str:
    client = Path(sysconfig.get_path("scripts")) / "duckdb"  # the development requirements bring it
    done = subprocess.run(
        [str(client), "-readonly", "-csv", "-noheader", str(published), "-c", f"{NO_EXTENSIONS} {sql}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_older_client_reads_every_table_view_and_macro(published: Path) -> None:
    # docs/warehouse.md says "1.4 or newer".
    assert _ask(published, "SELECT version()").startswith("v1.4")
    names = _ask(
        published,
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL "
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal",
    ).split()
    assert {f"reports.{name}" for name in view_names()} <= set(names)
    counted = " UNION ALL ".join(f"SELECT '{name}', count(hash(it)) FROM {name} AS it" for name in names)
    rows = dict(line.split(",") for line in _ask(published, counted).split())
    assert int(rows["main.persons"]) > 0
    assert len(rows) == len(names)
    for name in macro_files():
        head = re.search(r"MACRO (reports\.\w+)\(([^)]*)\)", sql_text(name))
        assert head is not None
        given = ", ".join("'2026-01-01'" for item in head.group(2).split(",") if item.strip() and ":=" not in item)
        assert int(_ask(published, f"SELECT count(*) FROM {head.group(1)}({given})")) >= 0


def test_the_notebook_runs_from_its_first_cell_to_its_last(published: Path, tmp_path: Path) -> None:
    notebook = ROOT / "docs" / "notebooks" / "published.py"
    for file in (published, tmp_path / "nowhere.duckdb"):  # without a file it says so
        done = subprocess.run(
            [sys.executable, "-W", "error", str(notebook), "--", "--file", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Error" not in done.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "marimo", "check", str(notebook)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
