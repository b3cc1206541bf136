"""The wheel holds everything that the program needs outside of a checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from pipelines import __version__
from tests.pipelines.support import ROOT

PACKAGES = ("pipelines", "assets", "dedup", "schemas")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.iterdir()
    return path


def test_the_wheel_holds_every_file_of_the_packages_and_the_examples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {f"{package}/py.typed" for package in PACKAGES} <= expected, "type information is for users, too"
    assert {Path(name).suffix for name in expected} >= {".py", ".sql", ".toml", ".txt", ".yaml", ".typed"}
    examples = {
        "pipelines/" + path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").rglob("*") if path.is_file()
    }
    assert examples
    in_packages = {name for name in names if not name.partition("/")[0].endswith(".dist-info")}
    assert in_packages == expected | examples


def test_the_metadata_name_version_licence_and_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = f"leadsift-{__version__}.dist-info"
        metadata = message_from_bytes(archive.read(f"{folder}/METADATA"))
        assert archive.read(f"{folder}/licenses/LICENSE").decode().startswith("MIT License")
        assert "leadsift = pipelines.__main__:main" in archive.read(f"{folder}/entry_points.txt").decode()
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
