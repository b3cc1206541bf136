CREATE OR REPLACE MACRO reports.stage_conversion_all_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH touched AS (
    SELECT DISTINCT history.deal_id, stages.pipeline_id, stages.position
    FROM reports.history_of(of_pipeline, of_owner, since, until) AS history
    JOIN main.stages AS stages USING (stage_id)
    WHERE stages.status = 'open'
),
runs AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY deal_id, pipeline_id ORDER BY position) AS so_many
    FROM touched
),
places AS (
    SELECT stage_id, pipeline_id, name, position, row_number() OVER (PARTITION BY pipeline_id ORDER BY position) AS place
    FROM main.stages WHERE status = 'open'
),
reached AS (
    SELECT places.stage_id, count(*) AS deals
    FROM runs JOIN places ON places.pipeline_id = runs.pipeline_id AND places.position = runs.position AND places.place = runs.so_many
    GROUP BY places.stage_id
)
SELECT
    pipelines.name AS pipeline,
    places.position AS stage_position,
    places.name AS stage,
    coalesce(reached.deals, 0) AS reached,
    lead(coalesce(reached.deals, 0)) OVER (PARTITION BY places.pipeline_id ORDER BY places.position) AS reached_next,
    round(reached_next / nullif(coalesce(reached.deals, 0), 0), 4) AS conversion_rate,
    pipelines.pipeline_id,
    places.stage_id
FROM places
JOIN main.pipelines AS pipelines USING (pipeline_id)
LEFT JOIN reached USING (stage_id)
WHERE of_pipeline IS NULL OR pipelines.name = of_pipeline
ORDER BY pipeline, pipelines.pipeline_id, stage_position;
