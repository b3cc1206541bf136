CREATE OR REPLACE MACRO reports.stage_conversion_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH steps AS (
    SELECT
        history.deal_id,
        history.stage_id,
        history.sequence,
        stages.position,
        max(CASE WHEN stages.status <> 'lost' THEN stages.position END) OVER (
            PARTITION BY history.deal_id ORDER BY history.sequence ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS furthest_later
    FROM reports.history_of(of_pipeline, of_owner, since, until) AS history
    JOIN main.stages AS stages USING (stage_id)
),
progress AS (
    SELECT deal_id, stage_id, coalesce(bool_or(furthest_later > position), false) AS advanced
    FROM steps
    GROUP BY deal_id, stage_id
),
origins AS (
    SELECT stage_id, bool_or(origin = 'inferred') AS has_inferred
    FROM reports.history_of(of_pipeline, of_owner, since, until) GROUP BY stage_id
)
SELECT
    pipelines.name AS pipeline,
    stages.position AS stage_position,
    stages.name AS stage,
    count(*) AS entered,
    count(*) FILTER (advanced) AS advanced,
    round(count(*) FILTER (advanced) / count(*), 4) AS conversion_rate,
    any_value(origins.has_inferred) AS includes_inferred_history,
    pipelines.pipeline_id,
    stages.stage_id
FROM progress
JOIN main.stages AS stages USING (stage_id)
JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = stages.pipeline_id
JOIN origins USING (stage_id)
WHERE stages.status = 'open'
GROUP BY ALL
ORDER BY pipeline, pipelines.pipeline_id, stage_position;
