-- The quality of each column of each sheet: filled rows, rejected cells, and placeholders such as test, n/a or asdf.
CREATE TABLE audit.column_quality (
    import_id VARCHAR NOT NULL,  -- The import
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    column_name VARCHAR NOT NULL,  -- The header as given
    row_count INTEGER NOT NULL,  -- Rows of data
    filled INTEGER NOT NULL,  -- Rows in which the column is not blank
    refused INTEGER NOT NULL,  -- Rejected cells, see rejected_rows
    suspicious INTEGER NOT NULL,  -- Placeholders such as test, n/a or asdf; they are kept as given
    suspicious_example VARCHAR  -- The first placeholder
);
