-- How long won deals took from creation to closing, by pipeline and month of closing: mean, median and ninetieth percentile in days. Deals
-- without both times, or closed before they were made, are counted apart.
CREATE VIEW reports.sales_cycle AS
WITH won AS (
    SELECT *, epoch(closed_at - created_at) / 86400 AS days
    FROM main.deals WHERE status = 'won'
)
SELECT
    pipelines.name AS pipeline,
    CAST(date_trunc('month', won.closed_at) AS DATE) AS closed_month,
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
