-- Open deals by stage: how many, what they are worth, and that worth weighted by the chance of winning.
-- Amounts of different currencies are never added up; each has its own row.
CREATE VIEW reports.pipeline_value_by_stage AS
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
FROM main.deals AS deals
JOIN main.stages AS stages USING (stage_id)
JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = stages.pipeline_id
WHERE deals.status = 'open'
GROUP BY ALL
ORDER BY pipeline, pipelines.pipeline_id, stage_position, deals.currency NULLS LAST;
