-- The id that any person record would bear alone is an id now or is redirected.
SELECT current.record_key
FROM records.current_version('records.source_persons') AS current
WHERE records.entity_id('per_', current.record_key) NOT IN (SELECT person_id FROM main.persons)
    AND records.entity_id('per_', current.record_key) NOT IN (SELECT retired_id FROM audit.id_redirects)
