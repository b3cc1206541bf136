"""The warehouse: one writer, comments everywhere, the published contract, and a read side that nothing escapes."""

from __future__ import annotations

import multiprocessing
import re
import subprocess
import sys
import time
from enum import StrEnum
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.casting.cells import DTYPES
from schemas.contracts.errors import QueryError, StoreError
from schemas.contracts.records import CONTRACTS, RECORD_TABLES
from schemas.contracts.vocabulary import RESOLVED_ENTITIES, Band, DealStatus, LeadStatus, Verdict
from schemas.sql.files import quoted, sql_files
from schemas.stores.warehouse import Published, Warehouse
from tests.support import Workplace, write_csv

CONTRACT = {
    "main.organizations": "organization_id name domain website phone street city region postal_code country industry "
    "owner_id custom source_count first_seen_at updated_at",
    "main.persons": "person_id name first_name last_name birth_date job_title email phone emails phones organization_id "
    "street city region postal_code country owner_id custom source_count first_seen_at updated_at",
    "main.leads": "lead_id title person_id organization_id status channel value currency labels owner_id deal_id "
    "created_at updated_at archived_at converted_at custom",
    "main.deals": "deal_id title person_id organization_id lead_id pipeline_id stage_id status value currency value_base "
    "probability visibility owner_id labels expected_close_date created_at updated_at stage_entered_at won_at lost_at "
    "closed_at lost_reason custom",
    "main.deal_stage_history": "deal_id sequence from_stage_id stage_id entered_at left_at changed_by origin",
    "main.stages": "stage_id pipeline_id name position probability",
    "main.pipelines": "pipeline_id name",
    "main.users": "user_id name email",
    "main.notes": "person_id organization_id lead_id deal_id author created_at",
    "main.activities": "person_id organization_id lead_id deal_id owner_id created_at",
    "main.person_sources": "person_id source object external_id record_key import_id file sheet row_number",
    "main.organization_sources": "organization_id source object external_id record_key import_id file sheet row_number",
    "main.lead_sources": "lead_id source object external_id record_key import_id file sheet row_number",
    "main.deal_sources": "deal_id source object external_id record_key import_id file sheet row_number",
    "main.person_lineage": "person_id field value record_key rule",
    "main.organization_lineage": "organization_id field value record_key rule",
    "audit.imports": "import_id",
    "audit.import_files": "import_id file sha256",
    "audit.rejected_rows": "file sheet row_number column_name value reason",
    "audit.unmapped_columns": "file sheet column_name",
    "audit.person_pairs": "record_key_l record_key_r match_weight match_probability band",
    "audit.organization_pairs": "record_key_l record_key_r match_weight match_probability band",
    "audit.decisions": "record_key_l record_key_r decision",
    "audit.id_redirects": "retired_id current_id",
}
TYPES = {
    "main.persons.emails": "VARCHAR[]",
    "main.persons.phones": "VARCHAR[]",
    "main.persons.birth_date": "DATE",
    "main.persons.custom": "MAP(VARCHAR, VARCHAR)",
    "main.deals.value": "DECIMAL(18,2)",
    "main.deals.created_at": "TIMESTAMP WITH TIME ZONE",
    "main.deals.expected_close_date": "DATE",
    "main.leads.labels": "VARCHAR[]",
}


def test_the_published_tables_have_the_columns_of_the_contract(workplace: Workplace) -> None:
    with workplace.warehouse.open() as session:
        for table, columns in CONTRACT.items():
            assert set(columns.split()) <= set(session.columns_of(table)), table
        for column, kind in TYPES.items():
            schema, table, name = column.split(".")
            found = session.scalar(
                "SELECT data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? AND column_name = ?",
                [schema, table, name],
            )
            assert found == kind, column


def test_every_table_view_and_column_has_a_comment(workplace: Workplace) -> None:
    with workplace.warehouse.open() as session:
        for query in (
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE comment IS NULL AND NOT internal",
            "SELECT schema_name, view_name FROM duckdb_views() WHERE comment IS NULL AND NOT internal",
            "SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal",
        ):
            assert session.frame(query).rows() == []


def test_the_records_tables_have_the_fields_of_the_record_contracts(workplace: Workplace) -> None:
    with workplace.warehouse.open() as session:
        for entity, table in RECORD_TABLES.items():
            contract = CONTRACTS[entity]
            schema = session.frame(f"FROM {table} LIMIT 0").schema
            assert {f"{name}_key" for name in contract.references} <= set(schema), table
            # A column takes its values as the cells of its kind are read, without a cast.
            for field in contract.columns:
                dtype = DTYPES.get(field.kind, pl.String())
                assert schema[field.name] == (pl.List(dtype) if field.is_list else dtype), (table, field)


