-- Every live person record belongs to exactly one person.
SELECT current.record_key
FROM records.current_version('records.source_persons') AS current
LEFT JOIN (SELECT DISTINCT record_key, person_id FROM main.person_sources) AS crosswalk USING (record_key)
WHERE NOT coalesce(current.is_deleted, false)
GROUP BY current.record_key
HAVING count(DISTINCT crosswalk.person_id) <> 1
