-- The {entity} that each record belonged to before.
CREATE OR REPLACE TEMP TABLE former_entities AS SELECT record_key, entity_id FROM audit.{entity}_members;
