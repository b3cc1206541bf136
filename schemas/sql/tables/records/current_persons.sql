-- The version of each person record that counts, made of all its versions in source_persons (macro current_version), deleted ones included.
-- Kept, so that an import derives anew only what it changed.
CREATE TABLE records.current_persons (
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
    name VARCHAR,  -- The name as given
    first_name VARCHAR,  -- Given name
    last_name VARCHAR,  -- Family name
    birth_date DATE,  -- Date of birth
    job_title VARCHAR,  -- Job title as given
    emails VARCHAR[],  -- E-mail addresses in lower case
    phones VARCHAR[],  -- Phone numbers, E.164 where valid, else as given
    national_id VARCHAR,  -- A personal number issued by a state, digits and letters only as given
    street VARCHAR,  -- Street with number
    city VARCHAR,  -- City
    region VARCHAR,  -- State, province or region
    postal_code VARCHAR,  -- Postal code as given
    country VARCHAR,  -- ISO 3166-1 alpha-2 code
    created_at TIMESTAMPTZ,  -- When the source says it was made
    updated_at TIMESTAMPTZ,  -- When the source says it was last changed
    is_deleted BOOLEAN,  -- The source marks it as deleted
    organization_key VARCHAR USING COMPRESSION uncompressed,  -- Key of the organization record it points at
    user_key VARCHAR,  -- Key of the user who owns or made it
    same_as_key VARCHAR,  -- Key of the record that the source itself says is the same
    first_seen STRUCT(import_sequence INTEGER, file_ordinal INTEGER, sheet_ordinal INTEGER, row_number INTEGER) NOT NULL,  -- Where the ledger saw the record first
    content HUGEINT NOT NULL,  -- Sum of hashes of all rows in which the record was met: another one says that it changed
    custom MAP(VARCHAR, VARCHAR)  -- Columns of the row that no field takes, and cells that could not be read as their field's type
);
