"""Current records: the current version of each record, updated only for records that changed.

Belongs here: `records.current_*` and the temporary tables of changes. Does not belong here: how versions are merged
(the macro `records.current_of_rows`); comparing records (`dedup.scoring.pairs`).
"""

from __future__ import annotations

from dedup.scoring.freshness import part_fingerprint
from schemas.contracts.vocabulary import Entity
from schemas.sql.files import SqlFolder
from schemas.stores.fingerprints import Part, recorded, remember
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)


def load_current(session: Session, entity: Entity) -> None:
    """Bring `records.current_<entity>s` up to date with the records tables, in the session's transaction.

    Leaves the temporary table `live_records` (`record_key, content`): every record that is not deleted, with a hash of
    everything that the derived tables use; for persons, `person_employers` as well. Resolve organizations before
    persons.
    """
    current = f"records.current_{entity}s"
    fingerprint = part_fingerprint("current version")
    if recorded(session.frame, Part.records_of(entity)) != fingerprint:
        session.empty(current)
        remember(session, Part.records_of(entity), fingerprint)
    session.run(SQL.statement("record_contents", entity=entity))
    session.run(SQL.statement("changed_current", entity=entity))
    session.delete(current, "record_key", among="changed_records.record_key")
    session.run(SQL.statement("met_changed", entity=entity))
    session.run(SQL.statement("insert_current", entity=entity))
    session.execute("DROP VIEW met_changed")
    if entity == Entity.ORGANIZATION:
        session.run(SQL.statement("repeated_names"))
    else:
        session.run(SQL.statement("person_employers"))
    session.run(SQL.statement(f"{entity}_live"))
