-- Which {entity} each record of a touched one belongs to.
INSERT INTO audit.{entity}_members BY NAME
SELECT * FROM record_entities SEMI JOIN touched_entities USING (entity_id);
