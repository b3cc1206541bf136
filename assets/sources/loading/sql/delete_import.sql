-- Delete the rows of an import.
DELETE FROM {table} WHERE import_id = $import_id;
