-- Which other organizations might be the one given, the likeliest first: pairs of their records that wait for somebody to decide, and those that match
-- and were kept apart for another reason (never those decided different).
WITH sides AS (
    SELECT record_key_l AS ours, record_key_r AS theirs, match_probability FROM audit.organization_pairs WHERE band <> 'distinct'
    UNION ALL
    SELECT record_key_r, record_key_l, match_probability FROM audit.organization_pairs WHERE band <> 'distinct'
),
other AS (
    SELECT belongs.entity_id, sides.ours, sides.theirs, sides.match_probability
    FROM sides
    JOIN audit.organization_members AS mine ON mine.record_key = sides.ours AND mine.entity_id = $id
    JOIN audit.organization_members AS belongs ON belongs.record_key = sides.theirs AND belongs.entity_id <> $id
)
SELECT
    other.entity_id AS id,
    any_value(organizations.name) AS name,
    any_value(organizations.domain) AS domain,
    any_value(organizations.phone) AS phone,
    any_value(organizations.city) AS city,
    max(other.match_probability) AS probability,
    arg_max(other.ours, (other.match_probability, other.ours)) AS record_key,
    arg_max(other.theirs, (other.match_probability, other.ours)) AS other_key
FROM other
JOIN main.organizations AS organizations ON organizations.organization_id = other.entity_id
GROUP BY other.entity_id
ORDER BY probability DESC, id
