-- Users' acts on entities, in the order of the ledger: edits, conversions, moves of deals, the model in use. Imports never undo them.
CREATE TABLE audit.actions (
    sequence BIGINT NOT NULL,  -- Position in the ledger
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person', 'lead', 'deal')),  -- organization, person, lead or deal
    record_key VARCHAR NOT NULL,  -- The anchor record of the entity at that time
    action VARCHAR NOT NULL,  -- The act: edit, use_model, convert, …
    details MAP(VARCHAR, VARCHAR) NOT NULL,  -- Its details: field and value, stage, …
    acted_at TIMESTAMPTZ NOT NULL,  -- When it was done
    acted_by VARCHAR,  -- Who did it
    reason VARCHAR,  -- Why
    is_suspended BOOLEAN NOT NULL  -- Whether it has no effect because its record's import was undone; it has again when the record returns
);
