-- Decisions about records and entities that are in force. For each pair of records, one from each side, the latest decision counts
-- (records.decided_pairs). Decisions override models.
CREATE TABLE audit.decisions (
    sequence BIGINT NOT NULL,  -- Position in the ledger
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    record_key_l VARCHAR NOT NULL,  -- A record of one side, the one with the smallest key
    record_key_r VARCHAR NOT NULL,  -- A record of the other side
    records_l VARCHAR[] NOT NULL,  -- All records of one side at the time of the decision
    records_r VARCHAR[] NOT NULL,  -- All records of the other side
    decision VARCHAR NOT NULL CHECK (decision IN ('same', 'different', 'unsure')),  -- same, different or unsure
    decided_by VARCHAR,  -- Who decided
    decided_at TIMESTAMPTZ NOT NULL,  -- When it was decided
    reason VARCHAR,  -- Why
    is_suspended BOOLEAN NOT NULL  -- Whether it has no effect because none of its pairs of records is loaded; it has again when one is
);
