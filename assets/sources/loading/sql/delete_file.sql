-- Delete the rows of one file of an import.
DELETE FROM {table} WHERE import_id = $import_id AND file_ordinal = $file_ordinal;
