"""SQL files: what may be put into them, and that every file counts for what is fresh."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from schemas.contracts.vocabulary import Entity
from schemas.sql import files
from schemas.sql.files import Expression, SqlFolder, Table, filled


def test_names_are_quoted_and_declared_sql_is_put_in_as_it_is() -> None:
    text = "SELECT {keys} FROM {table} WHERE entity = '{entity}'"
    parts = {"keys": Expression("a || b"), "table": Table('main.x"; DROP'), "entity": Entity.PERSON}
    assert filled(text, **parts) == 'SELECT a || b FROM "main"."x""; DROP" WHERE entity = \'person\''


def test_a_place_without_a_part_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "count.sql").write_text("-- A count.\nSELECT count(*) FROM {table} WHERE {column}")
    with pytest.raises(KeyError, match="column"):
        SqlFolder(tmp_path).statement("count", table=Table("persons"))


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the program's SQL in the place of the program."""
    for package in ("schemas", "dedup", "assets"):
        copytree(files.PROGRAM / package, tmp_path / package, ignore=ignore_patterns("*.py*", "__pycache__"))
    monkeypatch.setattr(files, "PROGRAM", tmp_path)
    monkeypatch.setattr(files, "SQL_DIR", tmp_path / "schemas" / "sql")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("dedup/scoring/sql/links.sql", True),
        ("dedup/resolution/sql/survivors.sql", True),
        ("assets/deals/sql/insert_deals.sql", True),
        ("schemas/sql/macros/days_between.sql", True),
        # What a page asks the published file changes no table.
        ("schemas/sql/queries/merges.sql", False),
    ],
)
def test_a_change_of_sql_that_derives_is_noticed(program: Path, file: str, counts: bool) -> None:
    before = files.deriving_sql.__wrapped__()
    with (program / file).open("a", encoding="utf-8") as handle:
        handle.write("\n-- changed")
    files._read.cache_clear()
    assert (files.deriving_sql.__wrapped__() != before) is counts
