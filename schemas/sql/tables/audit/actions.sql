-- What people did to entities, in the order of the ledger: edits, conversions, moves of deals, the model in use. Imports never undo it.
CREATE TABLE audit.actions (
    sequence BIGINT NOT NULL,  -- Place in the ledger
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person', 'lead', 'deal')),  -- organization, person, lead or deal
    record_key VARCHAR NOT NULL,  -- The record that anchored the entity when it was done
    action VARCHAR NOT NULL,  -- What was done: edit, use_model, convert, …
    details MAP(VARCHAR, VARCHAR) NOT NULL,  -- With what: field and value, stage, …
    acted_at TIMESTAMPTZ NOT NULL,  -- When
    acted_by VARCHAR,  -- Who
    reason VARCHAR,  -- Why
    is_suspended BOOLEAN NOT NULL  -- Whether its record is absent, because the import that brought it was undone: it counts again when the record is here
);
