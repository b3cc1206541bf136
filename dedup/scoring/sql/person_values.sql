-- The compared values of each changed person record; the employer is the resolved organization.
SELECT
    current.record_key, changed.content, name, first_name, last_name, birth_date, emails, phones, national_id, street, city, postal_code,
    employers.entity_id AS organization_id
FROM changed_records AS changed
JOIN records.current_persons AS current USING (record_key)
LEFT JOIN person_employers AS employers ON employers.record_key = current.record_key
ORDER BY current.record_key
