"""Every import contract of pyproject.toml can fail: one forbidden import for each, in a copy of the packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.pipelines.support import ROOT

PACKAGES = ("pipelines", "assets", "dedup", "schemas")

FORBIDDEN = {
    "One direction": ("dedup/scoring/bands.py", "from assets import tables", "dedup.scoring.bands -> assets.tables"),
    "A row's way": (
        "assets/sources/files/formats.py",
        "from assets.sources.loading import rejects",
        "assets.sources.files.formats -> assets.sources.loading.rejects",
    ),
    "A pair's way": (
        "dedup/features/folding.py",
        "from dedup.study import metrics",
        "dedup.features.folding -> dedup.study.metrics",
    ),
    "Stores know": (
        "schemas/contracts/keys.py",
        "from schemas.stores import settings",
        "schemas.contracts.keys -> schemas.stores.settings",
    ),
    "Faces over services": (
        "pipelines/services/undo.py",
        "from pipelines.commands import console",
        "pipelines.services.undo -> pipelines.commands.console",
    ),
    "Dagster only": ("assets/deals/actions.py", "import dagster", "assets.deals.actions -> dagster"),
    # In the package itself: a list of its modules would let it through.
    "Splink only": ("dedup/__init__.py", "import splink", "dedup -> splink"),
    "SQL is parsed": ("dedup/scoring/pairs.py", "import sqlglot", "dedup.scoring.pairs -> sqlglot"),
    "SQL reaches DuckDB": ("pipelines/services/doctor.py", "import duckdb", "pipelines.services.doctor -> duckdb"),
    "Only the ledger": ("assets/sources/loading/facts.py", "import sqlalchemy", "assets.sources.loading.facts -> sqlalchemy"),
}  # fmt: skip
"""For each contract, by the beginning of its name: a file, an import that it must not have, and how the report names it."""


def _lint(folder: Path) -> str:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], check=False, cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder)}
    )
    return done.stdout + done.stderr


def test_every_contract_can_fail(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for file, statement, _ in FORBIDDEN.values():
        path = tmp_path / file
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{statement}\n", encoding="utf-8")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    report = _lint(tmp_path)
    assert f"{len(contracts)} broken" in report, report
    starts = {contract["name"]: report.index(f"\n{contract['name']}\n---") for contract in contracts}
    for name, start in starts.items():
        section = report[start : min((other for other in starts.values() if other > start), default=len(report))]
        (named,) = [forbidden[2] for beginning, forbidden in FORBIDDEN.items() if name.startswith(beginning)]
        assert f"{named} " in section, section


def test_every_room_is_in_a_contract(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    rooms = ["assets.sources", "dedup", "schemas", "pipelines"]
    for room in rooms:
        new = tmp_path / room.replace(".", "/") / "attic"
        new.mkdir()
        (new / "__init__.py").write_text('"""A room that nobody placed."""\n', encoding="utf-8")
    report = _lint(tmp_path)
    assert f"{len(rooms)} broken" in report, report
