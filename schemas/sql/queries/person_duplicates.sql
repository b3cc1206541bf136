-- Which other persons might be the one given: pairs of their records that wait for somebody to decide, the likeliest first.
WITH sides AS (
    SELECT record_key_l AS ours, record_key_r AS theirs, match_probability FROM audit.person_pairs WHERE band = 'review'
    UNION ALL
    SELECT record_key_r, record_key_l, match_probability FROM audit.person_pairs WHERE band = 'review'
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
    max(other.match_probability) AS probability,
    arg_max(other.ours, (other.match_probability, other.ours)) AS record_key,
    arg_max(other.theirs, (other.match_probability, other.ours)) AS other_key
FROM other
JOIN main.persons AS persons ON persons.person_id = other.entity_id
GROUP BY other.entity_id
ORDER BY probability DESC, id
