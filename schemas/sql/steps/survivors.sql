-- Of the candidates for each choice of each entity the one that survives, and the criterion by which it beat the best different one.
-- Order: more filled fields, a record before a mention, for names the more frequent one (a nickname in the newest record must not
-- win over the name in all others), newer, more frequent, longer, content.
CREATE OR REPLACE TEMP TABLE survivors AS
WITH counted AS (
    SELECT
        *,
        CAST(fields AS VARCHAR) AS content,
        len(fields) AS filled,
        count(*) OVER (PARTITION BY entity_id, choice, CAST(fields AS VARCHAR)) AS frequency
    FROM survivor_candidates
),
ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY entity_id, choice
            ORDER BY filled DESC, is_stub, if(choice = 'name', frequency, 0) DESC, updated_at DESC NULLS LAST, frequency DESC, length(content) DESC, content, record_key
        ) AS place
    FROM counted
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
        WHEN best.filled > runner_up.filled THEN 'most_complete'
        WHEN best.is_stub < runner_up.is_stub THEN 'most_complete'
        WHEN best.choice = 'name' AND best.frequency > runner_up.frequency THEN 'most_frequent'
        WHEN best.updated_at > runner_up.updated_at OR (best.updated_at IS NOT NULL AND runner_up.updated_at IS NULL) THEN 'newest'
        WHEN best.frequency > runner_up.frequency THEN 'most_frequent'
        WHEN length(best.content) > length(runner_up.content) THEN 'longest'
        ELSE 'first_in_order'
    END AS rule
FROM best LEFT JOIN runner_up USING (entity_id, choice);
