CREATE OR REPLACE MACRO reports.pipeline_value_by_stage_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
SELECT
    pipelines.name AS pipeline,
    stages.position AS stage_position,
    stages.name AS stage,
    deals.currency,
    count(*) AS open_deals,
    sum(deals.value) AS total_value,
    CAST(sum(deals.value * coalesce(deals.probability, stages.probability)) AS DECIMAL(18, 2)) AS weighted_value,
    pipelines.pipeline_id,
    stages.stage_id
FROM reports.deals_of(of_pipeline, of_owner) AS deals
JOIN main.stages AS stages USING (stage_id)
JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = stages.pipeline_id
WHERE deals.status = 'open' AND reports.is_within(deals.created_at, since, until)
GROUP BY ALL
ORDER BY pipeline, pipelines.pipeline_id, stage_position, deals.currency NULLS LAST;
