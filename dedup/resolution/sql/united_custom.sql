-- The custom columns of each entity's records as one map; for the same header, the value of the newest record wins.
CREATE OR REPLACE TEMP TABLE united_custom AS
WITH entries AS (
    SELECT entity_id, record_key, updated_at, unnest(map_entries(custom)) AS entry FROM {entity}_members WHERE custom IS NOT NULL
),
chosen AS (
    SELECT entity_id, entry
    FROM entries
    QUALIFY row_number() OVER (PARTITION BY entity_id, entry.key ORDER BY updated_at DESC NULLS LAST, entry.value, record_key) = 1
)
SELECT entity_id, map_from_entries(list(entry ORDER BY entry.key)) AS custom FROM chosen GROUP BY entity_id;
