-- Every live {entity} record belongs to exactly one {entity}.
SELECT current.record_key
FROM records.current_version('records.source_{entity}s') AS current
LEFT JOIN (SELECT DISTINCT record_key, {entity}_id FROM main.{entity}_sources) AS crosswalk USING (record_key)
WHERE NOT coalesce(current.is_deleted, false)
GROUP BY current.record_key
HAVING count(DISTINCT crosswalk.{entity}_id) <> 1
