"""What each step of a run does, as a plain function; the assets of the same names call these functions, too.

Belongs here: the names of the steps with their functions. Does not belong here: their order, which Dagster derives from
the dependencies of the tables; running them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import dagster as dg

from assets import crm, landing, matching, published, records, reports
from assets.landing import ImportConfig
from assets.resources import Home
from assets.tables import Selection
from schemas.contracts.vocabulary import Entity

Result = dg.MaterializeResult[None] | dg.AssetCheckResult
Work = Callable[[Selection, Home], Iterator[Result]]


def work_of_steps(config: ImportConfig) -> Mapping[str, Work]:
    """The function of each step, by the step's name. `config` is what the first step lands."""
    return {
        "landed_files": _single(partial(landing.receive, config)),
        "source_records": records.load,
        "organization_pairs": _single(partial(matching.score, entity=Entity.ORGANIZATION)),
        "organizations": partial(matching.resolve_entity, entity=Entity.ORGANIZATION),
        "person_pairs": _single(partial(matching.score, entity=Entity.PERSON)),
        "persons": partial(matching.resolve_entity, entity=Entity.PERSON),
        "crm_tables": crm.build,
        "reports": reports.compute,
        "published_snapshot": _single(published.publish),
    }


def _single(make: Callable[[Home], dg.MaterializeResult[None]]) -> Work:
    """The work of a step of one asset, which a selection has whole or not at all."""

    def work(_selection: Selection, home: Home) -> Iterator[Result]:
        yield make(home)

    return work
