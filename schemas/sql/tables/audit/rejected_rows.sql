-- Every row and every single cell that was refused. A refused cell (column_name is set) does not cost its row.
CREATE TABLE audit.rejected_rows (
    import_id VARCHAR NOT NULL,  -- The import
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    row_number INTEGER NOT NULL,  -- Row in the sheet, counted from 1 with the header
    column_name VARCHAR,  -- The header of the refused cell; empty when the whole row is refused
    value VARCHAR,  -- The refused value; the whole row as JSON when the row is refused
    reason VARCHAR NOT NULL  -- Why
);
