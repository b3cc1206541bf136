CREATE OR REPLACE MACRO reports.time_in_stage_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH last_steps AS (SELECT deal_id, max(sequence) AS sequence FROM main.deal_stage_history GROUP BY deal_id),
visits AS (
    SELECT
        history.deal_id, history.stage_id, history.origin, reports.days_between(history.entered_at, history.left_at) AS days,
        history.left_at IS NULL AND last_steps.sequence = history.sequence AS is_present
    FROM reports.history_of(of_pipeline, of_owner, NULL, NULL) AS history
    JOIN last_steps USING (deal_id)
    WHERE reports.is_within(history.entered_at, since, until)
),
by_deal AS (
    SELECT stage_id, deal_id, sum(days) AS days FROM visits WHERE days IS NOT NULL GROUP BY ALL
),
together AS (
    SELECT stage_id, round(median(days), 2) AS median_days_all_visits FROM by_deal GROUP BY stage_id
)
SELECT
    pipelines.name AS pipeline,
    stages.position AS stage_position,
    stages.name AS stage,
    count(visits.days) AS ended_visits,
    round(avg(visits.days), 2) AS mean_days,
    round(median(visits.days), 2) AS median_days,
    round(quantile_cont(visits.days, 0.9), 2) AS p90_days,
    any_value(together.median_days_all_visits) AS median_days_all_visits,
    count(*) FILTER (visits.is_present) AS still_there,
    count(*) FILTER (visits.days IS NULL AND NOT visits.is_present) AS visits_without_times,
    bool_or(visits.origin = 'inferred') AS includes_inferred_history,
    pipelines.pipeline_id,
    stages.stage_id
FROM visits
JOIN main.stages AS stages USING (stage_id)
JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = stages.pipeline_id
LEFT JOIN together ON together.stage_id = stages.stage_id
GROUP BY ALL
ORDER BY pipeline, pipelines.pipeline_id, stage_position;
