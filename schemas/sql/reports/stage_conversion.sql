-- Of the deals that entered a stage, how many moved on to a later stage of the pipeline (lost stages do not count as later).
-- Every deal counts once in each stage that it was seen in, however often it came back ("any stage" counting).
CREATE VIEW reports.stage_conversion AS
WITH visits AS (
    SELECT history.deal_id, stages.pipeline_id, history.stage_id, stages.position, min(history.sequence) AS first_visit
    FROM main.deal_stage_history AS history
    JOIN main.stages AS stages USING (stage_id)
    GROUP BY ALL
),
progress AS (
    SELECT
        visits.*,
        EXISTS (
            SELECT 1
            FROM main.deal_stage_history AS later
            JOIN main.stages AS later_stage USING (stage_id)
            WHERE later.deal_id = visits.deal_id
                AND later.sequence > visits.first_visit
                AND later_stage.position > visits.position
                AND later_stage.status <> 'lost'
        ) AS advanced
    FROM visits
),
origins AS (
    SELECT stage_id, bool_or(origin = 'inferred') AS has_inferred FROM main.deal_stage_history GROUP BY stage_id
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
