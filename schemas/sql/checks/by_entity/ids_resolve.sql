-- The id that any {entity} record would bear alone is an id now or is redirected.
SELECT current.record_key
FROM records.current_version('records.source_{entity}s') AS current
WHERE records.entity_id({prefix}, current.record_key) NOT IN (SELECT {entity}_id FROM main.{entity}s)
    AND records.entity_id({prefix}, current.record_key) NOT IN (SELECT retired_id FROM audit.id_redirects)
