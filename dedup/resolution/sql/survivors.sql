-- The surviving candidate for each choice of each entity, and the criterion by which it beat the best different one. `survivorship` has
-- the criteria of each choice in order, `source_ranks` the rank of each source. Ties are broken by content, so that the order of
-- imports does not matter.
CREATE OR REPLACE TEMP TABLE survivors AS
WITH offered AS MATERIALIZED (
    SELECT * EXCLUDE (is_alone), CAST(fields AS VARCHAR) AS content FROM survivor_candidates WHERE NOT is_alone
),
contents AS MATERIALIZED (
    SELECT entity_id, choice, content, count(*) AS frequency, min(record_key) AS record_key, any_value(fields) AS fields
    FROM offered
    GROUP BY entity_id, choice, content
),
disputed AS MATERIALIZED (SELECT entity_id, choice FROM contents GROUP BY ALL HAVING count(*) > 1),
counted AS (
    SELECT
        offered.* EXCLUDE (fields),
        offered.fields,
        orders.criteria,
        coalesce(source_ranks.rank, 0) AS source_rank,
        -- A record outranks a reference to it.
        len(offered.fields) + if(is_stub, 0, 0.5) AS completeness,
        if(choice = 'phone' AND NOT starts_with(offered.fields[1].v, '+'), 0, 1) AS is_verified,
        contents.frequency,
        -- An employer's id depends on which import came first; which employer survives must not.
        if(choice = 'organization_id', contents.record_key, '') AS first_key,
        coalesce(epoch(updated_at), -1e18) AS changed,
        length(content) AS length
    FROM offered
    SEMI JOIN disputed USING (entity_id, choice)
    JOIN contents USING (entity_id, choice, content)
    JOIN survivorship AS orders USING (choice)
    LEFT JOIN source_ranks USING (source)
),
measured AS (
    SELECT
        entity_id, choice, record_key, fields, content, criteria, first_key,
        CASE criteria[1] WHEN 'source_priority' THEN source_rank WHEN 'most_complete' THEN completeness WHEN 'verified' THEN is_verified WHEN 'most_frequent' THEN frequency WHEN 'newest' THEN changed WHEN 'longest' THEN length ELSE 0 END AS s1,
        CASE criteria[2] WHEN 'source_priority' THEN source_rank WHEN 'most_complete' THEN completeness WHEN 'verified' THEN is_verified WHEN 'most_frequent' THEN frequency WHEN 'newest' THEN changed WHEN 'longest' THEN length ELSE 0 END AS s2,
        CASE criteria[3] WHEN 'source_priority' THEN source_rank WHEN 'most_complete' THEN completeness WHEN 'verified' THEN is_verified WHEN 'most_frequent' THEN frequency WHEN 'newest' THEN changed WHEN 'longest' THEN length ELSE 0 END AS s3,
        CASE criteria[4] WHEN 'source_priority' THEN source_rank WHEN 'most_complete' THEN completeness WHEN 'verified' THEN is_verified WHEN 'most_frequent' THEN frequency WHEN 'newest' THEN changed WHEN 'longest' THEN length ELSE 0 END AS s4,
        CASE criteria[5] WHEN 'source_priority' THEN source_rank WHEN 'most_complete' THEN completeness WHEN 'verified' THEN is_verified WHEN 'most_frequent' THEN frequency WHEN 'newest' THEN changed WHEN 'longest' THEN length ELSE 0 END AS s5,
        CASE criteria[6] WHEN 'source_priority' THEN source_rank WHEN 'most_complete' THEN completeness WHEN 'verified' THEN is_verified WHEN 'most_frequent' THEN frequency WHEN 'newest' THEN changed WHEN 'longest' THEN length ELSE 0 END AS s6
    FROM counted
),
ranked AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER ranking AS place,
        first_value(content) OVER ranking AS best_content
    FROM measured
    WINDOW ranking AS (PARTITION BY entity_id, choice ORDER BY s1 DESC, s2 DESC, s3 DESC, s4 DESC, s5 DESC, s6 DESC, first_key, content, record_key)
),
runner_up AS (
    SELECT entity_id, choice, arg_min(row(s1, s2, s3, s4, s5, s6), place) AS standing
    FROM ranked
    WHERE content <> best_content
    GROUP BY ALL
)
SELECT
    best.entity_id,
    best.choice,
    best.record_key,
    best.fields,
    coalesce(
        CASE
            WHEN s1 > standing[1] THEN criteria[1] WHEN s2 > standing[2] THEN criteria[2] WHEN s3 > standing[3] THEN criteria[3]
            WHEN s4 > standing[4] THEN criteria[4] WHEN s5 > standing[5] THEN criteria[5] WHEN s6 > standing[6] THEN criteria[6]
        END,
        'first_in_order'
    ) AS rule
FROM ranked AS best JOIN runner_up USING (entity_id, choice)
WHERE best.place = 1
UNION ALL
-- All records with a value agree.
SELECT entity_id, choice, record_key, fields, if(frequency = 1, 'only_value', 'agreed') AS rule
FROM contents ANTI JOIN disputed USING (entity_id, choice)
UNION ALL
-- Most entities have one record, and most choices one candidate: nothing to compare.
SELECT entity_id, choice, record_key, fields, 'only_value' AS rule FROM survivor_candidates WHERE is_alone;
