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
    SELECT entity_id, field.k AS k, field.v AS v FROM (SELECT entity_id, unnest(fields) AS field FROM survivors)
),
golden AS (
    SELECT
        entity_id,
        any_value(v) FILTER (k = 'name') AS name,
        any_value(v) FILTER (k = 'domain') AS domain,
        any_value(v) FILTER (k = 'website') AS website,
        any_value(v) FILTER (k = 'phone') AS phone,
        any_value(v) FILTER (k = 'street') AS street,
        any_value(v) FILTER (k = 'city') AS city,
        any_value(v) FILTER (k = 'region') AS region,
        any_value(v) FILTER (k = 'postal_code') AS postal_code,
        any_value(v) FILTER (k = 'country') AS country,
        any_value(v) FILTER (k = 'industry') AS industry,
        any_value(v) FILTER (k = 'owner_id') AS owner_id
    FROM chosen
    GROUP BY entity_id
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
