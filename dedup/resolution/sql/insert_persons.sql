-- Persons from their surviving values; e-mail addresses and phone numbers of all records unite.
INSERT INTO main.persons BY NAME
WITH entities AS (
    SELECT
        members.entity_id,
        count(DISTINCT members.record_key) AS source_count,
        min(imports.received_at) AS first_seen_at,
        max(members.updated_at) AS updated_at,
        list_sort(list_distinct(flatten(list(coalesce(members.emails, []))))) AS emails,
        list_sort(list_distinct(flatten(list(coalesce(members.phones, []))))) AS phones
    FROM person_members AS members
    JOIN audit.imports AS imports ON imports.import_sequence = members.first_seen.import_sequence
    GROUP BY members.entity_id
),
chosen AS (
    SELECT
        entity_id,
        map_from_entries(any_value(fields) FILTER (choice = 'name')) AS name_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'birth_date')) AS birth_date_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'job_title')) AS job_title_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'email')) AS email_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'phone')) AS phone_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'organization_id')) AS organization_id_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'address')) AS address_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'owner_id')) AS owner_id_fields
    FROM survivors
    GROUP BY entity_id
),
golden AS (
    SELECT
        entity_id,
        name_fields['name'] AS name,
        name_fields['first_name'] AS first_name,
        name_fields['last_name'] AS last_name,
        CAST(birth_date_fields['birth_date'] AS DATE) AS birth_date,
        job_title_fields['job_title'] AS job_title,
        email_fields['email'] AS email,
        phone_fields['phone'] AS phone,
        organization_id_fields['organization_id'] AS organization_id,
        address_fields['street'] AS street,
        address_fields['city'] AS city,
        address_fields['region'] AS region,
        address_fields['postal_code'] AS postal_code,
        address_fields['country'] AS country,
        owner_id_fields['owner_id'] AS owner_id
    FROM chosen
)
SELECT
    entities.entity_id AS person_id,
    golden.* EXCLUDE (entity_id),
    -- Addresses and numbers that a user entered are included.
    list_sort(list_distinct(list_concat(entities.emails, if(golden.email IS NULL, [], [golden.email])))) AS emails,
    list_sort(list_distinct(list_concat(entities.phones, if(golden.phone IS NULL, [], [golden.phone])))) AS phones,
    united_custom.custom,
    entities.source_count,
    entities.first_seen_at,
    entities.updated_at
FROM entities
LEFT JOIN golden USING (entity_id)
LEFT JOIN united_custom USING (entity_id)
ORDER BY person_id;
