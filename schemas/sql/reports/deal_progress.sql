-- How many deals entered each stage in each month: deals that moved there, whether forward or back; a deal that came twice counts once.
CREATE VIEW reports.deal_progress AS
WITH arrivals AS (
    SELECT
        history.stage_id,
        CAST(date_trunc('month', history.entered_at) AS DATE) AS entered_month,
        history.deal_id,
        bool_or(before.position > stages.position) AS moved_back,
        bool_or(history.origin = 'inferred') AS is_inferred
    FROM main.deal_stage_history AS history
    JOIN main.stages AS stages USING (stage_id)
    LEFT JOIN main.stages AS before ON before.stage_id = history.from_stage_id AND before.pipeline_id = stages.pipeline_id
    GROUP BY history.stage_id, entered_month, history.deal_id
)
SELECT
    pipelines.name AS pipeline,
    arrivals.entered_month,
    stages.position AS stage_position,
    stages.name AS stage,
    count(*) AS deals,
    count(*) FILTER (arrivals.moved_back) AS moved_back,
    bool_or(arrivals.is_inferred) AS includes_inferred_history,
    pipelines.pipeline_id,
    stages.stage_id
FROM arrivals
JOIN main.stages AS stages USING (stage_id)
JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = stages.pipeline_id
GROUP BY ALL
ORDER BY pipeline, pipelines.pipeline_id, entered_month NULLS LAST, stage_position;
