-- The loaded sheets of an import with their balance, unmapped columns, number of rejected cells, column quality, and what they refer to.
SELECT
    files.file, files.format, files.encoding, files.delimiter, files.source,
    files.sheet AS name, files.object, files.row_count AS rows,
    files.loaded, files.rejected, files.blank, files.preamble, files.footer,
    files.recognition, files.rejects_file, files.confidence,
    coalesce(files.decisions, []) AS decisions,
    (
        SELECT coalesce(list(unmapped.column_name ORDER BY unmapped.rowid), [])
        FROM audit.unmapped_columns AS unmapped
        WHERE unmapped.import_id = files.import_id AND unmapped.file = files.file AND unmapped.sheet = files.sheet
    ) AS unmapped,
    (
        SELECT count(*)
        FROM audit.rejected_rows AS cells
        WHERE cells.import_id = files.import_id AND cells.file = files.file AND cells.sheet = files.sheet
            AND cells.column_name IS NOT NULL
    ) AS rejected_cells,
    (
        SELECT coalesce(list({column_name: good.column_name, filled: good.filled, rows: good.row_count, refused: good.refused,
            suspicious: good.suspicious, example: good.suspicious_example} ORDER BY good.rowid), [])
        FROM audit.column_quality AS good
        WHERE good.import_id = files.import_id AND good.file = files.file AND good.sheet = files.sheet
    ) AS quality,
    (
        SELECT coalesce(list({column_name: refers.column_name, entity: refers.entity, rows: refers.row_count, distinct_count: refers.distinct_count,
            resolved: refers.resolved, mentioned: refers.mentioned, nowhere: refers.nowhere, examples: refers.examples} ORDER BY refers.rowid), [])
        FROM audit.references AS refers
        WHERE refers.import_id = files.import_id AND refers.file = files.file AND refers.sheet = files.sheet
    ) AS "references"
FROM audit.import_files AS files
WHERE files.import_id = ? AND files.status = 'loaded'
ORDER BY files.file_ordinal, files.sheet_ordinal
