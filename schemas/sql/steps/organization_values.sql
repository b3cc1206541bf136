-- What is compared of each changed organization record.
SELECT current.record_key, changed.content, name, domain, website, email, phone, street, city, postal_code
FROM changed_records AS changed
JOIN records.current_organizations AS current USING (record_key)
ORDER BY current.record_key