WORDS: dict[str, type[StrEnum] | tuple[str, ...]] = {
    "main.deals.status": DealStatus,
    "main.stages.status": DealStatus,
    "main.leads.status": LeadStatus,
    "main.deal_stage_history.origin": ("native", "inferred", "conversion", "manual"),
    "audit.person_pairs.band": Band,
    "audit.organization_pairs.band": Band,
    "audit.decisions.decision": Verdict,
    "audit.decisions.entity": RESOLVED_ENTITIES,
}


def test_the_published_file_says_which_words_a_column_holds(workplace: Workplace, tmp_path: Path) -> None:
    target = tmp_path / "published.duckdb"
    with workplace.warehouse.open() as session:
        workplace.warehouse.publish(session, target, clean=True)  # a copy of every table, constraints included
    with duckdb.connect(target) as connection:
        checks = connection.execute(
            "SELECT schema_name || '.' || table_name || '.' || constraint_column_names[1], constraint_text "
            "FROM duckdb_constraints() WHERE constraint_type = 'CHECK'"
        ).fetchall()
        allowed = {column: set(re.findall("'([^']*)'", text)) for column, text in checks}
        assert {column: allowed[column] for column in WORDS} == {
            column: {str(word) for word in words} for column, words in WORDS.items()
        }
        with pytest.raises(duckdb.ConstraintException, match="CHECK"):
            connection.execute("INSERT INTO main.deals (deal_id, status) VALUES ('deal_1', 'Won')")


def test_sql_files_hold_one_statement_each() -> None:
    assert len(sql_files()) > 150
    for path in sql_files():
        text = path.read_text(encoding="utf-8")
        assert re.sub(r"'[^']*'|--[^\n]*", "", text).strip().rstrip(";").count(";") == 0, path
        # What a report is for is in the catalog beside it.
        assert path.parent.name == "reports" or text.startswith("-- "), f"{path} does not begin with what it is for"


def test_sql_is_executed_through_the_warehouse_module_only() -> None:
    root = Path(__file__).parents[3]
    for package in ("dedup", "assets", "pipelines"):
        for path in (root / package).rglob("*.py"):
            text = re.sub(r"API\(connection=session\.connection\)", "", path.read_text(encoding="utf-8"))  # Splink's
            assert ".connection" not in text, f"{path} reaches for the connection; use the session's methods"


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_a_quoted_name_stays_one_name(name: str) -> None:
    connection = duckdb.connect()
    try:
        # Lone surrogates cannot be encoded, so they cannot reach SQL either.
        name.encode()
    except UnicodeEncodeError:
        return
    found = connection.execute(f"SELECT 1 AS {quoted(name)}").description
    assert [column[0] for column in found] == [name]
    connection.close()


def test_a_map_column_takes_key_and_value_structs(workplace: Workplace) -> None:
    with workplace.warehouse.open() as session:
        session.connection.execute("CREATE TABLE main.m (a INTEGER, custom MAP(VARCHAR, VARCHAR))")
        session.append("main.m", pl.DataFrame({"a": [1], "custom": [[{"key": "k", "value": "v"}]]}))
        assert session.connection.execute("SELECT custom['k'] FROM main.m").fetchall() == [("v",)]


def test_a_failed_transaction_leaves_nothing(workplace: Workplace) -> None:
    with workplace.warehouse.open() as session:
        with pytest.raises(RuntimeError), session.transaction():
            session.connection.execute("INSERT INTO audit.state VALUES ('a', 'b')")
            raise RuntimeError
        assert session.scalar("SELECT count(*) FROM audit.state WHERE name = 'a'") == 0


