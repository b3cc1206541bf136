-- Sheets and refused files of the given imports, with their balance, decisions, and rejected cells.
SELECT
    files.import_id, files.file, files.sheet, files.status, files.reason, files.object,
    coalesce(files.row_count, 0) AS rows, coalesce(files.loaded, 0) AS loaded, coalesce(files.rejected, 0) AS rejected,
    coalesce(files.decisions, []) AS decisions,
    (
        SELECT count(*)
        FROM audit.rejected_rows AS cells
        WHERE cells.import_id = files.import_id AND cells.file = files.file AND cells.sheet = files.sheet
            AND cells.column_name IS NOT NULL
    ) AS rejected_cells
FROM audit.import_files AS files
WHERE list_contains($imports, files.import_id)
ORDER BY ALL
