-- Which other entities might be the one given: pairs of their records that wait for somebody to decide, and those that
-- match and were kept apart for another reason (never those decided different). With the likeliest pair of each.
CREATE OR REPLACE MACRO records.duplicates_of(pairs_table, members_table, of_id) AS TABLE
WITH pairs AS (SELECT record_key_l, record_key_r, match_probability FROM query_table(pairs_table) WHERE band <> 'distinct'),
sides AS (
    SELECT record_key_l AS ours, record_key_r AS theirs, match_probability FROM pairs
    UNION ALL
    SELECT record_key_r, record_key_l, match_probability FROM pairs
)
SELECT
    belongs.entity_id AS id,
    max(sides.match_probability) AS probability,
    arg_max(sides.ours, (sides.match_probability, sides.ours)) AS record_key,
    arg_max(sides.theirs, (sides.match_probability, sides.ours)) AS other_key
FROM sides
JOIN query_table(members_table) AS mine ON mine.record_key = sides.ours AND mine.entity_id = of_id
JOIN query_table(members_table) AS belongs ON belongs.record_key = sides.theirs AND belongs.entity_id <> of_id
GROUP BY belongs.entity_id;
