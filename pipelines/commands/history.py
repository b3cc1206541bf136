"""`imports`, `undo` and `doctor`: the history of imports, and whether the stores agree with it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import polars as pl
import typer

from pipelines.commands.common import HomeOption, JsonOption, cancellable, refuse, settings_of
from pipelines.commands.console import out, print_json, print_table, progress_shown
from schemas.contracts.counting import counted, counted_tables
from schemas.contracts.vocabulary import ImportStatus
from schemas.stores.ledger import Import
from schemas.stores.stores import Stores


def imports(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List all imports with their time, user, files and status.

    [bold]Examples[/bold]

      leadsift imports

      leadsift imports --json
    """
    settings = settings_of(context, home)
    with Stores.open(settings) as stores:
        known = stores.ledger.imports() if stores.has_ledger() else []
        published = stores.published_imports() if known else frozenset()
    statuses = {item.import_id: _status(item, published) for item in known}
    if as_json:
        print_json({"imports": [_document(item, statuses[item.import_id]) for item in known]})
        return
    rows = [
        {
            "import": item.import_id,
            "received": item.received_at,
            "by": item.imported_by,
            "status": "undone" if item.undone_at else statuses[item.import_id].value,
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
    if ImportStatus.UNPUBLISHED in statuses.values():
        out.print(
            "Unpublished imports were interrupted; the next import, or `leadsift doctor --rebuild`, completes them."
        )


def _status(item: Import, published: frozenset[str]) -> ImportStatus:
    """The status of an import as users see it: an import counts as imported once it is published."""
    is_hidden = item.undone_at is None and item.import_id not in published
    is_loaded = item.status in (ImportStatus.IMPORTED, ImportStatus.PARTIAL)
    return ImportStatus.UNPUBLISHED if is_loaded and is_hidden else item.status


def _document(item: Import, status: ImportStatus) -> dict[str, Any]:
    return {
        "import_id": item.import_id,
        "received_at": item.received_at,
        "finished_at": item.finished_at,
        "imported_by": item.imported_by,
        "status": status.value,
        "undone_at": item.undone_at,
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


def undo(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    import_id: Annotated[
        str, typer.Argument(metavar="IMPORT_ID", help="The import, as `leadsift imports` lists it.", show_default=False)
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept in the ledger.", show_default=False)
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Undo it even if conversions, moves, edits or decisions depend on it.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo an import: the tables become what they would be without it, including updates of known records.

    The files stay in the archive, and retired ids can still be looked up in audit.id_redirects. Actions and decisions
    on its records are suspended (audit.actions, audit.decisions). Import the files again to get everything back.

    [bold]Example[/bold]

      leadsift undo imp_20250930140000_a1b2c3 --reason "wrong list"
    """
    from pipelines.services.undo import dependents_of, describe, undo_import

    settings = settings_of(context, home)
    if not yes and not as_json and sys.stdin.isatty() and (dependents := dependents_of(settings, import_id)):
        out.print(f"These depend on {import_id}. They are suspended until its records return:")
        for item in dependents:
            out.print(f"  {describe(item)}", markup=False)
        with cancellable():
            yes = typer.confirm("Undo it?", abort=True)
    with progress_shown(quiet=as_json):
        document = undo_import(settings, import_id, reason, with_dependents=yes)
    if as_json:
        print_json(document)
        return
    counts = counted_tables(document["entities"])
    if document["already_recorded"]:
        out.print(f"{import_id} was already undone; nothing changed. The home has {counts}.", markup=False)
        return
    files = counted(len(document["files"]), "file")
    out.print(f"{import_id} is undone ({files}). The home now has {counts}.", markup=False)
    for item in document["suspended"]:
        out.print(f"suspended: {describe(item)}", markup=False)


def doctor(
    context: typer.Context,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild",
            help="Restore a lost ledger from its journal, then make the warehouse and the published file from archive "
            "and ledger.",
        ),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare ledger, archive, warehouse and published file; report problems and their remedies.

    In a new home, create the inbox and Dagster's settings.

    [bold]Examples[/bold]

      leadsift doctor

      leadsift doctor --rebuild
    """
    from pipelines.services.doctor import examine, rebuild_derived
    from pipelines.services.instance import prepare_instance

    settings = settings_of(context, home)
    prepare_instance(settings)  # so that Dagster finds its settings and the inbox before the first import
    with progress_shown(quiet=as_json):
        notes = rebuild_derived(settings) if rebuild else []
        findings = examine(settings)
    document = {"home": str(settings.home), "healthy": not findings.problems, "notes": notes, **findings.to_json()}
    if not as_json:
        for line in notes:
            out.print(line, markup=False, soft_wrap=True)
        for line in findings.facts:
            out.print(f"ok  {line}", markup=False, soft_wrap=True)
    elif not findings.problems:
        print_json(document)
    if findings.problems:
        refuse(findings.problems, document, as_json=as_json)
