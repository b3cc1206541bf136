CREATE OR REPLACE MACRO reports.win_rate_by_month_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
SELECT
    pipelines.name AS pipeline,
    CAST(date_trunc('month', reports.in_utc(deals.closed_at)) AS DATE) AS closed_month,
    deals.currency,
    count(*) FILTER (deals.status = 'won') AS won,
    count(*) FILTER (deals.status = 'lost') AS lost,
    round(count(*) FILTER (deals.status = 'won') / count(*), 4) AS win_rate,
    coalesce(sum(deals.value) FILTER (deals.status = 'won'), 0) AS won_value,
    coalesce(sum(deals.value) FILTER (deals.status = 'lost'), 0) AS lost_value,
    round(coalesce(sum(deals.value) FILTER (deals.status = 'won'), 0) / nullif(sum(deals.value), 0), 4) AS win_rate_by_value,
    pipelines.pipeline_id
FROM reports.deals_of(of_pipeline, of_owner) AS deals
JOIN main.pipelines AS pipelines USING (pipeline_id)
WHERE deals.status IN ('won', 'lost') AND reports.is_within(deals.closed_at, since, until)
GROUP BY ALL
ORDER BY pipeline, pipelines.pipeline_id, closed_month NULLS LAST, deals.currency NULLS LAST;
