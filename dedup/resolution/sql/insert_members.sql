-- The {entity} of each record of a touched one.
INSERT INTO audit.{entity}_members BY NAME
SELECT * FROM record_entities SEMI JOIN touched_entities USING (entity_id);
