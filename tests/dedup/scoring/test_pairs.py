"""Pairs and entities after any sequence of imports are those of resolving everything at once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas.contracts.options import ImportOptions
from tests.support import Workplace, write_csv

HEADER = ["id", "first name", "last name", "email", "phone", "company", "city", "modified"]


def _row(rng: random.Random) -> list[str]:
    first, last = rng.choice(["Ann", "Anna", "Bob", "Robert", "Chloé"]), rng.choice(["Lee", "Leigh", "Okafor", "Smith"])
    return [
        str(rng.randrange(30)),  # ids come again: updates of records
        first,
        last,
        rng.choice([f"{first}.{last}@acme.example".lower(), "", "info@acme.example"]),
        rng.choice(["+44 20 7946 0712", "+44 20 7946 0713", ""]),
        rng.choice(["Acme Ltd", "ACME Limited", "Globex", ""]),
        rng.choice(["Leeds", "London", ""]),
        f"2025-01-{rng.randrange(1, 28):02d} 10:00",
    ]


def _take(workplace: Workplace, path: Path) -> str | None:
    return workplace.take(path, options=ImportOptions(source="crm")).import_id


@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])  # a home an example: shrinking takes minutes
@given(st.integers(0, 10_000), st.lists(st.integers(1, 12), min_size=2, max_size=4), st.booleans())
def test_looking_only_at_what_changed_ends_in_the_tables_of_looking_at_everything(
    tmp_path_factory: pytest.TempPathFactory, seed: int, sizes: list[int], undoing: bool
) -> None:
    rng = random.Random(seed)
    parts = [[_row(rng) for _ in range(size)] for size in sizes]
    stepwise = Workplace(tmp_path_factory.mktemp("stepwise"))
    whole = Workplace(tmp_path_factory.mktemp("whole"))
    folder = tmp_path_factory.mktemp("in")
    for number, rows in enumerate(parts):
        path = write_csv(folder / f"part{number}.csv", [HEADER, *rows])
        imports = [_take(workplace, path) for workplace in (stepwise, whole)]
        stepwise.derive(most_changed=1.0)
    if undoing:
        for workplace, import_id in zip((stepwise, whole), imports, strict=True):
            assert import_id is not None
            workplace.ledger.undo(import_id, None, [])
            workplace.load_all()
    stepwise.derive(most_changed=1.0)
    whole.derive()
    expected, found = whole.tables(), stepwise.tables()
    skipped = {"audit.imports", "audit.import_files"}
    for table, rows in expected.items():
        if table not in skipped:
            assert _nameless(found[table]) == _nameless(rows), table


def _nameless(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Rows without what tells two homes apart: ids of imports and the time they were received."""
    return [tuple(value for value in row if not str(value).startswith(("imp_", "2026-"))) for row in rows]
