-- {comment}
CREATE TABLE {table} (
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
{columns}
    custom MAP(VARCHAR, VARCHAR)  -- Columns of the row that no field takes, and cells that could not be read as their field's type
);
