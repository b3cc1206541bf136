CREATE OR REPLACE MACRO reports.sales_cycle_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH won AS (
    SELECT *, reports.days_between(created_at, closed_at) AS days
    FROM reports.deals_of(of_pipeline, of_owner)
    WHERE status = 'won' AND reports.is_within(closed_at, since, until)
)
SELECT
    pipelines.name AS pipeline,
    CAST(date_trunc('month', reports.in_utc(won.closed_at)) AS DATE) AS closed_month,
    count(*) FILTER (won.days >= 0) AS deals,
    round(avg(won.days) FILTER (won.days >= 0), 2) AS mean_days,
    round(median(won.days) FILTER (won.days >= 0), 2) AS median_days,
    round(quantile_cont(won.days, 0.9) FILTER (won.days >= 0), 2) AS p90_days,
    count(*) FILTER (won.days IS NULL OR won.days < 0) AS deals_without_times,
    pipelines.pipeline_id
FROM won
LEFT JOIN main.pipelines AS pipelines USING (pipeline_id)
GROUP BY ALL
ORDER BY pipeline NULLS LAST, pipelines.pipeline_id, closed_month NULLS LAST;
