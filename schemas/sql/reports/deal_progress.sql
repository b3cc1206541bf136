CREATE OR REPLACE MACRO reports.deal_progress_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH arrivals AS (
    SELECT
        history.stage_id,
        CAST(date_trunc('month', reports.in_utc(history.entered_at)) AS DATE) AS entered_month,
        history.deal_id,
        bool_or(before.position > stages.position) AS moved_back,
        bool_or(history.origin = 'inferred') AS is_inferred
    FROM reports.history_of(of_pipeline, of_owner, NULL, NULL) AS history
    JOIN main.stages AS stages USING (stage_id)
    LEFT JOIN main.stages AS before ON before.stage_id = history.from_stage_id AND before.pipeline_id = stages.pipeline_id
    WHERE reports.is_within(history.entered_at, since, until)
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
