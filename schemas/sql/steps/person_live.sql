-- Every live person record with a hash of all that its forms and its person are made of: what it says, and its employer.
CREATE OR REPLACE TEMP TABLE live_records AS
SELECT current.record_key, hash(current.content, employers.entity_id) AS content
FROM records.current_persons AS current
LEFT JOIN audit.organization_members AS employers ON employers.record_key = current.organization_key
WHERE NOT coalesce(current.is_deleted, false);
