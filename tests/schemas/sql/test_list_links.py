"""Properties of the links between lists, on the macro alone: what fits by whom, whatever the order of the records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.stores.warehouse import Session
from tests.support import Workplace, examples

LISTS = ("companies", "contacts", "deals")
Record = dict[str, object]

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(LISTS),
            "is_stub": st.booleans(),
            "external_id": st.sampled_from([None, "X-1", "X-2", "X-3"]),
            "domain": st.sampled_from([None, "p.example", "q.example"]),
            "name": st.sampled_from([None, "Acme", "Bêta"]),
            "is_deleted": st.sampled_from([None, None, None, True]),
        }
    ),
    min_size=3,
    max_size=8,
)
IMPORTS = st.lists(st.sets(st.sampled_from(LISTS), min_size=2), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with Workplace(tmp_path_factory.mktemp("links") / "home").held() as workplace, workplace.open() as held:
        yield held


def links_of(session: Session, records: Sequence[Record], imports: Sequence[set[str]]) -> set[tuple[str, str, str]]:
    """The links that the macro finds among records in this order: reference, record, and by what it fits."""
    place = {"import_sequence": 1, "file_ordinal": 0, "sheet_ordinal": 0, "row_number": 2}
    rows = [
        {**record, **place, "first_seen": place, "version_key": record["record_key"], "content": 0}
        | {"object": "organization", "import_id": "imp_1", "file": "f", "sheet": ""}
        for record in records
    ]
    sheets = [
        {"import_id": f"imp_{number}", "source": source, "is_stub": False, "object": "organization", "policy": "newest"}
        | {"table_name": "records.source_organizations", "fields": [], "headers": [], "referring_rows": 0}
        | {"is_unique": False, "import_sequence": number, "file_ordinal": 0, "sheet_ordinal": 0}
        for number, together in enumerate(imports)
        for source in together
    ]
    session.execute("BEGIN")
    try:
        for table, found in (("records.current_organizations", rows), ("records.sheets", sheets)):
            if found:
                with session.registered("given", pl.DataFrame(found, infer_schema_length=None)):
                    session.execute(f"INSERT INTO {table} BY NAME SELECT * FROM given")
        links = session.frame("FROM records.list_links('records.linkable_organizations')")
        return set(links.select("reference_key", "record_key", "fits_by").iter_rows())
    finally:
        session.execute("ROLLBACK")


def expected(records: Sequence[Record], imports: Sequence[set[str]]) -> set[tuple[str, str, str]]:
    """The same by looking at every pair of a reference and a record."""
    live = [record for record in records if not record["is_deleted"]]
    references = [record for record in live if record["is_stub"]]
    offered = [record for record in live if not record["is_stub"]]

    def by(record: Record, part: str) -> object:
        if part == "external_id" and record["is_stub"]:
            return record["external_id"] or record["name"]
        return record[part]

    def fitting(reference: Record, part: str) -> list[Record]:
        return [
            one
            for one in offered
            if by(reference, part) is not None
            and by(reference, part) == one[part]
            and any({one["source"], reference["source"]} <= together for together in imports)
        ]

    def is_contained(source: object, target: object) -> bool:
        ids = {by(one, "external_id") for one in references if one["source"] == source} - {None}
        hits = {
            by(one, "external_id")
            for one in references
            if one["source"] == source and any(hit["source"] == target for hit in fitting(one, "external_id"))
        }
        return len(hits) >= 0.9 * len(ids)

    links: set[tuple[str, str, str]] = set()
    for reference in references:
        for part, word in (("external_id", "id"), ("domain", "domain"), ("name", "name")):
            found = fitting(reference, part)
            if part == "external_id":
                found = [one for one in found if is_contained(reference["source"], one["source"])]
            if len(found) == 1:
                links.add((str(reference["record_key"]), str(found[0]["record_key"]), word))
                break
    return links


@given(RECORDS, IMPORTS, st.randoms(use_true_random=False))
@examples(100)
def test_links_are_those_that_the_records_say_in_any_order(
    session: Session, records: list[Record], imports: list[set[str]], random: Random
) -> None:
    keyed = [{**record, "record_key": f"key{place}"} for place, record in enumerate(records)]
    found = links_of(session, keyed, imports)
    assert found == expected(keyed, imports)
    shuffled = sorted(keyed, key=lambda _: random.random())
    assert links_of(session, shuffled, imports) == found
