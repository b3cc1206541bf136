"""The graph says what a run does: each step reads and writes what the assets of the step declare."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from assets.deals.tables import Setup, build_crm_tables
from assets.sources.loading.imports import load_pending
from assets.tables import STEPS, key_of
from dedup.resolution.entities import resolve
from dedup.scoring.current_records import load_current
from dedup.scoring.pairs import find_pairs
from pipelines.definitions import defs
from schemas.contracts.vocabulary import RESOLVED_ENTITIES, Entity
from schemas.sql.statements import Statement, statement_of
from schemas.sql.table_contracts import table_names
from schemas.stores.warehouse import Session
from tests.assets.support import small_crm
from tests.support import Workplace


def _work(workplace: Workplace, session: Session) -> dict[str, Callable[[], object]]:
    def score(entity: Entity) -> None:
        load_current(session, entity)
        session.replace(f"audit.{entity}_pairs", find_pairs(session, entity).pairs)

    def resolved(entity: Entity) -> None:
        load_current(session, entity)
        resolve(session, entity)

    work: dict[str, Callable[[], object]] = {}
    for entity in RESOLVED_ENTITIES:
        work[f"{entity}_pairs"] = lambda entity=entity: score(entity)
        work[f"{entity}s"] = lambda entity=entity: resolved(entity)
    work["crm"] = lambda: build_crm_tables(session, Setup())
    return work


def _logged(session: Session, work: Callable[[], object]) -> Iterator[Statement]:
    """The statements that DuckDB ran, by its own log."""
    session.execute("CALL truncate_duckdb_logs()")
    session.execute("CALL enable_logging('QueryLog')")
    with session.transaction():
        work()
    texts = session.frame("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'")["message"].to_list()
    session.execute("CALL disable_logging()")
    return (statement_of(text) for text in texts)


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[set[str], set[str]]]:
    """For each step: the tables that it read, and those that it wrote."""
    place = tmp_path_factory.mktemp("observed")
    workplace = Workplace(place / "home")
    workplace.take(small_crm(place / "in"))
    found: dict[str, tuple[set[str], set[str]]] = {}
    with workplace.warehouse.open() as session:
        load_pending(session, workplace.stores)
        for step, work in _work(workplace, session).items():
            statements = list(_logged(session, work))
            reads = set().union(*(statement.reads for statement in statements)) & set(table_names())
            writes = {statement.target for statement in statements if statement.target} & set(table_names())
            found[step] = (reads - {"audit.state"}, writes - {"audit.state"})
    return found


@pytest.mark.parametrize("step", [step for step in STEPS if step != "records"])
def test_a_step_reads_what_its_assets_are_made_from(observed: dict[str, tuple[set[str], set[str]]], step: str) -> None:
    graph = defs().resolve_asset_graph()
    own = {key_of(table) for table in STEPS[step]}
    declared = own.union(*(graph.get(key).parent_keys for key in own))
    read = {key_of(table) for table in observed[step][0]}
    assert read <= declared, f"undeclared: {read - declared}"


@pytest.mark.parametrize("step", [step for step in STEPS if step != "records"])
def test_a_step_writes_its_tables(observed: dict[str, tuple[set[str], set[str]]], step: str) -> None:
    written = observed[step][1]
    assert set(STEPS[step]) <= written
    # What a step writes besides is finished by a later one, or is working state.
    finished_with = {table: name for name, tables in STEPS.items() for table in tables}
    order = list(STEPS)
    for table in written - set(STEPS[step]):
        if table in finished_with:
            by_rewriting_bands = table == f"audit.{step.removesuffix('s')}_pairs"
            assert order.index(finished_with[table]) > order.index(step) or by_rewriting_bands, table


def test_tables_are_assets_or_part_of_one() -> None:
    keys = defs().resolve_asset_graph().get_all_asset_keys()
    assert {key_of(table) for table in table_names()} <= keys
    assert key_of("audit.person_members") == dg.AssetKey("persons")
