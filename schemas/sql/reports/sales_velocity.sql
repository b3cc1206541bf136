-- Sales velocity by pipeline and currency: open deals × mean value of won deals × win rate ÷ mean days to win, in money a day. Empty where
-- one of the four is not known.
CREATE VIEW reports.sales_velocity AS
WITH facts AS (
    SELECT
        pipeline_id,
        currency,
        count(*) FILTER (status = 'open') AS open_deals,
        round(avg(value) FILTER (status = 'won'), 2) AS mean_won_value,
        round(count(*) FILTER (status = 'won') / nullif(count(*) FILTER (status <> 'open'), 0), 4) AS win_rate,
        round(avg(epoch(closed_at - created_at) / 86400) FILTER (status = 'won' AND closed_at >= created_at), 2) AS mean_days_to_win
    FROM main.deals
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
