"""Small worlds in which records meet: few names, domains, numbers and employers, so that a dozen rows make clusters.

Belongs here: the rows that several property tests draw, and importing them part by part.
"""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import strategies as st

from schemas.contracts.options import ImportOptions
from tests.support import Workplace, write_csv

HEADER = ["id", "first name", "last name", "email", "phone", "company", "city", "modified"]
FIRST = ["Ann", "Anna", "Bob", "Robert", "Chloé", "Dana"]
LAST = ["Lee", "Leigh", "Okafor", "Smith"]

SEEDS = st.integers(0, 10_000)
"""What a row is made from: one number, so that Hypothesis draws a world in few steps."""


def row(number: int, seed: int) -> list[str]:
    """A row under the id `number`; the same seed gives the same cells."""
    rng = random.Random(seed)
    first, last = rng.choice(FIRST), rng.choice(LAST)
    domain = rng.choice(["acme.example", "globex.example"])
    return [
        str(number),
        first,
        last,
        rng.choice([f"{first}.{last}@{domain}".lower(), f"{first}.{last}@{domain}".lower(), "info@acme.example", ""]),
        rng.choice(["+44 20 7946 0712", "+44 20 7946 0713", ""]),
        rng.choice(["Acme Ltd", "ACME Limited", "Globex", ""]),
        rng.choice(["Leeds", "London", ""]),
        f"2025-01-{1 + seed % 28:02d} 10:00",
    ]


def take(workplace: Workplace, folder: Path, number: int, rows: list[list[str]]) -> str:
    """Load rows as the file `part<number>.csv` of one source; returns the import's id. Nothing is derived yet."""
    path = write_csv(folder / f"part{number}.csv", [HEADER, *rows])
    import_id = workplace.take(path, options=ImportOptions(source="crm")).import_id
    assert import_id is not None
    return import_id


def person_ids(workplace: Workplace) -> set[str]:
    """The ids of persons that are published now."""
    return set(workplace.query("SELECT person_id FROM persons")["person_id"])


def redirects(workplace: Workplace) -> dict[str, str | None]:
    """Where ids that are gone lead to."""
    rows = workplace.query("SELECT retired_id, current_id FROM audit.id_redirects WHERE entity = 'person'")
    return dict(rows.iter_rows())
