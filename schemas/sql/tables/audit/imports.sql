-- Imports whose files are in this database, in the order they were received.
CREATE TABLE audit.imports (
    import_id VARCHAR NOT NULL,  -- Id of the import
    import_sequence INTEGER NOT NULL,  -- Its position in the ledger
    received_at TIMESTAMPTZ NOT NULL,  -- When it was received
    imported_by VARCHAR,  -- The account that ran it
    source VARCHAR,  -- The stated source, if any
    profile VARCHAR  -- The stated profile, if any
);
