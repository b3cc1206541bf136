-- The records that rows of a sheet made, without reference-only records.
SELECT row_number, record_key
FROM {table}
WHERE import_id = $import_id AND file_ordinal = $file_ordinal AND sheet_ordinal = $sheet_ordinal
    AND NOT is_stub AND list_contains($rows, row_number)
