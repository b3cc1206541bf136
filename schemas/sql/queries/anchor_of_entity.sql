-- The record that a {entity} is named after.
SELECT record_key FROM audit.{entity}_members WHERE entity_id = $id AND contains($id, substr(record_key, 1, 20))
