-- Every live person record with a hash of everything that its features and its person depend on: its content, its employer, and users'
-- edits.
CREATE OR REPLACE TEMP TABLE live_records AS
WITH edits AS (
    SELECT record_key, max(sequence) AS last_edit FROM audit.actions WHERE entity = 'person' AND action = 'edit' GROUP BY record_key
)
SELECT current.record_key, hash(current.content, employers.entity_id, edits.last_edit) AS content
FROM records.current_persons AS current
LEFT JOIN person_employers AS employers ON employers.record_key = current.record_key
LEFT JOIN edits ON edits.record_key = current.record_key
WHERE NOT coalesce(current.is_deleted, false);
