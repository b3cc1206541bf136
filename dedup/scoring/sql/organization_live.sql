-- Every live organization record with a hash of everything that its features and its organization depend on: its content, users' edits,
-- and the name that it repeats.
CREATE OR REPLACE TEMP TABLE live_records AS
WITH edits AS (
    SELECT record_key, max(sequence) AS last_edit FROM audit.actions WHERE entity = 'organization' AND action = 'edit' GROUP BY record_key
)
SELECT current.record_key, hash(current.content, edits.last_edit, repeated_names.representative) AS content
FROM records.current_organizations AS current
LEFT JOIN edits ON edits.record_key = current.record_key
LEFT JOIN repeated_names ON repeated_names.record_key = current.record_key
WHERE NOT coalesce(current.is_deleted, false);
