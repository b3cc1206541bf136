-- The id of the entity whose anchor is the record (schemas.contracts.keys.entity_id).
CREATE OR REPLACE MACRO records.entity_id(prefix, record_key) AS prefix || substr(record_key, 1, 20);
