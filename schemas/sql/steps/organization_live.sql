-- Every live organization record with a hash of all that its forms and its organization are made of.
CREATE OR REPLACE TEMP TABLE live_records AS
SELECT record_key, hash(content) AS content
FROM records.current_organizations
WHERE NOT coalesce(is_deleted, false);
