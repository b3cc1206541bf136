-- The {entity} of each record with an external id.
SELECT DISTINCT external_id, source, record_key, {entity}_id AS cluster FROM main.{entity}_sources WHERE external_id IS NOT NULL
