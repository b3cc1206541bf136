"""Inspecting: one file after the other, a stated number of rows, and values that are short enough to show."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assets.sources.files.landing import import_options
from pipelines.services import inspect_files
from pipelines.services.display import MOST_CHARACTERS, cell
from schemas.contracts.options import StatedOptions
from tests.pipelines.support import run, run_json
from tests.support import Workplace, write_csv

HEAD = ["Name", "Email", "Remarks"]


def test_files_come_as_they_are_read(workplace: Workplace, tmp_path: Path) -> None:
    paths = [write_csv(tmp_path / f"{name}.csv", [HEAD, [name, "", ""]]) for name in "ab"]
    (tmp_path / "c.csv").write_bytes(b"\x00" * 5_000)
    options = import_options(workplace.settings, StatedOptions())
    coming = inspect_files.inspect_paths([*paths, tmp_path / "c.csv"], options, workplace.settings)
    assert next(coming)["status"] == "readable"
    paths[1].unlink()  # not read yet
    assert [file["status"] for file in coming] == ["refused", "refused"]


def test_only_so_many_rows_are_read_and_that_is_said(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEAD, *([f"P {i}", f"p{i}@acme.example", "x"] for i in range(50))])
    options = import_options(workplace.settings, StatedOptions())
    for most, rows in ((20, 19), (51, 50), (None, 50)):
        (file,) = inspect_files.inspect_paths([path], options, workplace.settings, most)
        (sheet,) = file["sheets"]
        assert (sheet["rows"], sheet["loaded"]) == (rows, rows)
        sentence = "only the first 20 rows were read; --all reads every row"
        assert (sentence in sheet["decisions"]) == (most == 20)


@pytest.mark.timeout(60)
def test_a_cell_of_ten_megabytes_is_shown_by_its_beginning(tmp_path: Path) -> None:
    # Wrapped into the columns of a table, it took minutes.
    path = write_csv(tmp_path / "a.csv", [HEAD, ["Ann", "x" * 10_000_000, "y" * 10_000_000], ["Bob", "", "z"]])
    began = time.monotonic()
    shown = run("inspect", path, home=tmp_path / "home").stdout
    assert len(shown) < 20_000
    assert "(10,000,000 characters)" in shown
    assert time.monotonic() - began < 30


def test_every_row_is_read_when_asked(tmp_path: Path) -> None:
    rows = inspect_files.INSPECTED_ROWS + 10
    path = tmp_path / "a.csv"
    path.write_text("Name,Email\n" + "".join(f"P {i},\n" for i in range(rows)), encoding="utf-8")
    for arguments, found in ((["inspect"], inspect_files.INSPECTED_ROWS - 1), (["inspect", "--all"], rows)):
        document = run_json(*arguments, path, home=tmp_path / "home")
        assert document["files"][0]["sheets"][0]["rows"] == found


def test_a_short_value_is_shown_whole() -> None:
    assert cell("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS
    assert cell("x" * (MOST_CHARACTERS + 1)).endswith("… (501 characters)")
