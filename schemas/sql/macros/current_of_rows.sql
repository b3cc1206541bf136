-- The current version of each record, combined from all its versions. A record outranks a reference to it. Of two versions, the one that the
-- source changed later is newer; without such times, the one received later; ties are broken by content. Of equal versions, the first that
-- was received is cited.
-- Versions apply from the oldest to the newest, by their policies: `newest` overwrites every field that its sheet has a column for (a blank
-- cell clears it), `fill` only fills blank fields, `ignore` changes nothing. Fields without a column in the sheet stay. `met_table` is the
-- source table, or a selection of its rows. Custom cells of newer versions win, header by header; a newer version whose sheet has a field for
-- the header removes the cell, such as one that could not be read and was corrected.
CREATE OR REPLACE MACRO records.current_of_rows(source_table, met_table) AS TABLE
WITH counts AS (
    SELECT record_key, count(*) AS times_met FROM query_table(met_table) GROUP BY record_key
),
ranked AS (
    SELECT
        met.*,
        coalesce(sheets.fields, []) AS fields,
        coalesce(sheets.headers, []) AS headers,
        coalesce(sheets.policy, 'newest') AS policy,
        min({'import_sequence': met.import_sequence, 'file_ordinal': met.file_ordinal, 'sheet_ordinal': met.sheet_ordinal, 'row_number': met.row_number}) OVER (PARTITION BY met.record_key) AS first_seen,
        count(*) FILTER (NOT met.is_stub) OVER (PARTITION BY met.record_key) AS versions,
        row_number() OVER (
            PARTITION BY met.record_key
            ORDER BY
                met.is_stub,
                met.updated_at DESC NULLS LAST,
                CASE WHEN met.updated_at IS NULL THEN met.import_sequence ELSE 0 END DESC,
                CASE WHEN met.updated_at IS NULL THEN met.file_ordinal ELSE 0 END DESC,
                CASE WHEN met.updated_at IS NULL THEN met.sheet_ordinal ELSE 0 END DESC,
                CASE WHEN met.updated_at IS NULL THEN met.row_number ELSE 0 END DESC,
                met.version_key, met.import_sequence, met.file_ordinal, met.sheet_ordinal, met.row_number
        ) AS version_rank
    FROM query_table(met_table) AS met
    SEMI JOIN (SELECT record_key FROM counts WHERE times_met > 1) AS often USING (record_key)
    LEFT JOIN records.sheets AS sheets
        ON sheets.table_name = source_table
        AND sheets.import_id = met.import_id
        AND sheets.file_ordinal = met.file_ordinal
        AND sheets.sheet_ordinal = met.sheet_ordinal
        AND sheets.object = met.object
        AND sheets.is_stub = met.is_stub
),
folded AS (
    SELECT
        record_key,
        any_value(first_seen) AS first_seen,
        arg_min(COLUMNS(['version_key', 'source', 'object', 'external_id', 'is_stub', 'import_id', 'import_sequence', 'file_ordinal',
            'sheet_ordinal', 'file', 'sheet', 'row_number']), version_rank),
        list_reduce(
            list(
                struct_pack(
                    cell := COLUMNS(* EXCLUDE (
                        record_key, version_key, source, object, external_id, is_stub, import_id, import_sequence, file_ordinal,
                        sheet_ordinal, file, sheet, row_number, custom, fields, headers, policy, first_seen, versions, version_rank
                    )),
                    has_column := list_contains(fields, alias(COLUMNS(* EXCLUDE (
                        record_key, version_key, source, object, external_id, is_stub, import_id, import_sequence, file_ordinal,
                        sheet_ordinal, file, sheet, row_number, custom, fields, headers, policy, first_seen, versions, version_rank
                    )))),
                    how := policy
                ) ORDER BY version_rank DESC
            ),
            lambda so_far, later: CASE
                WHEN later.how = 'ignore' OR (NOT later.has_column AND later.cell IS NULL) THEN so_far
                WHEN later.how = 'fill' AND so_far.cell IS NOT NULL THEN so_far
                ELSE later
            END
        ).cell,
        list_reduce(
            list({'cells': coalesce(custom, MAP {}), 'headers': headers} ORDER BY version_rank DESC)
                FILTER (policy <> 'ignore' OR version_rank = versions),
            lambda so_far, later: {
                'cells': map_concat(
                    map_from_entries(list_filter(map_entries(so_far.cells), lambda cell: NOT list_contains(later.headers, cell.key))),
                    later.cells
                ),
                'headers': later.headers
            }
        ).cells AS custom
    FROM ranked
    WHERE versions > 1 AND NOT is_stub
    GROUP BY record_key
)
-- Most records occur once: nothing to rank.
SELECT met.*, {'import_sequence': import_sequence, 'file_ordinal': file_ordinal, 'sheet_ordinal': sheet_ordinal, 'row_number': row_number} AS first_seen
FROM query_table(met_table) AS met
SEMI JOIN (SELECT record_key FROM counts WHERE times_met = 1) AS once USING (record_key)
UNION ALL BY NAME
SELECT * EXCLUDE (version_rank, versions, fields, headers, policy) FROM ranked WHERE version_rank = 1 AND versions < 2
UNION ALL BY NAME
SELECT * REPLACE (if(cardinality(custom) = 0, NULL, custom) AS custom) FROM folded;
