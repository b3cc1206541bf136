-- {comment}
CREATE TABLE {table} (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- Key of the record: from the source's id, else from its content
    version_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- Content hash of this version
    source VARCHAR NOT NULL,  -- The system or list it came from
    object VARCHAR NOT NULL,  -- The source's name for this kind of record
    external_id VARCHAR,  -- The source's id of it
    is_stub BOOLEAN NOT NULL,  -- Whether this is a reference-only record, known because another record refers to it
    import_id VARCHAR NOT NULL,  -- The import that it came with
    import_sequence INTEGER NOT NULL,  -- Position of that import in the ledger
    file_ordinal INTEGER NOT NULL,  -- Position of the file in its import
    sheet_ordinal INTEGER NOT NULL,  -- Position of the sheet in its file
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    row_number INTEGER NOT NULL,  -- Row in the sheet, counted from 1 with the header
{columns}
    custom MAP(VARCHAR, VARCHAR)  -- Columns of the row without a field, and cells that could not be read as their field's type
);
