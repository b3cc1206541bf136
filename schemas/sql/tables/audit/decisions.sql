-- What people decided about records and entities, as far as it is in force: the latest decision about each pair of a record of the one and a
-- record of the other counts (records.decided_pairs). It holds whatever models say.
CREATE TABLE audit.decisions (
    sequence BIGINT NOT NULL,  -- Place in the ledger
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    record_key_l VARCHAR NOT NULL,  -- One record; of an entity of several the one with the smallest key
    record_key_r VARCHAR NOT NULL,  -- The other
    records_l VARCHAR[] NOT NULL,  -- All records of the one, as they were when it was decided
    records_r VARCHAR[] NOT NULL,  -- All records of the other
    decision VARCHAR NOT NULL CHECK (decision IN ('same', 'different', 'unsure')),  -- same, different or unsure
    decided_by VARCHAR,  -- Who
    decided_at TIMESTAMPTZ NOT NULL,  -- When
    reason VARCHAR,  -- Why
    is_suspended BOOLEAN NOT NULL  -- Whether no pair of its records is here: it counts again when they are
);
