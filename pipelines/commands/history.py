"""`imports` and `doctor`: what the ledger knows, and whether the stores agree with it."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
import typer

from pipelines.commands.common import HomeOption, JsonOption, refuse, settings_of
from pipelines.console import out, print_json, print_table, progress_shown
from schemas.ledger import Import, Ledger


def imports(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every import: when, by whom, which files, and what became of them.

    [bold]Examples[/bold]

      leadsift imports

      leadsift imports --json
    """
    settings = settings_of(context, home)
    ledger = Ledger(settings.ledger_address)
    try:
        known = ledger.imports()
    finally:
        ledger.close()
    if as_json:
        print_json({"imports": [_document(item) for item in known]})
        return
    rows = [
        {
            "import": item.import_id,
            "received": item.received_at,
            "by": item.imported_by,
            "status": item.status.value,
            "file": file.path,
            "file status": file.status.value,
            "records": file.records,
            "reason": file.reason,
        }
        for item in known
        for file in item.files
    ]
    if not rows:
        out.print("Nothing has been imported yet.")
        return
    print_table(pl.DataFrame(rows, infer_schema_length=None), limit=1_000)


def _document(item: Import) -> dict[str, Any]:
    return {
        "import_id": item.import_id,
        "received_at": item.received_at,
        "finished_at": item.finished_at,
        "imported_by": item.imported_by,
        "status": item.status.value,
        "source": item.options.source,
        "profile": item.options.profile,
        "files": [
            {
                "path": file.path,
                "sha256": file.sha256,
                "size": file.size,
                "status": file.status.value,
                "records": file.records,
                "reason": file.reason,
            }
            for file in item.files
        ],
    }


def doctor(
    context: typer.Context,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Make the warehouse and the published file anew from archive and ledger."),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare ledger, archive, warehouse and published file; say what is wrong and what mends it.

    [bold]Examples[/bold]

      leadsift doctor

      leadsift doctor --rebuild
    """
    from pipelines.health import examine, rebuild_derived

    settings = settings_of(context, home)
    with progress_shown(quiet=as_json):
        if rebuild:
            rebuild_derived(settings)
        findings = examine(settings)
    document = {"home": str(settings.home), "healthy": not findings.problems, **findings.to_json()}
    if not as_json:
        for line in findings.facts:
            out.print(f"ok  {line}", markup=False, soft_wrap=True)
    elif not findings.problems:
        print_json(document)
    if findings.problems:
        refuse(findings.problems, document, as_json=as_json)
