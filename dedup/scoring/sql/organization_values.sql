-- The compared values of each changed organization record; none for repeated names.
SELECT current.record_key, changed.content, if(repeated_names.record_key IS NULL, name, NULL) AS name, domain, website, email, phone, street, city, postal_code
FROM changed_records AS changed
JOIN records.current_organizations AS current USING (record_key)
LEFT JOIN repeated_names ON repeated_names.record_key = current.record_key
ORDER BY current.record_key
