-- The {entity} of each record that has an id of its source.
SELECT DISTINCT external_id, source, record_key, {entity}_id AS cluster FROM main.{entity}_sources WHERE external_id IS NOT NULL
