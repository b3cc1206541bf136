-- Of the candidates for each choice of each entity the one that survives, and the criterion by which it beat the best different one.
-- `survivorship` says which criteria count for a choice and in which order; `source_ranks` how far up each source stands. What no
-- criterion tells apart is decided by content, so that no order of imports matters.
CREATE OR REPLACE TEMP TABLE survivors AS
WITH counted AS (
    SELECT
        candidates.* EXCLUDE (is_alone),
        CAST(fields AS VARCHAR) AS content,
        orders.criteria,
        MAP {
            'source_priority': coalesce(source_ranks.rank, 0),
            -- A record says more than a mention of it.
            'most_complete': len(fields) + if(is_stub, 0, 0.5),
            'verified': if(choice = 'phone' AND NOT starts_with(fields[1].v, '+'), 0, 1),
            'most_frequent': count(*) OVER (PARTITION BY entity_id, choice, CAST(fields AS VARCHAR)),
            'newest': coalesce(epoch(updated_at), -1e18),
            'longest': length(CAST(fields AS VARCHAR))
        } AS measures,
        count(*) OVER (PARTITION BY entity_id, choice, CAST(fields AS VARCHAR)) AS frequency
    FROM survivor_candidates AS candidates
    JOIN survivorship AS orders USING (choice)
    LEFT JOIN source_ranks USING (source)
    WHERE NOT is_alone
),
measured AS (
    SELECT * EXCLUDE (measures), list_transform(criteria, lambda c: CAST(measures[c] AS DOUBLE)) AS standing FROM counted
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY entity_id, choice ORDER BY standing DESC, content, record_key) AS place
    FROM measured
),
best AS (SELECT * FROM ranked WHERE place = 1),
runner_up AS (
    SELECT ranked.*
    FROM ranked JOIN best USING (entity_id, choice)
    WHERE ranked.content <> best.content
    QUALIFY row_number() OVER (PARTITION BY entity_id, choice ORDER BY ranked.place) = 1
)
SELECT
    best.entity_id,
    best.choice,
    best.record_key,
    best.fields,
    CASE
        WHEN runner_up.content IS NULL THEN if(best.frequency = 1, 'only_value', 'agreed')
        ELSE coalesce(
            best.criteria[list_position(list_transform(list_zip(best.standing, runner_up.standing), lambda pair: pair[1] > pair[2]), true)],
            'first_in_order'
        )
    END AS rule
FROM best LEFT JOIN runner_up USING (entity_id, choice)
UNION ALL
-- Most entities are one record, and most choices one offer: nothing to weigh.
SELECT entity_id, choice, record_key, fields, 'only_value' AS rule FROM survivor_candidates WHERE is_alone;
