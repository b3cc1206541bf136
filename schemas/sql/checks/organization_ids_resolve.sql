-- The id that any organization record would bear alone is an id now or is redirected.
SELECT current.record_key
FROM records.current_version('records.source_organizations') AS current
WHERE records.entity_id('org_', current.record_key) NOT IN (SELECT organization_id FROM main.organizations)
    AND records.entity_id('org_', current.record_key) NOT IN (SELECT retired_id FROM audit.id_redirects)
