-- Imports whose files are in this database, in the order in which they were received.
CREATE TABLE audit.imports (
    import_id VARCHAR NOT NULL,  -- Id of the import
    import_sequence INTEGER NOT NULL,  -- Its place in the ledger
    received_at TIMESTAMPTZ NOT NULL,  -- When it was received
    imported_by VARCHAR,  -- The account that ran it
    source VARCHAR,  -- The source named by hand, if any
    profile VARCHAR  -- The profile named by hand, if any
);
