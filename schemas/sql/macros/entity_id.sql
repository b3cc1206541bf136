-- The id that an entity bears when the record is its anchor (schemas.contracts.keys.entity_id).
CREATE OR REPLACE MACRO records.entity_id(prefix, record_key) AS prefix || substr(record_key, 1, 20);
