-- Of the candidates for each choice of each entity the one that survives, and the criterion by which it beat the best different one.
-- `survivorship` says which criteria count for a choice and in which order; `source_ranks` how far up each source stands. What no
-- criterion tells apart is decided by content, so that no order of imports matters.
CREATE OR REPLACE TEMP TABLE survivors AS
WITH offered AS MATERIALIZED (
    SELECT * EXCLUDE (is_alone), CAST(fields AS VARCHAR) AS content FROM survivor_candidates WHERE NOT is_alone
),
frequencies AS (SELECT entity_id, choice, content, count(*) AS frequency FROM offered GROUP BY ALL),
counted AS (
    SELECT
        offered.*,
        frequencies.frequency,
        orders.criteria,
        -- The better, the smaller.
        MAP {
            'source_priority': -coalesce(source_ranks.rank, 0),
            -- A record says more than a mention of it.
            'most_complete': -(len(fields) + if(is_stub, 0, 0.5)),
            'verified': if(choice = 'phone' AND NOT starts_with(fields[1].v, '+'), 0, -1),
            'most_frequent': -frequencies.frequency,
            'newest': -coalesce(epoch(updated_at), -1e18),
            'longest': -length(content)
        } AS measures
    FROM offered
    JOIN frequencies USING (entity_id, choice, content)
    JOIN survivorship AS orders USING (choice)
    LEFT JOIN source_ranks USING (source)
),
measured AS MATERIALIZED (
    SELECT * EXCLUDE (measures), list_transform(criteria, lambda c: CAST(measures[c] AS DOUBLE)) AS standing FROM counted
),
best AS MATERIALIZED (
    SELECT entity_id, choice, unnest(arg_min(
        {'record_key': record_key, 'fields': fields, 'content': content, 'standing': standing, 'criteria': criteria, 'frequency': frequency},
        row(standing, content, record_key)
    ))
    FROM measured
    GROUP BY entity_id, choice
),
runner_up AS (
    SELECT measured.entity_id, measured.choice, arg_min(measured.standing, row(measured.standing, measured.content, measured.record_key)) AS standing
    FROM measured JOIN best USING (entity_id, choice)
    WHERE measured.content <> best.content
    GROUP BY ALL
)
SELECT
    best.entity_id,
    best.choice,
    best.record_key,
    best.fields,
    CASE
        WHEN runner_up.standing IS NULL THEN if(best.frequency = 1, 'only_value', 'agreed')
        ELSE coalesce(
            best.criteria[list_position(list_transform(list_zip(best.standing, runner_up.standing), lambda pair: pair[1] < pair[2]), true)],
            'first_in_order'
        )
    END AS rule
FROM best LEFT JOIN runner_up USING (entity_id, choice)
UNION ALL
-- Most entities are one record, and most choices one offer: nothing to weigh.
SELECT entity_id, choice, record_key, fields, 'only_value' AS rule FROM survivor_candidates WHERE is_alone;
