-- Rows of an import go.
DELETE FROM {table} WHERE import_id = $import_id;
