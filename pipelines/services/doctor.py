"""The doctor: compares archive, ledger, journal, warehouse and published file, and rebuilds them from each other.

Belongs here: comparing stores, and the order of repairs. Does not belong here: the repairs.
"""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from assets.sources.loading.archived_files import damaged_in_archive, needed_files
from assets.sources.loading.imports import missing_records, pending
from dedup.scoring.freshness import is_current
from pipelines.services.importing import run_import
from pipelines.services.instance import INSTANCE_FILE, has_shipped_settings, open_instance
from schemas.contracts import progress
from schemas.contracts.counting import counted
from schemas.contracts.errors import LeadsiftError, StoreError
from schemas.contracts.vocabulary import FileStatus
from schemas.stores.attempts import SET_ASIDE
from schemas.stores.fingerprints import Part, recorded
from schemas.stores.journal import set_aside
from schemas.stores.ledger_restoring import repair
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
    """Whether the ledger has all facts of the journal and the tables; otherwise nothing can be compared with it."""
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
    needed = needed_files(stores.ledger)
    aside = [f"{needed[digest][0]} ({SET_ASIDE})" for digest in stores.attempts.set_aside() if digest in needed]
    findings.facts += [f"not loaded: {file}" for file in aside]
    if damaged := damaged_in_archive(stores):
        findings.problems += damaged
    else:
        findings.facts.append(f"archive: {counted(len(needed), 'file')}, each with the content that its name states")


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
                findings.facts.append(f"warehouse: has the records of {counted(count, 'loaded file')}")
            _examine_tables(findings, session)
            if not is_current(session, stores.settings.shaping):
                findings.problems.append("derived tables are out of date; run `leadsift doctor --rebuild`")
            elif stores.published.path.is_file():
                _compare_published(findings, stores, session)
    except LeadsiftError as error:
        findings.problems.append(str(error))


def _examine_tables(findings: Findings, session: Session) -> None:
    progress.report("Checking the tables")
    wrong = [failure for check in table_checks() for failure in check.failures(check.find(session))]
    findings.problems += wrong
    if not wrong:
        findings.facts.append(f"tables: {counted(len(table_checks()), 'check')} passed")


def _compare_published(findings: Findings, stores: Stores, session: Session) -> None:
    """Whether the published file is a copy of the current warehouse."""
    with suppress(LeadsiftError):  # a file that cannot be read is a finding of its own
        shown = recorded(stores.published.query, Part.DERIVED)
        if shown != recorded(session.frame, Part.DERIVED):
            count = "SELECT count(*) FROM audit.imports"
            published, warehouse = stores.published.query(count).item(), session.frame(count).item()
            findings.problems.append(
                f"{stores.published.path} is out of date: it has {counted(published, 'import')}, the warehouse has "
                f"{counted(warehouse, 'import')}; run `leadsift doctor --rebuild`, which publishes again"
            )


def _examine_published(findings: Findings, stores: Stores) -> None:
    try:
        newest = stores.published.query("SELECT count(*) FROM audit.imports").item()
        read_all_tables(stores.published.query)
        findings.facts.append(f"published: {stores.published.path} with {counted(newest, 'import')}")
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
    if problems := damaged_files(settings.dagster_home) or _refused_settings(settings):
        findings.problems += [str(problem) for problem in problems]
    elif settings.dagster_home.is_dir():
        findings.facts.append("dagster: the run history can be read")


def _refused_settings(settings: Settings) -> list[StoreError]:
    """Why Dagster does not start with the settings in the home; nothing if they are the shipped ones or it does."""
    if not (settings.dagster_home / INSTANCE_FILE).is_file() or has_shipped_settings(settings.dagster_home):
        return []
    try:
        with open_instance(settings):
            return []
    except StoreError as error:
        return [error]


def _refuse_without_archive(stores: Stores) -> None:
    """Raise StoreError, before anything is removed, if the archive lacks a file that the rebuild reads."""
    if damaged := damaged_in_archive(stores):
        more = f"; also missing or damaged: {counted(len(damaged) - 1, 'more file')}" if len(damaged) > 1 else ""
        raise StoreError(f"nothing was rebuilt or removed: {damaged[0]}{more}")


def repair_dagster(settings: Settings) -> list[str]:
    """Set aside a damaged run history or unusable settings of Dagster; the next run creates new ones."""
    folder = settings.dagster_home
    if damaged_files(folder):
        old = set_aside(folder)
        return [f"replaced the damaged run history in {folder}; the old one is {old}"]
    if _refused_settings(settings):
        old = set_aside(folder / INSTANCE_FILE)
        return [f"restored Dagster's shipped settings in {folder}; the old file is {old}"]
    return []


def rebuild_derived(settings: Settings) -> list[str]:
    """Restore a lost ledger from its journal, then rebuild warehouse and published file from archive and ledger.

    Returns what was done to the ledger. Both old files stay until the new ones are complete and replace them. Raises
    LedgerLostError, and deletes nothing, if the tables have facts that the restored ledger still lacks, and StoreError
    if the archive lacks a file.
    """
    with Stores.open(settings) as stores, stores.writing():
        make_private(settings.home)
        notes = repair(settings.ledger_address, settings.journal_path)
        stores.refuse_if_behind()
        stores.refuse_if_behind_warehouse()
        _refuse_without_archive(stores)
        _remove_published_if_damaged(stores)
        notes += repair_dagster(settings)
        new = Stores.rebuilding(settings).warehouse
        new.remove()  # what a killed rebuild left
        try:
            run_import(settings, rebuild=True)
            stores.warehouse.replace_with(new)
        finally:
            new.remove()
        return notes
