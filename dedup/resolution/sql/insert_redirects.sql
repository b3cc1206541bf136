-- Ids of {entity} records that do not anchor an entity now. A record that its source deleted, or that went with an import that was
-- undone, leads nowhere unless others share its entity.
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
