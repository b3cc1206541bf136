-- Organizations from their surviving values.
INSERT INTO main.organizations BY NAME
WITH entities AS (
    SELECT
        members.entity_id,
        count(DISTINCT members.record_key) AS source_count,
        min(imports.received_at) AS first_seen_at,
        max(members.updated_at) AS updated_at
    FROM organization_members AS members
    JOIN audit.imports AS imports ON imports.import_sequence = members.first_seen.import_sequence
    GROUP BY members.entity_id
),
chosen AS (
    SELECT
        entity_id,
        map_from_entries(any_value(fields) FILTER (choice = 'name')) AS name_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'domain')) AS domain_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'website')) AS website_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'phone')) AS phone_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'address')) AS address_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'industry')) AS industry_fields,
        map_from_entries(any_value(fields) FILTER (choice = 'owner_id')) AS owner_id_fields
    FROM survivors
    GROUP BY entity_id
),
golden AS (
    SELECT
        entity_id,
        name_fields['name'] AS name,
        domain_fields['domain'] AS domain,
        website_fields['website'] AS website,
        phone_fields['phone'] AS phone,
        address_fields['street'] AS street,
        address_fields['city'] AS city,
        address_fields['region'] AS region,
        address_fields['postal_code'] AS postal_code,
        address_fields['country'] AS country,
        industry_fields['industry'] AS industry,
        owner_id_fields['owner_id'] AS owner_id
    FROM chosen
)
SELECT
    entities.entity_id AS organization_id,
    golden.* EXCLUDE (entity_id),
    united_custom.custom,
    entities.source_count,
    entities.first_seen_at,
    entities.updated_at
FROM entities
LEFT JOIN golden USING (entity_id)
LEFT JOIN united_custom USING (entity_id)
ORDER BY organization_id;
