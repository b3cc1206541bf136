-- The records that each {entity} of these is made of.
SELECT record_key FROM audit.{entity}_members WHERE list_contains($ids, entity_id) ORDER BY record_key
