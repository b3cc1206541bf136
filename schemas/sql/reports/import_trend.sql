CREATE VIEW reports.import_trend AS
WITH rows AS (
    SELECT import_id, count(DISTINCT file) AS files, sum(row_count) AS row_count, sum(loaded) AS loaded, sum(rejected) AS rejected
    FROM audit.import_files GROUP BY import_id
),
cells AS (SELECT import_id, count(*) FILTER (column_name IS NOT NULL) AS refused_cells FROM audit.rejected_rows GROUP BY import_id),
unknown AS (SELECT import_id, count(*) AS unmapped_columns FROM audit.unmapped_columns GROUP BY import_id)
SELECT
    imports.received_at,
    imports.import_id,
    imports.imported_by,
    rows.files,
    rows.row_count,
    rows.loaded,
    rows.rejected,
    round(rows.rejected / nullif(rows.row_count, 0), 4) AS rejected_share,
    coalesce(cells.refused_cells, 0) AS refused_cells,
    coalesce(unknown.unmapped_columns, 0) AS unmapped_columns
FROM audit.imports AS imports
LEFT JOIN rows USING (import_id)
LEFT JOIN cells USING (import_id)
LEFT JOIN unknown USING (import_id)
ORDER BY imports.import_sequence;
