-- Of the deals closed in a month, how many were won, by number and by value. A closed deal whose time of closing no source gives is in the
-- row without a month. The rate by value is for one currency at a time.
CREATE VIEW reports.win_rate_by_month AS
SELECT
    pipelines.name AS pipeline,
    CAST(date_trunc('month', deals.closed_at) AS DATE) AS closed_month,
    deals.currency,
    count(*) FILTER (deals.status = 'won') AS won,
    count(*) FILTER (deals.status = 'lost') AS lost,
    round(count(*) FILTER (deals.status = 'won') / count(*), 4) AS win_rate,
    coalesce(sum(deals.value) FILTER (deals.status = 'won'), 0) AS won_value,
    coalesce(sum(deals.value) FILTER (deals.status = 'lost'), 0) AS lost_value,
    round(coalesce(sum(deals.value) FILTER (deals.status = 'won'), 0) / nullif(sum(deals.value), 0), 4) AS win_rate_by_value,
    pipelines.pipeline_id
FROM main.deals AS deals
JOIN main.pipelines AS pipelines USING (pipeline_id)
WHERE deals.status IN ('won', 'lost')
GROUP BY ALL
ORDER BY pipeline, pipelines.pipeline_id, closed_month NULLS LAST, deals.currency NULLS LAST;
