-- The history of published organizations and persons: merged ids, records that left, entities that ended. A fact of the ledger: a rebuild
-- keeps it.
CREATE TABLE audit.entity_history (
    change_id VARCHAR NOT NULL,  -- Id of the change
    changed_at TIMESTAMPTZ NOT NULL,  -- When it was detected
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    change VARCHAR NOT NULL CHECK (change IN ('merged', 'split', 'ended')),  -- merged: all records moved to another entity; split: some records left; ended: no record remains
    entity_id VARCHAR NOT NULL,  -- The entity that changed
    into_id VARCHAR,  -- The entity that its records moved to
    records INTEGER NOT NULL,  -- Number of records that moved
    import_id VARCHAR  -- The import that was loaded or undone; empty for acts of users
);
