-- Columns without a field; their values are in the records' custom map.
CREATE TABLE audit.unmapped_columns (
    import_id VARCHAR NOT NULL,  -- The import
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    column_name VARCHAR NOT NULL,  -- The header
    filled INTEGER NOT NULL,  -- Number of rows with a value
    example VARCHAR  -- The first value in it
);
