-- Win rate by number and value of the deals closed between two days (the second one included), of one pipeline and one owner by name, or of
-- all where they are NULL.
CREATE OR REPLACE MACRO reports.win_rate_of(of_pipeline, of_owner, since, until) AS TABLE
SELECT
    deals.currency,
    count(*) FILTER (deals.status = 'won') AS won,
    count(*) FILTER (deals.status = 'lost') AS lost,
    round(count(*) FILTER (deals.status = 'won') / count(*), 4) AS win_rate,
    round(coalesce(sum(deals.value) FILTER (deals.status = 'won'), 0) / nullif(sum(deals.value), 0), 4) AS win_rate_by_value
FROM main.deals AS deals
LEFT JOIN main.pipelines AS pipelines USING (pipeline_id)
LEFT JOIN main.users AS users ON users.user_id = deals.owner_id
WHERE deals.status IN ('won', 'lost')
    AND (of_pipeline IS NULL OR pipelines.name = of_pipeline)
    AND (of_owner IS NULL OR users.name = of_owner)
    AND (since IS NULL OR deals.closed_at >= CAST(CAST(since AS DATE) AS TIMESTAMPTZ))
    AND (until IS NULL OR deals.closed_at < CAST(CAST(until AS DATE) + 1 AS TIMESTAMPTZ))
GROUP BY ALL
ORDER BY deals.currency NULLS LAST;
