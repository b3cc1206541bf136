CREATE OR REPLACE MACRO reports.cohort_win_curves_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH cohorts AS (
    SELECT
        pipeline_id,
        CAST(date_trunc('month', reports.in_utc(created_at)) AS DATE) AS created_month,
        status,
        CASE WHEN status = 'won' AND reports.days_between(created_at, closed_at) >= 0 THEN datediff('month', reports.in_utc(created_at), reports.in_utc(closed_at)) END AS age
    FROM reports.deals_of(of_pipeline, of_owner)
    WHERE created_at IS NOT NULL AND reports.is_within(created_at, since, until)
),
sizes AS (
    SELECT pipeline_id, created_month, count(*) AS deals, count(*) FILTER (status = 'open') AS still_open, max(age) AS oldest
    FROM cohorts GROUP BY ALL
),
ages AS (
    SELECT pipeline_id, created_month, deals, still_open, unnest(range(0, coalesce(oldest, 0) + 1)) AS age_months FROM sizes
),
won AS (
    SELECT ages.pipeline_id, ages.created_month, ages.age_months, any_value(ages.deals) AS deals, any_value(ages.still_open) AS still_open, count(cohorts.age) AS won_by_then
    FROM ages
    LEFT JOIN cohorts
        ON cohorts.pipeline_id IS NOT DISTINCT FROM ages.pipeline_id AND cohorts.created_month = ages.created_month AND cohorts.age <= ages.age_months
    GROUP BY ages.pipeline_id, ages.created_month, ages.age_months
)
SELECT
    pipelines.name AS pipeline,
    won.created_month,
    won.age_months,
    won.deals,
    won.won_by_then,
    round(won.won_by_then / won.deals, 4) AS won_share,
    round(won.still_open / won.deals, 4) AS still_open_share,
    pipelines.pipeline_id
FROM won
LEFT JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = won.pipeline_id
ORDER BY pipeline NULLS LAST, pipelines.pipeline_id, won.created_month, won.age_months;
