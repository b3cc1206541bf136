"""What a file may need of memory: files that would need more are refused by name, in processes that really have no more."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
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
from assets.sources.loading.interpretation import Interpreter
from schemas.contracts.options import ImportOptions
from schemas.profiles.loader import shipped_profiles
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
found = Interpreter(ImportOptions(), shipped_profiles()).interpret_or_refuse(Path(sys.argv[1]), "list", lambda *_: None)
print(found if isinstance(found, str) else "was read")
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
LIMIT = 4 << 30


def _read(path: Path) -> str:
    """What comes of a file in a process with 4 GB of address space; DuckDB alone reserves half."""
    return _read_measured(path)[0]


def _read_measured(path: Path) -> tuple[str, int]:
    """The same, and the most resident memory of the process's children in MB."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(LIMIT)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-1_000:])
    what, peak = done.stdout.splitlines()
    return what, int(peak)


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
        assert of_rows(rows, kind="contacts").sheet.mapped.loaded == 1
    else:
        with pytest.raises(InputRefusedError, match=f"has {columns:,} columns; at most {MAX_COLUMNS:,} are read"):
            of_rows(rows)


_OFFICE = "http://schemas.openxmlformats.org"
_PARTS = {
    "_rels/.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_OFFICE}/spreadsheetml/2006/main" xmlns:r="{_OFFICE}/officeDocument/2006/'
    'relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument/2006/relationships/worksheet" Target="worksheets/s.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
}


def _workbook(path: Path, value: str, rows: int, columns: int) -> Path:
    """A sheet of cells that all refer to one shared string."""
    words = "".join(f"<si><t>{text}</t></si>" for text in ("Name", "Email", value))
    row = "<row>" + '<c t="s"><v>2</v></c>' * columns + "</row>"
    head = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    main = f'xmlns="{_OFFICE}/spreadsheetml/2006/main"'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/sharedStrings.xml", f"<sst {main}>{words}</sst>")
        archive.writestr(
            "xl/worksheets/s.xml", f"<worksheet {main}><sheetData>{head}{row * rows}</sheetData></worksheet>"
        )
    return path


def test_a_workbook_of_which_little_is_left_when_packed_is_refused(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "bomb.xlsx", "x", 200_000, 20)
    assert path.stat().st_size < 400_000
    assert "refused as a possible zip bomb" in _read(path)
    assert _read(_workbook(tmp_path / "list.xlsx", "x", 2_000, 4)) == "was read"


def test_a_workbook_may_take_memory_as_its_content_is_long(tmp_path: Path) -> None:
    # Every cell gets a copy of one long text: 4 GB of them in a file of 10 kB. Six gigabytes were allowed to any file.
    what, peak = _read_measured(_workbook(tmp_path / "texts.xlsx", "y" * 32_000, 60_000, 2))
    assert "is a workbook that cannot be read" in what
    assert peak < 1_200
