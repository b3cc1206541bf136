-- Every live person record with the id of its entity: that of the record in its component which the ledger saw first.
CREATE OR REPLACE TEMP TABLE person_members AS
SELECT
    records.entity_id($prefix, arg_min(record_key, row(first_seen, record_key)) OVER (PARTITION BY component)) AS entity_id,
    current_persons.*
FROM current_persons
JOIN record_components USING (record_key);
