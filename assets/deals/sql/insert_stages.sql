-- Stages of each pipeline. Their order is that of the source's configuration if it was exported; else open before won before lost stages, then
-- by win probability in the source, then by the average position at which deals pass them, then by name.
INSERT INTO main.stages BY NAME
WITH seen AS (
    SELECT source, pipeline, stage, stage_id, probability, decided_status, NULL::BIGINT AS place
    FROM deal_facts WHERE stage IS NOT NULL
    UNION ALL BY NAME
    SELECT source, pipeline, stage, stage_id, probability, NULL AS decided_status, place FROM native_history
    UNION ALL BY NAME
    SELECT source, pipeline, stage, stage_id, probability, NULL AS decided_status, place FROM inferred_history
    UNION ALL BY NAME
    SELECT source, pipeline, stage, stage_id, NULL AS probability, NULL AS decided_status, NULL::BIGINT AS place FROM configured_stages
),
statuses AS (
    SELECT stage_id, decided_status FROM seen WHERE decided_status IS NOT NULL
    GROUP BY stage_id, decided_status
    QUALIFY row_number() OVER (PARTITION BY stage_id ORDER BY count(*) DESC, decided_status) = 1
),
probabilities AS (
    SELECT stage_id, probability FROM seen WHERE probability IS NOT NULL
    GROUP BY stage_id, probability
    QUALIFY row_number() OVER (PARTITION BY stage_id ORDER BY count(*) DESC, probability) = 1
),
facts AS (
    SELECT
        seen.stage_id,
        'pipe_' || records.short_hash(source || chr(31) || coalesce(pipeline, '')) AS pipeline_id,
        stage AS name,
        any_value(coalesce(configured_stages.probability, probabilities.probability)) AS probability,
        coalesce(any_value(configured_stages.status), any_value(statuses.decided_status), 'open') AS status,
        any_value(configured_stages.position) AS configured_position,
        avg(place) AS average_place
    FROM seen
    LEFT JOIN statuses USING (stage_id)
    LEFT JOIN probabilities USING (stage_id)
    LEFT JOIN (SELECT stage_id, probability, status, position FROM configured_stages) AS configured_stages USING (stage_id)
    GROUP BY ALL
)
SELECT
    stage_id,
    pipeline_id,
    name,
    row_number() OVER (
        PARTITION BY pipeline_id
        ORDER BY
            configured_position NULLS LAST,
            CASE status WHEN 'open' THEN 0 WHEN 'won' THEN 1 ELSE 2 END,
            probability NULLS FIRST,
            average_place NULLS LAST,
            name
    ) AS position,
    probability,
    status
FROM facts
ORDER BY pipeline_id, position;
