-- The current versions of the live records of touched {entity}s, and the number of records of each.
CREATE OR REPLACE TEMP TABLE {entity}_members AS
WITH sizes AS (
    SELECT entity_id, count(*) AS company FROM record_entities SEMI JOIN touched_entities USING (entity_id) GROUP BY entity_id
)
SELECT belongs.entity_id, sizes.company, current.*
FROM record_entities AS belongs
JOIN sizes USING (entity_id)
JOIN records.current_{entity}s AS current USING (record_key);
