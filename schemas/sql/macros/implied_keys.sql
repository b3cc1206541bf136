-- What records refer to by columns that no field takes: nine of ten values of such a column are ids of another list of the import, whatever
-- it is called. Values must be distinctive (letters and digits, or six digits): small numbers count up in every list. A column that could hold
-- the ids of two lists refers to neither. `holders` is a macro whose rows have custom cells.
CREATE OR REPLACE MACRO records.implied_keys(holders) AS TABLE
WITH ids AS (
    SELECT 'person' AS entity, source, id, record_key FROM records.linkable_persons() WHERE NOT is_reference AND id IS NOT NULL
    UNION ALL
    SELECT 'organization', source, id, record_key FROM records.linkable_organizations() WHERE NOT is_reference AND id IS NOT NULL
    UNION ALL
    SELECT 'deal', source, id, record_key FROM records.linkable_deals() WHERE NOT is_reference AND id IS NOT NULL
    UNION ALL
    SELECT 'lead', source, id, record_key FROM records.linkable_leads() WHERE NOT is_reference AND id IS NOT NULL
),
sharing AS (
    SELECT DISTINCT one.source, other.source AS shared_with
    FROM records.sheets AS one
    JOIN records.sheets AS other USING (import_id)
    SEMI JOIN ids ON ids.source = other.source
),
held AS (
    SELECT source, record_key, unnest(map_entries(custom)) AS cell
    FROM (FROM query('FROM ' || holders || '()')) AS holding
    SEMI JOIN sharing USING (source)
),
cells AS (
    SELECT source, record_key, cell.key AS header, trim(cell.value) AS value FROM held
),
columns AS (
    SELECT source, header, count(DISTINCT value) AS distinct_count
    FROM cells
    GROUP BY source, header
    HAVING count(DISTINCT value) > 1 AND bool_and(regexp_matches(value, '^\d{6,}$|^[^\s@]*([A-Za-z][^\s@]*\d|\d[^\s@]*[A-Za-z])[^\s@]*$'))
),
fitting AS (
    SELECT cells.source, cells.header, cells.record_key, cells.value, columns.distinct_count, ids.entity, ids.source AS list, ids.record_key AS target_key
    FROM cells
    JOIN columns USING (source, header)
    JOIN sharing ON sharing.source = cells.source
    JOIN ids ON ids.id = cells.value AND ids.source = sharing.shared_with AND ids.record_key <> cells.record_key
),
contained AS (
    SELECT source, header, min(entity) AS entity, min(list) AS list
    FROM (
        SELECT source, header, entity, list
        FROM fitting
        GROUP BY source, header, entity, list, distinct_count
        HAVING count(DISTINCT value) >= 0.9 * distinct_count
    )
    GROUP BY source, header
    HAVING count(*) = 1
),
found AS (
    SELECT record_key, entity, min(target_key) AS target_key
    FROM fitting SEMI JOIN contained USING (source, header, entity, list)
    GROUP BY record_key, entity
    HAVING count(DISTINCT target_key) = 1
)
SELECT
    record_key,
    max(target_key) FILTER (entity = 'person') AS person_key,
    max(target_key) FILTER (entity = 'organization') AS organization_key,
    max(target_key) FILTER (entity = 'deal') AS deal_key,
    max(target_key) FILTER (entity = 'lead') AS lead_key
FROM found
GROUP BY record_key;
