-- The records behind an id: an entity id, a retired id, a record key, or `source:external id`.
WITH called AS (
    SELECT 'person' AS entity, person_id AS entity_id, record_key, source, object, external_id FROM main.person_sources
    UNION ALL
    SELECT 'organization', organization_id, record_key, source, object, external_id FROM main.organization_sources
)
SELECT DISTINCT called.entity, called.entity_id, called.record_key
FROM called
LEFT JOIN audit.id_redirects AS redirects ON redirects.retired_id = $given AND redirects.record_key = called.record_key
WHERE called.entity_id = $given
    OR called.record_key = $given
    OR redirects.retired_id IS NOT NULL
    OR called.source || ':' || called.external_id = $given
ORDER BY ALL
