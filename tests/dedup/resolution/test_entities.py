"""Identity: order does not matter, ids are for ever, every value has its lineage."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.resolution.survivorship import CRITERIA, Survivorship
from schemas.contracts.errors import SettingsError
from schemas.contracts.keys import entity_id
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import Entity
from tests.dedup.worlds import HEADER, SEEDS, person_ids, redirects, row, take
from tests.support import Workplace, examples, write_csv


def _world(workplace: Workplace) -> tuple[object, ...]:
    """Clusters by external id, and golden values without what names an import or an anchor."""
    clusters = workplace.query(
        "SELECT list_sort(list(DISTINCT external_id)) AS ids FROM person_sources GROUP BY person_id ORDER BY ALL"
    ).rows()
    people = workplace.query(
        "SELECT persons.* EXCLUDE (person_id, organization_id, first_seen_at), organizations.name AS employer "
        "FROM persons LEFT JOIN organizations USING (organization_id)"
    ).rows()
    companies = workplace.query("SELECT * EXCLUDE (organization_id, first_seen_at) FROM organizations").rows()
    return clusters, sorted(map(str, people)), sorted(map(str, companies))


@examples(12)
@given(st.lists(SEEDS, min_size=4, max_size=20), st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_partition_and_order_of_imports_ends_in_the_same_world_and_ids_last(
    tmp_path_factory: pytest.TempPathFactory, seeds: list[int], order: random.Random, cuts: int
) -> None:
    rows = [row(number, seed) for number, seed in enumerate(seeds)]
    with TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        files = Path(folder) / "in"
        with Workplace(Path(folder) / "whole").held() as whole:
            take(whole, files, 0, rows)
            whole.resolve()
            expected = _world(whole)
        shuffled = list(rows)
        order.shuffle(shuffled)
        published: set[str] = set()
        with Workplace(Path(folder) / "parts").held() as parts:
            for index in range(cuts):
                if part := shuffled[index::cuts]:
                    take(parts, files, index, part)
                    parts.resolve(most_changed=1.0)
                    now, led = person_ids(parts), redirects(parts)
                    # An id goes only by a merge, and then the old one resolves.
                    assert not now & led.keys()
                    assert all(old in now or led[old] in now for old in published)
                    published |= now
            assert _world(parts) == expected


def test_an_entity_is_named_after_the_record_that_the_ledger_saw_first(workplace: Workplace, tmp_path: Path) -> None:
    for number in ("2", "1"):
        cells = [number, "Ann", "Lee", "ann@acme.example", "", "", "", ""]
        workplace.take(write_csv(tmp_path / f"{number}.csv", [HEADER, cells]), options=ImportOptions(source="crm"))
        workplace.derive()
    found = workplace.query(
        "SELECT DISTINCT person_id, arg_min(record_key, import_id) OVER () AS anchor FROM person_sources WHERE external_id = '2'"
    ).row(0)
    assert found[0] == entity_id(Entity.PERSON, found[1])
    assert workplace.query("SELECT count(*) FROM persons").item() == 1


def test_a_rebuild_from_archive_and_ledger_gives_the_same_tables(workplace: Workplace, tmp_path: Path) -> None:
    rows = [row(number, number * 37) for number in range(30)]
    for part in range(3):
        workplace.take(
            write_csv(tmp_path / f"p{part}.csv", [HEADER, *rows[part::3]]), options=ImportOptions(source="crm")
        )
        workplace.derive()
    before = workplace.tables()
    workplace.warehouse.remove()
    workplace.load_all()
    workplace.derive()
    assert workplace.tables() == before


def test_every_surviving_value_has_a_record_that_gave_it(workplace: Workplace, tmp_path: Path) -> None:
    rows = [row(number, number * 11) for number in range(20)]
    workplace.take(write_csv(tmp_path / "a.csv", [HEADER, *rows]))
    workplace.derive()
    for field in ("name", "first_name", "last_name", "email", "phone", "city", "organization_id"):
        wrong = workplace.query(
            f"SELECT person_id FROM persons LEFT JOIN person_lineage AS l USING (person_id) WHERE {field} IS NOT NULL "
            f"GROUP BY person_id, {field} HAVING count(*) FILTER (l.field = '{field}' AND l.value = {field}) <> 1"
        )
        assert wrong.is_empty(), field
    rules = set(workplace.query("SELECT DISTINCT rule FROM person_lineage")["rule"])
    assert rules <= {"only_value", "agreed", *CRITERIA, "first_in_order"}


@pytest.mark.parametrize(
    ("names", "winner", "rule"),
    [
        (["Ann Lee", "Ann Lee", "Anne Lee"], "Ann Lee", "most_frequent"),  # a slip does not win over two that agree
        (["Ann Lee", "Ann Lee"], "Ann Lee", "agreed"),
        (["Ann Lee"], "Ann Lee", "only_value"),
    ],
)
def test_which_name_survives(workplace: Workplace, tmp_path: Path, names: list[str], winner: str, rule: str) -> None:
    rows = [["id", "name", "email"], *([str(i), name, "ann.lee@acme.example"] for i, name in enumerate(names))]
    workplace.take(write_csv(tmp_path / "a.csv", rows))
    workplace.derive()
    assert workplace.query("SELECT name FROM persons").rows() == [(winner,)]
    assert workplace.query("SELECT rule FROM person_lineage WHERE field = 'name'").rows() == [(rule,)]


def test_the_newer_job_title_survives(workplace: Workplace, tmp_path: Path) -> None:
    rows = [
        ["id", "name", "email", "job title", "modified"],
        ["1", "Ann Lee", "ann@acme.example", "Head of Everything Important", "2024-05-01"],
        ["2", "Ann Lee", "ann@acme.example", "CEO", "2025-05-01"],
    ]
    workplace.take(write_csv(tmp_path / "a.csv", rows))
    workplace.derive()
    assert workplace.query("SELECT job_title FROM persons").item() == "CEO"
    assert workplace.query("SELECT rule FROM person_lineage WHERE field = 'job_title'").item() == "newest"


def test_a_mention_by_name_means_the_only_one_of_that_name_in_its_source(workplace: Workplace, tmp_path: Path) -> None:
    write_csv(tmp_path / "in" / "companies.csv", [["Record ID", "Company name", "City"], ["7", "Zeta Works", "Leeds"]])
    write_csv(
        tmp_path / "in" / "contacts.csv",
        [
            ["Record ID", "First Name", "Last Name", "Email", "Associated Company"],
            ["9", "Ann", "Lee", "", "ZETA works"],
        ],
    )
    workplace.take(tmp_path / "in")
    workplace.derive()
    assert workplace.query("SELECT name, city, source_count FROM organizations").rows() == [("Zeta Works", "Leeds", 2)]
    rule = workplace.query("SELECT rule FROM audit.organization_pairs").item()
    assert rule == "same name within the source"


def _survivors(tmp_path: Path, survivorship: Survivorship) -> dict[str, tuple[str, str]]:
    """Two records of one person from two sources: by field the value that survived, and why."""
    workplace = Workplace(tmp_path / "home")
    header = ["id", "first name", "last name", "email", "phone", "job title", "modified"]
    crm = ["1", "Ann", "Lee", "ann@acme.example", "+44 20 7946 0712", "Buyer", "2020-01-01 10:00"]
    fair = ["7", "Ann", "Lee", "ann@acme.example", "12345 ext", "Head of Buying", "2025-01-01 10:00"]
    for name, cells in (("crm", crm), ("fair", fair)):
        path = write_csv(tmp_path / f"{name}.csv", [header, cells])
        workplace.take(path, options=ImportOptions(source=name))
    workplace.derive(survivorship)
    rows = workplace.query("SELECT field, value, rule FROM person_lineage").rows()
    return {field: (value, rule) for field, value, rule in rows}


def test_the_newest_value_survives_but_a_verified_number_comes_before_it(tmp_path: Path) -> None:
    found = _survivors(tmp_path, Survivorship())
    assert found["job_title"] == ("Head of Buying", "newest")
    assert found["phone"] == ("+442079460712", "verified")
    assert found["email"] == ("ann@acme.example", "agreed")


def test_a_source_that_outranks_the_others_gives_the_value(tmp_path: Path) -> None:
    found = _survivors(tmp_path, Survivorship(source_priority=["crm", "fair"]))
    assert found["job_title"] == ("Buyer", "source_priority")


def test_the_order_of_criteria_can_be_stated_for_a_field(tmp_path: Path) -> None:
    found = _survivors(tmp_path, Survivorship(orders={"job_title": ["longest"], "phone": ["newest"]}))
    assert found["job_title"] == ("Head of Buying", "longest")
    assert found["phone"][1] == "newest"


def test_a_field_or_criterion_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match="'colour' is not one of name"):
        Survivorship(orders={"colour": ["newest"]})
    with pytest.raises(SettingsError, match=r"survivorship.phone: 'best' is not one of source_priority"):
        Survivorship(orders={"phone": ["best"]})


def test_what_became_of_an_entity_is_kept_even_through_a_rebuild(workplace: Workplace, tmp_path: Path) -> None:
    first = ["1", "Ann", "Lee", "ann.lee@acme.example", "", "", "Leeds", "2025-01-01 10:00"]
    other = ["2", "Bob", "Ray", "bob.ray@acme.example", "", "", "York", "2025-01-01 10:00"]
    same = ["2", "Ann", "Lee", "ann.lee@acme.example", "", "", "Leeds", "2025-02-01 10:00"]
    for number, rows in enumerate(([first, other], [same])):
        workplace.take(write_csv(tmp_path / f"{number}.csv", [HEADER, *rows]), options=ImportOptions(source="crm"))
        workplace.derive()
    history = "SELECT change, entity_id, into_id, records FROM audit.entity_history WHERE entity = 'person'"
    (merged,) = workplace.query(history).rows()
    assert merged[0] == "merged"
    assert merged[2] in workplace.query("SELECT person_id FROM persons")["person_id"].to_list()
    newest = workplace.query("SELECT import_id FROM audit.imports ORDER BY import_sequence")["import_id"].to_list()[-1]
    workplace.undo(newest)
    assert sorted(row[0] for row in workplace.query(history).rows()) == ["merged", "split"]
    workplace.load_all()
    workplace.warehouse.remove()
    workplace.load_all()
    workplace.derive()
    assert sorted(row[0] for row in workplace.query(history).rows()) == ["merged", "split"]


def test_two_records_of_a_source_without_duplicates_are_never_one(workplace: Workplace, tmp_path: Path) -> None:
    rows = [[str(number), "Ann", "Lee", "ann.lee@acme.example", "", "", "Leeds", ""] for number in (1, 2)]
    path = write_csv(tmp_path / "erp.csv", [HEADER, *rows])
    workplace.take(path, options=ImportOptions(source="erp"))
    workplace.derive()
    assert workplace.query("SELECT count(*) FROM persons").item() == 1
    with workplace.warehouse.open() as session:
        session.execute("UPDATE records.sheets SET is_unique = true WHERE NOT is_stub")
    workplace.derive()
    assert workplace.query("SELECT count(*) FROM persons").item() == 2
    assert workplace.query("SELECT rule FROM audit.person_pairs").item() == "kept apart"
