-- The {entity} that each of these records belongs to.
SELECT record_key, entity_id FROM audit.{entity}_members WHERE list_contains($keys, record_key)
