-- Changes of existing entities: where their records went. The import is the one that was loaded or undone.
INSERT INTO audit.entity_history BY NAME
WITH moved AS (
    SELECT before.entity_id AS was, now.entity_id AS is_now, count(*) AS records
    FROM former_entities AS before
    LEFT JOIN record_entities AS now USING (record_key)
    WHERE now.entity_id IS DISTINCT FROM before.entity_id
    GROUP BY ALL
),
changes AS (
    SELECT
        moved.*,
        CASE
            WHEN was IN (SELECT entity_id FROM record_entities) THEN 'split'
            WHEN is_now IS NULL THEN 'ended'
            ELSE 'merged'
        END AS change
    FROM moved
)
SELECT
    records.short_hash(concat_ws(chr(31), $entity, was, is_now, change, $changed_at)) AS change_id,
    CAST($changed_at AS TIMESTAMPTZ) AS changed_at,
    $entity AS entity,
    change,
    was AS entity_id,
    is_now AS into_id,
    records,
    $import_id AS import_id
FROM changes
WHERE NOT (change = 'split' AND is_now IS NULL)
ORDER BY ALL;
