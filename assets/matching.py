"""Who is who: scored pairs, then the organizations and persons that they make.

Organizations come first, because the employer is evidence for a person.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.resources import Home
from dedup.models.versions import model_in_use
from dedup.resolution.entities import ResolutionCounts, resolve
from dedup.resolution.survivorship import Survivorship
from dedup.scoring.current_records import load_current
from dedup.scoring.freshness import is_current
from dedup.scoring.pairs import find_pairs
from schemas.contracts import progress
from schemas.contracts.vocabulary import Entity


def _pairs(home: Home, entity: Entity) -> dg.MaterializeResult[None]:
    """Score the pairs of an entity, unless everything derived is up to date."""
    table = f"audit.{entity}_pairs"
    too_common: dict[str, int] = {}
    if not is_current(home.session, home.settings.shaping):
        progress.report(f"Comparing {entity}s")
        with home.session.transaction():
            load_current(home.session, entity)
            found = find_pairs(home.session, entity)
            home.session.replace(table, found.pairs)
            too_common = found.too_common
    rows = home.session.scalar(f"SELECT count(*) FROM {table}")  # noqa: S608  (our own names)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": int(str(rows)),
            "model": model_in_use(home.session.frame, entity).VERSION,
            "too_common": dg.MetadataValue.json(too_common),
        }
    )


def _entities(home: Home, entity: Entity) -> Iterator[dg.MaterializeResult[None]]:
    """Resolve an entity, unless everything derived is up to date."""
    metadata: dict[str, Any] = {"up_to_date": True}
    if not is_current(home.session, home.settings.shaping):
        progress.report(f"Resolving {entity}s")
        with home.session.transaction():
            load_current(home.session, entity)
            survivorship = Survivorship(home.settings.source_priority, home.settings.survivorship)
            metadata = _counts(resolve(home.session, entity, survivorship))
    for name in (f"{entity}s", f"{entity}_sources", f"{entity}_lineage"):
        rows = home.session.scalar(f"SELECT count(*) FROM main.{name}")  # noqa: S608  (our own names)
        yield dg.MaterializeResult(asset_key=name, metadata={**metadata, "dagster/row_count": int(str(rows))})


def _counts(counts: ResolutionCounts) -> dict[str, Any]:
    return {
        "records": counts.records,
        "entities": counts.entities,
        "entities_written": counts.written,
        "matched_pairs": counts.matched,
        "review_pairs": counts.review,
        **counts.findings,
    }


def _specs(entity: Entity, deps: list[str]) -> list[dg.AssetSpec]:
    texts = {
        f"{entity}s": f"The {entity}s, one row each.",
        f"{entity}_sources": f"Which source records each of the {entity}s is made of.",
        f"{entity}_lineage": f"Which record gave each surviving value of the {entity}s, and why.",
    }
    return [
        dg.AssetSpec(name, deps=deps, group_name="matching", kinds={"duckdb"}, description=text)
        for name, text in texts.items()
    ]


@dg.asset(
    group_name="matching",
    pool="warehouse",
    kinds={"splink", "duckdb"},
    deps=["source_organizations"],
)
def organization_pairs(home: Home) -> dg.MaterializeResult[None]:
    """Pairs of organization records with the evidence that they are one."""
    return _pairs(home, Entity.ORGANIZATION)


@dg.multi_asset(specs=_specs(Entity.ORGANIZATION, ["organization_pairs"]), pool="warehouse", name="organizations")
def organizations(home: Home) -> Iterator[dg.MaterializeResult[None]]:
    """Organizations with their crosswalk and lineage."""
    yield from _entities(home, Entity.ORGANIZATION)


@dg.asset(
    group_name="matching",
    pool="warehouse",
    kinds={"splink", "duckdb"},
    deps=["source_persons", "organization_sources"],
)
def person_pairs(home: Home) -> dg.MaterializeResult[None]:
    """Pairs of person records with the evidence that they are one; a shared employer is part of it."""
    return _pairs(home, Entity.PERSON)


@dg.multi_asset(specs=_specs(Entity.PERSON, ["person_pairs"]), pool="warehouse", name="persons")
def persons(home: Home) -> Iterator[dg.MaterializeResult[None]]:
    """Persons with their crosswalk and lineage."""
    yield from _entities(home, Entity.PERSON)
