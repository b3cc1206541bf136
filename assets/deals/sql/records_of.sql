-- The records of {entity}s, without those that only repeat a name.
SELECT entity_id, list(record_key) AS records
FROM audit.{entity}_members
ANTI JOIN records.repeated_names('{entity}') USING (record_key)
WHERE list_contains($ids, entity_id)
GROUP BY entity_id
