-- Which other persons might be the one given, the likeliest first: pairs of their records that wait for somebody to decide, and those that match
-- and were kept apart for another reason (never those decided different).
WITH sides AS (
    SELECT record_key_l AS ours, record_key_r AS theirs, match_probability FROM audit.person_pairs WHERE band <> 'distinct'
    UNION ALL
    SELECT record_key_r, record_key_l, match_probability FROM audit.person_pairs WHERE band <> 'distinct'
),
other AS (
    SELECT belongs.entity_id, sides.ours, sides.theirs, sides.match_probability
    FROM sides
    JOIN audit.person_members AS mine ON mine.record_key = sides.ours AND mine.entity_id = $id
    JOIN audit.person_members AS belongs ON belongs.record_key = sides.theirs AND belongs.entity_id <> $id
)
SELECT
    other.entity_id AS id,
    any_value(persons.name) AS name,
    any_value(persons.email) AS email,
    any_value(persons.phone) AS phone,
    any_value(employers.name) AS organization,
    max(other.match_probability) AS probability,
    arg_max(other.ours, (other.match_probability, other.ours)) AS record_key,
    arg_max(other.theirs, (other.match_probability, other.ours)) AS other_key
FROM other
JOIN main.persons AS persons ON persons.person_id = other.entity_id
LEFT JOIN main.organizations AS employers ON employers.organization_id = persons.organization_id
GROUP BY other.entity_id
ORDER BY probability DESC, id
