"""Current records: the version of each record that counts, kept up to date by looking only at records that changed.

Belongs here: `records.current_*` and the temporary tables that tell what changed. Does not belong here: how versions
make one record (the macro `records.current_of_rows`), and comparing records (`dedup.scoring.pairs`).
"""

from __future__ import annotations

from dedup.scoring.freshness import basis, recorded, remember
from schemas.contracts.vocabulary import Entity
from schemas.sql.files import quoted
from schemas.stores.warehouse import Session


def load_current(session: Session, entity: Entity) -> None:
    """Bring `records.current_<entity>s` up to date with the records tables, in the session's transaction.

    Leaves the temporary table `live_records`, `record_key, content`: every record that is not deleted, with a hash of
    all that reaches the derived tables from it. Persons need organizations resolved.
    """
    current, source = f"records.{quoted(f'current_{entity}s')}", f"records.source_{entity}s"
    made_with = basis("current version")
    if recorded(session, f"{entity} records") != made_with:
        session.execute(f"DELETE FROM {current}")  # noqa: S608  (our own names, here and below)
        remember(session, f"{entity} records", made_with)
    session.run(f"steps/{entity}_contents")
    session.execute(
        "CREATE OR REPLACE TEMP TABLE changed_records AS "  # noqa: S608
        f"SELECT record_key FROM record_contents FULL JOIN {current} AS before USING (record_key) "
        "WHERE record_contents.content IS DISTINCT FROM before.content"
    )
    session.execute(f"DELETE FROM {current} WHERE record_key IN (SELECT record_key FROM changed_records)")  # noqa: S608
    session.execute(
        "CREATE OR REPLACE TEMP VIEW met_changed AS "  # noqa: S608
        f"SELECT * FROM {source} SEMI JOIN changed_records USING (record_key)"
    )
    session.execute(
        f"INSERT INTO {current} BY NAME SELECT version.*, record_contents.content "  # noqa: S608
        f"FROM records.current_of_rows('{source}', 'met_changed') AS version JOIN record_contents USING (record_key)"
    )
    session.execute("DROP VIEW met_changed")
    if entity == Entity.ORGANIZATION:
        session.run("steps/repeated_names")
    session.run(f"steps/{entity}_live")
