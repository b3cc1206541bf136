"""Asset checks: an invalid table stops the run, an unusual one warns.

Belongs here: which step evaluates which check, and its severity. Does not belong here: the conditions
(`schemas.stores.table_checks`); repairs.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

import dagster as dg

from assets.resources import Home
from assets.tables import STEPS, Selection, key_of
from schemas.stores.table_checks import Check, table_checks


def checks_of(step: str) -> dict[dg.AssetCheckKey, Check]:
    """The checks that a step evaluates: those of its tables, and those of earlier tables that read its tables.

    A check of an earlier table belongs to the asset of the table that it waits for.
    """
    names = list(STEPS)
    own = STEPS[step]
    known = {table for name in names[: names.index(step) + 1] for table in STEPS[name]}
    return {_key(check, own): check for check in table_checks() if check.reads <= known and check.reads & set(own)}


def _key(check: Check, own: Collection[str]) -> dg.AssetCheckKey:
    if check.table in own:
        return dg.AssetCheckKey(key_of(check.table), check.name)
    awaited = next(table for table in own if table in check.reads)
    return dg.AssetCheckKey(key_of(awaited), f"{check.name}_in_{check.table.split('.')[1]}")


def check_specs(step: str) -> list[dg.AssetCheckSpec]:
    """The specs of the checks that a step evaluates. All of them block."""
    return [
        dg.AssetCheckSpec(key.name, asset=key.asset_key, description=check.description, blocking=True)
        for key, check in checks_of(step).items()
    ]


def evaluate(selection: Selection, home: Home, step: str) -> Iterator[dg.AssetCheckResult]:
    """Evaluate the selected checks of a step and record failures."""
    for key, check in checks_of(step).items():
        if key in selection.selected_asset_check_keys:
            found = check.find(home.session)
            failures = check.failures(found)
            home.record(replace(home.outcome, check_failures=(*home.outcome.check_failures, *failures)))
            yield dg.AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=not failures,
                description="; ".join(failures) or None,
                metadata=dict(found),
            )
