"""The doctor: compares archive, ledger, journal, warehouse and published file, and rebuilds them from each other.

Belongs here: comparing stores, and the order of repairs. Does not belong here: the repairs.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from assets.sources.loading.imports import missing_records, pending
from dedup.scoring.freshness import is_current
from schemas.contracts import progress
from schemas.contracts.errors import LeadsiftError
from schemas.contracts.vocabulary import FileStatus
from schemas.stores.attempts import SET_ASIDE
from schemas.stores.journal import set_aside
from schemas.stores.ledger_restoring import mend
from schemas.stores.private import exposed, make_private
from schemas.stores.settings import Settings
from schemas.stores.sqlite_files import damaged_files
from schemas.stores.stores import Stores
from schemas.stores.table_checks import table_checks
from schemas.stores.warehouse import Session, read_all_tables

SHOWN_PATHS = 3
"""The most paths that one sentence lists."""


@dataclass(slots=True)
class Findings:
    """What is in order (`facts`) and what is not (`problems`), one sentence each."""

    facts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, list[str]]:
        """The findings as a JSON object."""
        return {"facts": self.facts, "problems": self.problems}


def examine(settings: Settings) -> Findings:
    """Check every store of a home. Only reads, except that it creates missing tables."""
    findings = Findings()
    with Stores.open(settings) as stores:
        _examine_privacy(findings, settings.home)
        if _examine_ledger(findings, stores):
            if not stores.ledger.imports() and not stores.published.path.is_file():
                findings.facts.append(
                    f"nothing is imported yet: run `leadsift import PATH`, or drop files into {settings.inbox_dir}"
                )
                return findings
            _examine_archive(findings, stores)
            _examine_warehouse(findings, stores)
        _examine_published(findings, stores)
    _examine_dagster(findings, settings)
    return findings


def _examine_privacy(findings: Findings, home: Path) -> None:
    open_to_others = exposed(home)
    if not open_to_others:
        findings.facts.append(f"privacy: only the owner can read {home}")
        return
    shown = ", ".join(str(path) for path in open_to_others[:SHOWN_PATHS])
    more = f" and {len(open_to_others) - SHOWN_PATHS:,} more" if len(open_to_others) > SHOWN_PATHS else ""
    findings.problems.append(
        f"{home} contains personal data, and other users of this machine have access to {shown}{more}; "
        f"run `chmod -R go-rwx {shlex.quote(str(home))}` or `leadsift doctor --rebuild`"
    )


def _examine_ledger(findings: Findings, stores: Stores) -> bool:
    """Whether the ledger has every fact of the journal and the tables; if not, nothing else can be compared with it."""
    progress.report("Comparing the ledger with the journal")
    try:
        stores.ledger.verify()
        stores.refuse_if_behind()
        stores.refuse_if_behind_warehouse()
    except LeadsiftError as error:
        findings.problems.append(str(error))
        return False
    findings.facts.append(f"ledger: every fact is also in {stores.settings.journal_path}")
    return True


def _examine_archive(findings: Findings, stores: Stores) -> None:
    progress.report("Reading the archive")
    files = {file.sha256: file for item in stores.ledger.imports() for file in item.files}
    damaged = 0
    for done, (digest, file) in enumerate(sorted(files.items())):
        progress.report("Reading the archive", done, len(files))
        try:
            with stores.archive.fetched(digest):
                pass
        except LeadsiftError as error:
            damaged += 1
            findings.problems.append(f"{error} (it was {file.path})")
    aside = [f"{files[digest].path} ({SET_ASIDE})" for digest in stores.attempts.set_aside() if digest in files]
    findings.facts += [f"not loaded: {file}" for file in aside]
    if not damaged:
        findings.facts.append(f"archive: {len(files)} files, each with the content that its name states")


def _examine_warehouse(findings: Findings, stores: Stores) -> None:
    progress.report("Comparing the warehouse with the ledger")
    try:
        with stores.warehouse.open() as session:
            read_all_tables(session.frame)
            lost = missing_records(session, stores.ledger)
            findings.problems += [f"{line}; run `leadsift doctor --rebuild`" for line in lost]
            waiting = pending(session, stores.ledger)
            findings.problems += [
                f"{item.import_id} is in the ledger but not in the warehouse; run `leadsift doctor --rebuild`"
                for item in waiting
            ]
            if not lost and not waiting:
                count = sum(
                    file.status == FileStatus.LOADED
                    for item in stores.ledger.imports()
                    if item.undone_at is None
                    for file in item.files
                )
                findings.facts.append(f"warehouse: has the records of all {count} loaded files")
            _examine_tables(findings, session)
            if not is_current(session, stores.settings.shaping):
                findings.problems.append("derived tables are out of date; run `leadsift doctor --rebuild`")
    except LeadsiftError as error:
        findings.problems.append(str(error))


def _examine_tables(findings: Findings, session: Session) -> None:
    progress.report("Checking the tables")
    wrong = [failure for check in table_checks() for failure in check.failures(check.find(session))]
    findings.problems += wrong
    if not wrong:
        findings.facts.append(f"tables: {len(table_checks())} checks passed")


def _examine_published(findings: Findings, stores: Stores) -> None:
    try:
        newest = stores.published.query("SELECT count(*) FROM audit.imports").item()
        read_all_tables(stores.published.query)
        findings.facts.append(f"published: {stores.published.path} with {newest} imports")
    except LeadsiftError as error:
        findings.problems.append(str(error))


def _remove_published_if_damaged(stores: Stores) -> None:
    """Remove an unreadable published file; otherwise it might not be published again."""
    try:
        if stores.published.path.is_file():
            read_all_tables(stores.published.query)
    except LeadsiftError:
        stores.published.path.unlink()


def _examine_dagster(findings: Findings, settings: Settings) -> None:
    if problems := damaged_files(settings.dagster_home):
        findings.problems += [str(problem) for problem in problems]
    elif settings.dagster_home.is_dir():
        findings.facts.append("dagster: the run history can be read")


def rebuild_derived(settings: Settings) -> list[str]:
    """Restore a lost ledger from its journal, then rebuild warehouse and published file from archive and ledger.

    Returns what was done to the ledger. The old published file stays until the new one replaces it. Raises
    LedgerLostError, and deletes nothing, if the tables have imports that the restored ledger still lacks.
    """
    from pipelines.services.importing import run_import

    with Stores.open(settings) as stores, stores.writing():
        make_private(settings.home)
        notes = mend(settings.ledger_address, settings.journal_path)
        stores.refuse_if_behind()
        stores.refuse_if_behind_warehouse()
        stores.warehouse.remove()
        _remove_published_if_damaged(stores)
        if damaged_files(settings.dagster_home):
            old = set_aside(settings.dagster_home)
            notes.append(
                f"the run history in {settings.dagster_home} was damaged and starts again; the damaged one is {old}"
            )
    run_import(settings)
    return notes
