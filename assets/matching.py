"""Matching: scored pairs, then the organizations and persons resolved from them.

Organizations come first, because the employer is evidence for persons.
"""

from dataclasses import replace
from typing import Any

import dagster as dg

from assets.checks import check_specs, evaluate
from assets.resources import Home
from assets.tables import STEPS, Evaluations, Selection, results, row_count, table_spec, upstream
from dedup.models.versions import model_in_use
from dedup.resolution.entities import SQL as RESOLUTION_SQL
from dedup.resolution.entities import ResolutionCounts, resolve
from dedup.resolution.survivorship import Survivorship
from dedup.scoring.current_records import load_current
from dedup.scoring.freshness import is_current
from dedup.scoring.pairs import SQL as SCORING_SQL
from dedup.scoring.pairs import find_pairs
from schemas.contracts import progress
from schemas.contracts.outcomes import CommonValue
from schemas.contracts.vocabulary import Entity
from schemas.sql.files import SqlStatement
from schemas.sql.statements import statement_of

PAIR_STEPS = ("record_contents", "{entity}_live", "{entity}_values", "decided", "links")
"""SQL files from which the dependencies of an entity's pairs are derived."""

ENTITY_STEPS = (
    "members", "{entity}_candidates", "{entity}_conflicts", "record_entities", "insert_{entity}s", "insert_lineage",
    "insert_redirects", "insert_sources", "update_lineage",
)  # fmt: skip
"""SQL files from which the dependencies of an entity's tables are derived."""


def _sql(entity: Entity) -> tuple[list[SqlStatement], list[SqlStatement]]:
    """The statements that scoring and resolving an entity run."""
    scoring = [SCORING_SQL.statement(step.format(entity=entity), entity=entity) for step in PAIR_STEPS]
    resolving = [RESOLUTION_SQL.statement(step.format(entity=entity), entity=entity) for step in ENTITY_STEPS]
    if entity == Entity.ORGANIZATION:
        resolving.append(SCORING_SQL.statement("repeated_names"))
    else:
        employers = SCORING_SQL.statement("person_employers")
        scoring, resolving = [*scoring, employers], [*resolving, employers]
    return scoring, resolving


def _reads(statements: list[SqlStatement]) -> set[str]:
    """The permanent tables that statements read."""
    return {table for item in statements for table in statement_of(item.text).reads if "." in table}


def _pairs_spec(entity: Entity) -> dg.AssetSpec:
    scoring, _ = _sql(entity)
    table = f"audit.{entity}_pairs"
    sources = _reads(scoring) | {f"records.source_{entity}s", "records.sheets", "audit.models"}
    return table_spec(table, "matching", upstream(sources), scoring).merge_attributes(kinds={"splink"})


def _entity_spec(table: str, entity: Entity) -> dg.AssetSpec:
    _, resolving = _sql(entity)
    step = f"{entity}s"
    sources = _reads(resolving) | {f"audit.{entity}_pairs", "audit.actions", "audit.models"}
    return table_spec(table, "matching", upstream(sources, besides=STEPS[step]), resolving)


def score(home: Home, entity: Entity) -> dg.MaterializeResult[None]:
    """Score the pairs of an entity, unless the derived tables are up to date."""
    table, outcome = f"audit.{entity}_pairs", "up to date"
    oversized: dict[str, int] = {}
    if not is_current(home.session, home.settings.shaping):
        progress.report(f"Comparing {entity}s")
        with home.session.transaction():
            load_current(home.session, entity)
            found = find_pairs(home.session, entity)
            home.session.replace(table, found.pairs)
        oversized, outcome = found.oversized_blocks, "scored"
        values = tuple(CommonValue(entity, rule, records) for rule, records in oversized.items())
        home.record(replace(home.outcome, common_values=(*home.outcome.common_values, *values)))
    return dg.MaterializeResult(
        metadata={
            "step": outcome,
            "dagster/row_count": row_count(home.session, table),
            "model": model_in_use(home.session.frame, entity).VERSION,
            "records_in_oversized_blocks": sum(oversized.values()),
            "oversized_blocks": dg.MetadataValue.json(oversized),
        }
    )


def resolve_entity(selection: Selection, home: Home, entity: Entity) -> Evaluations:
    """Resolve an entity, unless the derived tables are up to date."""
    step = f"{entity}s"
    metadata: dict[str, Any] = {"step": "up to date"}
    if selection.selected_asset_keys and not is_current(home.session, home.settings.shaping):
        progress.report(f"Resolving {step}")
        with home.session.transaction():
            load_current(home.session, entity)
            survivorship = Survivorship(home.settings.source_priority, home.settings.survivorship)
            metadata = {"step": "resolved", **_counts(resolve(home.session, entity, survivorship))}
    yield from results(selection, home.session, STEPS[step][:1], metadata)
    yield from results(selection, home.session, STEPS[step][1:], {"step": metadata["step"]})
    yield from evaluate(selection, home, step)


def _counts(counts: ResolutionCounts) -> dict[str, Any]:
    return {
        "records": counts.records,
        "entities": counts.entities,
        "entities_written": counts.written,
        "matched_pairs": counts.matched,
        "review_pairs": counts.review,
        **counts.findings,
    }


def _pairs_asset(entity: Entity) -> dg.AssetsDefinition:
    @dg.multi_asset(name=f"{entity}_pairs", specs=[_pairs_spec(entity)], pool="warehouse")
    def pairs(home: Home) -> dg.MaterializeResult[None]:
        return score(home, entity)

    return pairs


def _entities_asset(entity: Entity) -> dg.AssetsDefinition:
    step = f"{entity}s"

    @dg.multi_asset(
        name=step,
        specs=[_entity_spec(table, entity) for table in STEPS[step]],
        check_specs=check_specs(step),
        pool="warehouse",
        can_subset=True,
    )
    def entities(context: dg.AssetExecutionContext, home: Home) -> Evaluations:
        yield from resolve_entity(context, home, entity)

    return entities


organization_pairs = _pairs_asset(Entity.ORGANIZATION)
organizations = _entities_asset(Entity.ORGANIZATION)
person_pairs = _pairs_asset(Entity.PERSON)
persons = _entities_asset(Entity.PERSON)
