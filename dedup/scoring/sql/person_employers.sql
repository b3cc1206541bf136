-- The resolved organization of each person record: of the company that a field names, else of the one whose id another column holds.
CREATE OR REPLACE TEMP TABLE person_employers AS
SELECT current.record_key, members.entity_id
FROM records.current_persons AS current
LEFT JOIN records.implied_keys('records.persons_cells') AS implied USING (record_key)
JOIN audit.organization_members AS members ON members.record_key = coalesce(current.organization_key, implied.organization_key);
