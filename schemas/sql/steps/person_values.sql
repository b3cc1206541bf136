-- What is compared of each live person record; the employer is the resolved organization.
SELECT
    record_key, name, first_name, last_name, birth_date, emails, phones, national_id, street, city, postal_code,
    employers.organization_id
FROM current_persons
LEFT JOIN (
    SELECT record_key AS organization_key, any_value(organization_id) AS organization_id
    FROM main.organization_sources
    GROUP BY record_key
) AS employers USING (organization_key)
WHERE NOT coalesce(is_deleted, false)
ORDER BY record_key
