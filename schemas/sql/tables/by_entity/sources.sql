-- The crosswalk of {entity}s: which source records each is made of, and every row in which each was met.
CREATE TABLE main.{entity}_sources (
    {entity}_id VARCHAR NOT NULL,  -- The {entity}, see {entity}s
    source VARCHAR NOT NULL,  -- The system or list it came from
    object VARCHAR NOT NULL,  -- What the source calls this kind of record
    external_id VARCHAR,  -- The id that the source gives it
    record_key VARCHAR NOT NULL,  -- Key of the source record, see records.source_{entity}s
    import_id VARCHAR NOT NULL,  -- The import that brought it, see audit.imports
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    row_number INTEGER NOT NULL,  -- Row in the sheet, counted from 1 with the header
    is_stub BOOLEAN NOT NULL  -- Whether the row only mentions the record
);
