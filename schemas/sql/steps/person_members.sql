-- The live records of the persons that are derived anew, as they count.
CREATE OR REPLACE TEMP TABLE person_members AS
SELECT belongs.entity_id, current.*
FROM record_entities AS belongs
SEMI JOIN touched_entities USING (entity_id)
JOIN records.current_persons AS current USING (record_key);
