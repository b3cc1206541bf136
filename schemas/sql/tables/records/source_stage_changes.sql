-- What sources say about stage changes: one row for each time a record was met in a file, kept as it was met.
-- The newest version of a record_key counts; a row with is_stub is a mere mention by another record.
CREATE TABLE records.source_stage_changes (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- Key of the record: from the source's own id, else from its content
    version_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- Hash of what this version says
    source VARCHAR NOT NULL,  -- The system or list it came from
    object VARCHAR NOT NULL,  -- What the source calls this kind of record
    external_id VARCHAR,  -- The id that the source gives it
    is_stub BOOLEAN NOT NULL,  -- Whether this is a mention by another record and not the record itself
    import_id VARCHAR NOT NULL,  -- The import that brought it
    import_sequence INTEGER NOT NULL,  -- Place of that import in the ledger
    file_ordinal INTEGER NOT NULL,  -- Place of the file within its import
    sheet_ordinal INTEGER NOT NULL,  -- Place of the sheet within its file
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    row_number INTEGER NOT NULL,  -- Row in the sheet, counted from 1 with the header
    stage VARCHAR,  -- Name of the stage as given
    entered_at TIMESTAMPTZ,  -- When the deal entered the stage
    probability DOUBLE,  -- Chance of winning, 0 to 1
    value DECIMAL(18,2),  -- What the deal was worth then
    currency VARCHAR,  -- ISO 4217 code of that
    expected_close_date DATE,  -- Day on which it should close, as expected then
    created_at TIMESTAMPTZ,  -- When the source says it was made
    updated_at TIMESTAMPTZ,  -- When the source says it was last changed
    is_deleted BOOLEAN,  -- The source marks it as deleted
    deal_key VARCHAR USING COMPRESSION uncompressed,  -- Key of the deal record it points at
    user_key VARCHAR,  -- Key of the user who owns or made it
    custom MAP(VARCHAR, VARCHAR)  -- Columns of the row that no field takes, and cells that could not be read as their field's type
);
