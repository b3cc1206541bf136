-- What is compared of each live organization record.
SELECT record_key, name, domain, website, email, phone, street, city, postal_code
FROM current_organizations
WHERE NOT coalesce(is_deleted, false)
ORDER BY record_key
