-- Ids of {entity} records that are not an anchor now. The id of a record that its source deleted, or whose import was undone, has no
-- target unless other records share its entity.
INSERT INTO audit.id_redirects BY NAME
WITH known AS (
    SELECT record_key FROM records.current_{entity}s
    UNION
    SELECT record_key FROM audit.retired_records WHERE entity = '{entity}'
)
SELECT
    '{entity}' AS entity,
    records.entity_id($prefix, known.record_key) AS retired_id,
    members.entity_id AS current_id,
    known.record_key
FROM known
LEFT JOIN audit.{entity}_members AS members USING (record_key)
WHERE retired_id IS DISTINCT FROM current_id
ORDER BY ALL;
