-- Columns that no field took; their values are in the custom map of the records.
CREATE TABLE audit.unmapped_columns (
    import_id VARCHAR NOT NULL,  -- The import
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    column_name VARCHAR NOT NULL,  -- The header
    filled INTEGER NOT NULL,  -- How many rows have a value in it
    example VARCHAR  -- The first value in it
);
