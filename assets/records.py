"""Source records: every loaded row with typed values; facts from the ledger; audit tables of files."""

from dataclasses import replace

import dagster as dg

from assets.checks import check_specs, evaluate
from assets.resources import Home
from assets.sources.loading.facts import load_facts
from assets.sources.loading.imports import load_pending, refuse_if_behind
from assets.summaries import LoadSummary, load_summary
from assets.tables import STEPS, Evaluations, Selection, key_of, results, table_spec
from schemas.contracts.outcomes import RunOutcome
from schemas.contracts.vocabulary import FileStatus

FACTS = ("audit.decisions", "audit.actions", "audit.models")
"""Tables of users' facts: made from the ledger, not from files."""

NOTHING_REFUSED = dg.AssetCheckSpec(
    "nothing_refused",
    asset=key_of("audit.import_files"),
    description="Every file and every row was loaded. Refused files and rejected rows are listed with their reasons.",
)


def _spec(table: str) -> dg.AssetSpec:
    group = "records" if table.startswith("records.") else "audit"
    return table_spec(table, group, [] if table in FACTS else [dg.AssetKey("landed_files")])


@dg.multi_asset(
    specs=[_spec(table) for table in STEPS["records"]],
    check_specs=[*check_specs("records"), NOTHING_REFUSED],
    pool="warehouse",
    can_subset=True,
)
def source_records(context: dg.AssetExecutionContext, home: Home) -> Evaluations:
    """Load every import that is in the ledger but not in the warehouse, and new facts of users."""
    yield from load(context, home)


def load(selection: Selection, home: Home) -> Evaluations:
    """Load pending imports and facts, or the facts alone if no other table is selected."""
    wanted = selection.selected_asset_keys
    if wanted - {key_of(table) for table in FACTS}:
        yield from _load(selection, home)
    elif wanted:
        refuse_if_behind(home.session, home.ledger)
        load_facts(home.session, home.ledger, home.archive)
        yield from results(selection, home.session, FACTS, {"step": "copied from the ledger"})
    yield from evaluate(selection, home, "records")
    if NOTHING_REFUSED.key in selection.selected_asset_check_keys:
        # Selected alone, the check repeats the result of the newest run.
        yield _nothing_refused(_summary(home, home.outcome if wanted else home.ledger.runs.newest() or home.outcome))


def _load(selection: Selection, home: Home) -> Evaluations:
    finished = load_pending(home.session, home.stores, home.settings.rejects_dir)
    home.record(replace(home.outcome, loaded=tuple(item.import_id for item in finished)))
    summary = _summary(home, home.outcome)
    metadata = {
        "imports_loaded": len(finished),
        **summary.numbers,
        "read": dg.MetadataValue.md(summary.read),
        "refused": dg.MetadataValue.md(summary.refused),
        "decided": dg.MetadataValue.md(summary.decided),
    }
    outcome = "loaded" if finished else "nothing new to load"
    for table in STEPS["records"]:
        is_about_files = table == "audit.import_files"
        yield from results(selection, home.session, [table], {"step": outcome, **(metadata if is_about_files else {})})


def _summary(home: Home, outcome: RunOutcome) -> LoadSummary:
    refusals = [
        (file.path, file.reason or "")
        for item in home.ledger.imports()
        if item.import_id in outcome.loaded
        for file in item.files
        if file.status == FileStatus.REFUSED
    ]
    return load_summary(home.session, outcome, refusals)


def _nothing_refused(summary: LoadSummary) -> dg.AssetCheckResult:
    numbers = {name: summary.numbers[name] for name in ("files_refused", "rows_rejected", "cells_rejected")}
    return dg.AssetCheckResult(
        asset_key=NOTHING_REFUSED.asset_key,
        check_name=NOTHING_REFUSED.name,
        passed=not any(numbers.values()),
        severity=dg.AssetCheckSeverity.WARN,
        description=", ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in numbers.items() if count),
        metadata={**numbers, "refused": dg.MetadataValue.md(summary.refused)},
    )
