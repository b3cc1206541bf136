CREATE OR REPLACE MACRO reports.open_pipeline_at(day, of_pipeline := NULL, of_owner := NULL) AS TABLE
WITH steps AS (
    SELECT deal_id, arg_max(stage_id, sequence) AS stage_id, bool_or(origin = 'inferred') AS is_inferred
    FROM main.deal_stage_history
    WHERE entered_at IS NULL OR reports.is_within(entered_at, NULL, day)
    GROUP BY deal_id
),
worth AS (
    SELECT deal_id, max_by({'value': value, 'currency': currency}, sequence) AS last
    FROM main.deal_value_history
    WHERE changed_at IS NULL OR reports.is_within(changed_at, NULL, day)
    GROUP BY deal_id
),
begun AS (SELECT deal_id, min(entered_at) AS begun_at FROM main.deal_stage_history GROUP BY deal_id),
valued AS (
    SELECT
        deals.deal_id,
        coalesce(steps.stage_id, deals.stage_id) AS stage_id,
        steps.is_inferred,
        CASE WHEN worth.deal_id IS NULL THEN deals.value ELSE worth.last.value END AS value,
        CASE WHEN worth.deal_id IS NULL THEN deals.currency ELSE worth.last.currency END AS currency
    FROM reports.deals_of(NULL, of_owner) AS deals
    LEFT JOIN begun USING (deal_id)
    LEFT JOIN steps USING (deal_id)
    LEFT JOIN worth USING (deal_id)
    LEFT JOIN main.stages AS past ON past.stage_id = steps.stage_id
    WHERE reports.is_within(coalesce(deals.created_at, begun.begun_at), NULL, day)
        AND (deals.status = 'open' OR NOT reports.is_within(deals.closed_at, NULL, day))
        -- A deal that was closed then and opened again, or closed otherwise, later.
        AND (past.status = 'open' OR past.status IS NULL OR (deals.status = 'open' AND deals.stage_id = past.stage_id))
)
SELECT
    pipelines.name AS pipeline,
    stages.position AS stage_position,
    stages.name AS stage,
    valued.currency,
    count(*) AS open_deals,
    sum(valued.value) AS total_value,
    bool_or(valued.is_inferred) AS includes_inferred_history,
    pipelines.pipeline_id,
    stages.stage_id
FROM valued
LEFT JOIN main.stages AS stages USING (stage_id)
LEFT JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = stages.pipeline_id
WHERE of_pipeline IS NULL OR pipelines.name = of_pipeline
GROUP BY ALL
ORDER BY pipeline NULLS LAST, pipelines.pipeline_id, stage_position, valued.currency NULLS LAST;
