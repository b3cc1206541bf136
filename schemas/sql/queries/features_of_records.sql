-- The comparison features of {entity} records.
SELECT * FROM audit.{entity}_features WHERE list_contains($keys, record_key) ORDER BY record_key
