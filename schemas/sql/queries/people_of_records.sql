-- The recognisable values of each of these records, and the entity that it belongs to.
WITH wanted AS (SELECT unnest($keys) AS record_key),
found AS (
    SELECT
        'person' AS entity, sources.record_key, sources.person_id AS entity_id, persons.name AS entity_name,
        arg_max(records.name, sources.is_stub IS FALSE) AS name,
        any_value(records.emails) AS emails, any_value(records.phones) AS phones,
        any_value(organizations.name) AS organization, any_value(records.city) AS city,
        any_value(sources.source) AS source, any_value(sources.object) AS object, any_value(sources.external_id) AS external_id
    FROM wanted
    JOIN main.person_sources AS sources USING (record_key)
    JOIN records.source_persons AS records USING (record_key)
    JOIN main.persons ON persons.person_id = sources.person_id
    LEFT JOIN main.organizations ON organizations.organization_id = persons.organization_id
    GROUP BY ALL
    UNION ALL
    SELECT
        'organization', sources.record_key, sources.organization_id, organizations.name,
        arg_max(records.name, sources.is_stub IS FALSE), any_value(list_value(records.email)), any_value(list_value(records.phone)),
        any_value(records.domain), any_value(records.city),
        any_value(sources.source), any_value(sources.object), any_value(sources.external_id)
    FROM wanted
    JOIN main.organization_sources AS sources USING (record_key)
    JOIN records.source_organizations AS records USING (record_key)
    JOIN main.organizations ON organizations.organization_id = sources.organization_id
    GROUP BY ALL
)
SELECT * FROM found ORDER BY record_key
