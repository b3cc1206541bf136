"""What a file may need of memory: files that would need more are refused by name, in processes that really have no more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assets.sources.layout.tables import MAX_COLUMNS
from assets.sources.readers.delimited import MAX_CELLS_OF_ROW, MAX_RECORD_CHARS
from schemas.contracts.errors import InputRefusedError
from tests.assets.sources.support import of_rows
from tests.pipelines.support import ROOT

READ = """
import resource, sys
from pathlib import Path
import polars, clevercsv  # what is mapped before the limit is not the file's
from assets.sources.loading.interpretation import interpret_or_refuse
from schemas.contracts.options import ImportOptions
from schemas.profiles.loader import shipped_profiles
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
found = interpret_or_refuse(Path(sys.argv[1]), "list", ImportOptions(), shipped_profiles(), lambda *_: None)
print(found if isinstance(found, str) else "was read")
"""
LIMIT = 4 << 30


def _read(path: Path) -> str:
    """What comes of a file in a process with 4 GB of address space; DuckDB alone reserves half."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(LIMIT)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-1_000:])
    return done.stdout.strip()


def test_a_million_columns_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    more = ",".join(f"c{index}" for index in range(1_000_000))
    path.write_text(f"Name,Email,{more}\nAnn,ann@acme.example,{more}\n", encoding="utf-8")
    assert _read(path) == f"row 1 has 1,000,002 cells; at most {MAX_CELLS_OF_ROW:,} are read"


def test_a_file_without_line_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("Name,Email\n" + "x" * (3 * MAX_RECORD_CHARS), encoding="utf-8")
    assert _read(path) == f"has a line of more than {MAX_RECORD_CHARS:,} characters; it is not a table"


def test_delimiters_up_to_the_last_column_of_a_workbook_are_no_columns() -> None:
    blank = [""] * (MAX_CELLS_OF_ROW - 2)
    sheet = of_rows([["Name", "Email", *blank], ["Ann", "ann@acme.example", *blank]]).sheet
    assert (sheet.table.headers, sheet.mapped.loaded) == (["Name", "Email"], 1)


@pytest.mark.parametrize("columns", [MAX_COLUMNS, MAX_COLUMNS + 1])
def test_a_table_has_a_limit_of_columns(columns: int) -> None:
    rows = [
        ["Name", "Email", *(f"c{index}" for index in range(columns - 2))],
        ["Ann", "a@b.example", *["v"] * (columns - 2)],
    ]
    if columns <= MAX_COLUMNS:
        assert of_rows(rows).sheet.mapped.loaded == 1
    else:
        with pytest.raises(InputRefusedError, match=f"has {columns:,} columns; at most {MAX_COLUMNS:,} are read"):
            of_rows(rows)
