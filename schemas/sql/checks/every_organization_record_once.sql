-- Every live organization record belongs to exactly one organization.
SELECT current.record_key
FROM records.current_version('records.source_organizations') AS current
LEFT JOIN (SELECT DISTINCT record_key, organization_id FROM main.organization_sources) AS crosswalk USING (record_key)
WHERE NOT coalesce(current.is_deleted, false)
GROUP BY current.record_key
HAVING count(DISTINCT crosswalk.organization_id) <> 1
