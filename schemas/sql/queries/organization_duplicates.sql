-- Which other organizations might be the one given, the likeliest first.
SELECT
    id,
    organizations.name,
    organizations.domain,
    organizations.phone,
    organizations.city,
    probability,
    record_key,
    other_key
FROM records.duplicates_of('audit.organization_pairs', 'audit.organization_members', $id)
JOIN main.organizations AS organizations ON organizations.organization_id = id
ORDER BY probability DESC, id
