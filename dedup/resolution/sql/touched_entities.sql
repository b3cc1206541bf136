-- The former and current {entity}s whose records or membership changed.
CREATE OR REPLACE TEMP TABLE touched_entities AS
WITH touched AS (
    SELECT before.entity_id AS was, now.entity_id AS is_now
    FROM record_entities AS now
    FULL JOIN audit.{entity}_members AS before USING (record_key)
    WHERE now.entity_id IS DISTINCT FROM before.entity_id OR now.content IS DISTINCT FROM before.content
)
SELECT was AS entity_id FROM touched WHERE was IS NOT NULL
UNION
SELECT is_now FROM touched WHERE is_now IS NOT NULL;
