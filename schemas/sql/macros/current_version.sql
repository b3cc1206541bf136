-- The version of each record that counts. A record outranks a mention of it; of two versions the one that the source changed
-- later; without such times the one received later; among equals the order of their content.
CREATE OR REPLACE MACRO records.current_version(source_table) AS TABLE
SELECT * EXCLUDE (version_rank)
FROM (
    SELECT
        *,
        min(row(import_sequence, file_ordinal, sheet_ordinal, row_number)) OVER (PARTITION BY record_key) AS first_seen,
        row_number() OVER (
            PARTITION BY record_key
            ORDER BY
                is_stub,
                updated_at DESC NULLS LAST,
                if(updated_at IS NULL, import_sequence, 0) DESC,
                if(updated_at IS NULL, file_ordinal, 0) DESC,
                if(updated_at IS NULL, sheet_ordinal, 0) DESC,
                if(updated_at IS NULL, row_number, 0) DESC,
                version_key
        ) AS version_rank
    FROM query_table(source_table)
)
WHERE version_rank = 1;
