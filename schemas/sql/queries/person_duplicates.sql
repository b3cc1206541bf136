-- Which other persons might be the one given, the likeliest first.
SELECT
    id,
    persons.name,
    persons.email,
    persons.phone,
    employers.name AS organization,
    probability,
    record_key,
    other_key
FROM records.duplicates_of('audit.person_pairs', 'audit.person_members', $id)
JOIN main.persons AS persons ON persons.person_id = id
LEFT JOIN main.organizations AS employers ON employers.organization_id = persons.organization_id
ORDER BY probability DESC, id