@pytest.mark.parametrize("small", [64_000_000, 0])  # tables written again; the file copied as it is
def test_what_is_published_is_a_whole_copy_and_open_readers_keep_theirs(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr("schemas.stores.warehouse.session._SMALL", small)
    monkeypatch.setattr("schemas.stores.warehouse.session._MUCH_FREE", 1.0)
    target = workplace.settings.published_path
    with workplace.warehouse.open() as session:
        session.connection.execute("INSERT INTO audit.state VALUES ('a', '1')")
        workplace.warehouse.publish(session, target)
    reader = duckdb.connect(str(target), read_only=True)
    with workplace.warehouse.open() as session:
        session.connection.execute("UPDATE audit.state SET fingerprint = '2' WHERE name = 'a'")
        workplace.warehouse.publish(session, target)
    assert reader.execute("SELECT fingerprint FROM audit.state WHERE name = 'a'").fetchall() == [("1",)]
    reader.close()
    assert Published(target).query("SELECT fingerprint FROM audit.state WHERE name = 'a'").item() == "2"
    assert Published(target).query("SELECT count(*) FROM reports.stage_conversion").item() == 0
    comments = Published(target).query("SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal")
    assert comments.item() == 0
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_while_the_file_is_copied_the_lock_on_it_is_kept(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schemas.stores.warehouse.session._SMALL", 0)
    monkeypatch.setattr("schemas.stores.warehouse.session._MUCH_FREE", 1.0)
    with workplace.warehouse.open() as session:
        workplace.warehouse.publish(session, workplace.settings.published_path)
        program = "import duckdb, sys; duckdb.connect(sys.argv[1])"
        other = subprocess.run(
            [sys.executable, "-c", program, str(workplace.warehouse.path)], capture_output=True, text=True, check=False
        )
    assert other.returncode != 0
    assert "lock" in other.stderr


def test_tables_of_another_version_are_made_anew_and_filled_again(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "a.csv", [["id", "Name"], ["1", "Ann Lee"]]))
    workplace.derive()
    before = workplace.query("FROM main.persons").rows()
    with workplace.warehouse.open() as session:
        session.execute("UPDATE audit.state SET fingerprint = 'older' WHERE name = 'tables'")
        session.execute("ALTER TABLE audit.person_features DROP COLUMN content")
        session.execute("DROP VIEW reports.stage_conversion")
        session.execute("CREATE VIEW reports.stage_conversion AS SELECT 1 AS old")
    workplace.load_all()
    workplace.derive()
    assert workplace.query("FROM main.persons").rows() == before
    assert "old" not in workplace.query("FROM reports.stage_conversion").columns


def test_views_of_another_version_give_way_and_data_stay(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "a.csv", [["id", "Name"], ["1", "Ann Lee"]]))
    workplace.derive()
    with workplace.warehouse.open() as session:
        session.execute("UPDATE audit.state SET fingerprint = 'older' WHERE name = 'views'")
        session.execute("CREATE OR REPLACE MACRO reports.deals_of(of_pipeline, of_owner) AS TABLE SELECT 1 AS old")
        session.execute("CREATE VIEW reports.retired AS SELECT 1 AS old")
    assert workplace.query("SELECT count(*) FROM main.persons").item() == 1
    assert "old" not in workplace.query("FROM reports.deals_of(NULL, NULL)").columns
    left = workplace.query("SELECT count(*) FROM duckdb_views() WHERE view_name = 'retired'").item()
    assert left == 0


ATTACKS = [
    "COPY persons TO '{tmp}/out.csv'",  # writing a file
    "SELECT * FROM read_csv('/etc/passwd')",  # reading another file
    "SELECT * FROM '/etc/passwd'",
    "ATTACH '{tmp}/other.duckdb' AS other",  # another database
    "SET enable_external_access = true",  # opening the door
    "CREATE TABLE x (a INTEGER)",  # writing
    "DELETE FROM persons",
    "INSTALL httpfs",  # code from elsewhere
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_query_reaches_nothing_but_the_published_data(workplace: Workplace, tmp_path: Path, attack: str) -> None:
    target = workplace.settings.published_path
    with workplace.warehouse.open() as session:
        workplace.warehouse.publish(session, target)
    with pytest.raises(QueryError):
        Published(target).query(attack.format(tmp=tmp_path))
    assert not list(tmp_path.glob("out.csv"))


def _hold(path: Path, ready: object, seconds: float) -> None:
    with Warehouse(path).open():
        ready.set()  # type: ignore[attr-defined]
        time.sleep(seconds)


def test_a_second_process_waits_for_the_first(workplace: Workplace) -> None:
    path = workplace.settings.warehouse_path
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_hold, args=(path, ready, 1.5))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(StoreError, match="still writing"), Warehouse(path, lock_timeout=0.2).open():
            pass
        with Warehouse(path, lock_timeout=60).open() as session:
            assert session.scalar("SELECT 1") == 1
    finally:
        other.join()


def test_a_file_that_is_no_database_is_refused_with_what_to_do(workplace: Workplace) -> None:
    path = workplace.settings.warehouse_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="doctor --rebuild"), workplace.warehouse.open():
        pass
