-- The crosswalk of {entity}s: the source records of each {entity}, and every row of each record.
CREATE TABLE main.{entity}_sources (
    {entity}_id VARCHAR NOT NULL,  -- The {entity}, see {entity}s
    source VARCHAR NOT NULL,  -- The system or list it came from
    object VARCHAR NOT NULL,  -- The source's name for this kind of record
    external_id VARCHAR,  -- The source's id of it
    record_key VARCHAR NOT NULL,  -- Key of the source record, see records.source_{entity}s
    import_id VARCHAR NOT NULL,  -- The import that it came with, see audit.imports
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    row_number INTEGER NOT NULL,  -- Row in the sheet, counted from 1 with the header
    is_stub BOOLEAN NOT NULL  -- Whether the row only refers to the record
);
