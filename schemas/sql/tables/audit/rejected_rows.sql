-- Every rejected row and cell. If only a cell is rejected (column_name is set), its row is loaded without it.
CREATE TABLE audit.rejected_rows (
    import_id VARCHAR NOT NULL,  -- The import
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    row_number INTEGER NOT NULL,  -- Row in the sheet, counted from 1 with the header
    column_name VARCHAR,  -- The header of the rejected cell; empty for a whole row
    value VARCHAR,  -- The rejected value; a whole row as JSON
    reason VARCHAR NOT NULL  -- Why it was rejected
);
