-- The open pipeline as it was at the end of a past day: deals that were made by then and not yet closed, in the stage of their last step by
-- then. Values are those of today: sources seldom keep old ones. Deals without a time of creation count from their first dated step.
CREATE OR REPLACE MACRO reports.open_pipeline_at(day) AS TABLE
WITH moments AS (SELECT CAST(CAST(day AS DATE) + 1 AS TIMESTAMPTZ) AS moment),
steps AS (
    SELECT deal_id, arg_max(stage_id, sequence) AS stage_id, bool_or(origin = 'inferred') AS is_inferred
    FROM main.deal_stage_history, moments
    WHERE entered_at IS NULL OR entered_at < moment
    GROUP BY deal_id
),
begun AS (SELECT deal_id, min(entered_at) AS begun_at FROM main.deal_stage_history GROUP BY deal_id)
SELECT
    pipelines.name AS pipeline,
    stages.position AS stage_position,
    stages.name AS stage,
    deals.currency,
    count(*) AS open_deals,
    sum(deals.value) AS total_value,
    bool_or(steps.is_inferred) AS includes_inferred_history,
    pipelines.pipeline_id,
    stages.stage_id
FROM main.deals AS deals
CROSS JOIN moments
LEFT JOIN begun USING (deal_id)
LEFT JOIN steps USING (deal_id)
LEFT JOIN main.stages AS stages ON stages.stage_id = coalesce(steps.stage_id, deals.stage_id)
LEFT JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = stages.pipeline_id
WHERE coalesce(deals.created_at, begun.begun_at) < moment
    AND (deals.status = 'open' OR deals.closed_at >= moment)
GROUP BY ALL
ORDER BY pipeline NULLS LAST, pipelines.pipeline_id, stage_position, deals.currency NULLS LAST;
