-- What became of organizations and persons since they were first published: ids that went up in others, records that left, entities that
-- ended. A fact of the ledger: a rebuild keeps it.
CREATE TABLE audit.entity_history (
    change_id VARCHAR NOT NULL,  -- Names the change
    changed_at TIMESTAMPTZ NOT NULL,  -- When it was found
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    change VARCHAR NOT NULL CHECK (change IN ('merged', 'split', 'ended')),  -- merged: all of it went up in another; split: some of its records left it; ended: no record is left
    entity_id VARCHAR NOT NULL,  -- The id that it happened to
    into_id VARCHAR,  -- Where its records went
    records INTEGER NOT NULL,  -- How many of its records
    import_id VARCHAR  -- The import that came or was undone; none where people acted
);
