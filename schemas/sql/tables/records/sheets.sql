-- What each sheet speaks of: for every kind of record that its rows carry, the fields it has columns for, and what it does to
-- what was known. A field that is blank in a row was emptied; a field without a column was not spoken of.
CREATE TABLE records.sheets (
    import_id VARCHAR NOT NULL,  -- The import
    import_sequence INTEGER NOT NULL,  -- Place of that import in the ledger
    file_ordinal INTEGER NOT NULL,  -- Place of the file within its import
    sheet_ordinal INTEGER NOT NULL,  -- Place of the sheet within its file
    table_name VARCHAR NOT NULL,  -- The table that its records stand in
    source VARCHAR NOT NULL,  -- The system or list it came from
    object VARCHAR NOT NULL,  -- What the source calls this kind of record
    is_stub BOOLEAN NOT NULL,  -- Whether the rows only mention these records
    fields VARCHAR[] NOT NULL,  -- Fields that the sheet has a column for
    headers VARCHAR[] NOT NULL,  -- Headers of the columns that a field takes; of records that are only mentioned, those that say which
    referring_rows INTEGER NOT NULL,  -- Number of rows that mention such a record; 0 for records that the sheet has
    policy VARCHAR NOT NULL,  -- What these versions do to earlier ones: newest, fill or ignore
    is_unique BOOLEAN NOT NULL  -- Whether the profile says that no two records of this kind and source are one
);
