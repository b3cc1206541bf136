-- How good each column of each sheet is: how many rows fill it, how many of its cells were refused, and how many hold what people
-- write where they have nothing to write (test, n/a, asdf).
CREATE TABLE audit.column_quality (
    import_id VARCHAR NOT NULL,  -- The import
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    column_name VARCHAR NOT NULL,  -- The header as it stands there
    row_count INTEGER NOT NULL,  -- Rows of data
    filled INTEGER NOT NULL,  -- Rows in which the column is not blank
    refused INTEGER NOT NULL,  -- Cells that could not be read as what their field holds, see rejected_rows
    suspicious INTEGER NOT NULL,  -- Cells such as test, n/a or asdf; they are kept as given
    suspicious_example VARCHAR  -- The first of them
);
