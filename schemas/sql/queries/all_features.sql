-- The comparison features of all {entity} records.
SELECT * FROM audit.{entity}_features ORDER BY record_key
