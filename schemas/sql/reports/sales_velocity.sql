CREATE OR REPLACE MACRO reports.sales_velocity_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH facts AS (
    SELECT
        pipeline_id,
        currency,
        count(*) FILTER (status = 'open') AS open_deals,
        round(avg(value) FILTER (status = 'won'), 2) AS mean_won_value,
        round(count(*) FILTER (status = 'won') / nullif(count(*) FILTER (status <> 'open'), 0), 4) AS win_rate,
        round(avg(reports.days_between(created_at, closed_at)) FILTER (status = 'won' AND reports.days_between(created_at, closed_at) >= 0), 2) AS mean_days_to_win
    FROM reports.deals_of(of_pipeline, of_owner)
    WHERE status = 'open' OR reports.is_within(closed_at, since, until)
    GROUP BY ALL
)
SELECT
    pipelines.name AS pipeline,
    facts.currency,
    facts.open_deals,
    facts.mean_won_value,
    facts.win_rate,
    facts.mean_days_to_win,
    round(facts.open_deals * facts.mean_won_value * facts.win_rate / nullif(facts.mean_days_to_win, 0), 2) AS value_per_day,
    pipelines.pipeline_id
FROM facts
LEFT JOIN main.pipelines AS pipelines USING (pipeline_id)
ORDER BY pipeline NULLS LAST, pipelines.pipeline_id, facts.currency NULLS LAST;
