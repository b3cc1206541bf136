"""A list in one piece or in three, in any order, ends in the same clusters; every id that was replaced has a redirect.

The list is long enough for its pieces together to mention 2,100 employers, the whole only 700: what depends on the
number of records, or on how often an employer is mentioned, shows here.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache
from itertools import permutations
from pathlib import Path
from string import ascii_lowercase

import polars as pl
import pytest

from dedup.resolution.entities import resolve
from dedup.scoring.current_records import load_current
from dedup.scoring.pairs import find_pairs
from schemas.contracts.vocabulary import RESOLVED_ENTITIES
from schemas.stores.warehouse import Session
from tests.support import Workplace, write_csv

HEADER = ["id", "first name", "last name", "email", "company"]
EMPLOYERS, PIECES = 700, 3


def _name(number: int, letters: int) -> str:
    return "".join(random.Random(number).choices(ascii_lowercase, k=letters)).title()


@cache
def _rows() -> list[list[str]]:
    """Rows of which every piece mentions every employer."""
    rows = []
    for number in range(EMPLOYERS * PIECES):
        # One in ten is a further record of a person of another piece, whose employer is written with a blank.
        again = number % 10 == 9 and number > EMPLOYERS
        person = number - EMPLOYERS - 3 if again else number
        employer = f"Blue{' ' if again else ''}Sky{person % EMPLOYERS:03d}"
        email = f"p{person}@mail.example" if person % 3 else ""
        rows.append([f"r{number}", _name(person, 6), _name(-person, 9), email, employer])
    return rows


def _resolve(workplace: Workplace) -> None:
    with workplace.warehouse.open() as session:
        for entity in RESOLVED_ENTITIES:
            with session.transaction():
                load_current(session, entity)
                session.replace(f"audit.{entity}_pairs", find_pairs(session, entity, most_changed=1.0).pairs)
                resolve(session, entity)


def _clusters(workplace: Workplace) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """The rows that are one person, and the rows of one employer."""
    found = workplace.query(
        "SELECT DISTINCT record.external_id, person_id, organization_id FROM records.current_persons AS record "
        "JOIN main.person_sources USING (record_key) "
        "JOIN main.organization_sources AS employer ON employer.record_key = organization_key"
    )
    persons: defaultdict[str, set[str]] = defaultdict(set)
    employers: defaultdict[str, set[str]] = defaultdict(set)
    for row, person, employer in found.iter_rows():
        persons[person].add(row)
        employers[employer].add(row)
    return {frozenset(rows) for rows in persons.values()}, {frozenset(rows) for rows in employers.values()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    workplace = Workplace(tmp_path_factory.mktemp("whole"))
    workplace.take(write_csv(tmp_path_factory.mktemp("in") / "list.csv", [HEADER, *_rows()]))
    _resolve(workplace)
    return _clusters(workplace)


def _ids(workplace: Workplace) -> set[str]:
    found = workplace.query(
        "SELECT person_id FROM main.persons UNION ALL SELECT organization_id FROM main.organizations"
    )
    return set(found.to_series())


ORDERS = [
    pytest.param(order, marks=[] if order in {(0, 1, 2), (2, 1, 0)} else pytest.mark.slow)
    for order in permutations(range(PIECES))
]


@pytest.mark.parametrize("order", ORDERS)
def test_three_pieces_end_in_the_clusters_of_the_whole(
    tmp_path: Path, order: tuple[int, ...], whole: tuple[set[frozenset[str]], set[frozenset[str]]]
) -> None:
    workplace = Workplace(tmp_path / "home")
    rows = _rows()
    published: set[str] = set()
    for piece in order:
        path = write_csv(tmp_path / f"piece {piece}.csv", [HEADER, *rows[piece * EMPLOYERS : (piece + 1) * EMPLOYERS]])
        workplace.take(path)
        _resolve(workplace)
        now = _ids(workplace)
        redirects = set(workplace.query("SELECT retired_id FROM audit.id_redirects").to_series())
        assert published - now <= redirects
        published |= now
    persons, employers = _clusters(workplace)
    assert employers == whole[1]
    assert persons == whole[0]


def _references(lists: int) -> pl.DataFrame:
    """Records of an employer that so many lists mention by name, and of the company itself."""
    numbers = pl.Series("row_number", range(lists + 1), dtype=pl.Int32)
    return pl.DataFrame(numbers).select(
        record_key=pl.format("key{}", numbers),
        version_key=pl.format("version{}", numbers),
        source=pl.format("list{}", numbers),
        object=pl.lit("generic.organizations"),
        external_id=pl.when(numbers == lists).then(pl.lit("1")),
        is_stub=numbers < lists,
        import_id=pl.lit("imp_1"),
        import_sequence=pl.lit(1, pl.Int32),
        file_ordinal=pl.lit(1, pl.Int32),
        sheet_ordinal=pl.lit(1, pl.Int32),
        file=pl.lit("list.csv"),
        sheet=pl.lit(""),
        row_number=numbers,
        name=pl.lit("Acme Logistics GmbH"),
    )


def _organizations(session: Session) -> list[int]:
    return [row[0] for row in session.frame("SELECT source_count FROM main.organizations ORDER BY 1").iter_rows()]


@pytest.mark.parametrize("lists", [3, 600])  # 500 records may share a value and still be compared with each other
def test_an_employer_is_one_organization_however_many_lists_mention_it(workplace: Workplace, lists: int) -> None:
    with workplace.warehouse.open() as session:
        session.append("records.source_organizations", _references(lists))
        session.append(
            "audit.imports",
            pl.DataFrame({"import_id": ["imp_1"], "import_sequence": [1], "received_at": ["2026-01-01"]}),
        )
    _resolve(workplace)
    with workplace.warehouse.open() as session:
        assert _organizations(session) == [lists + 1]
