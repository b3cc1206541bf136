CREATE OR REPLACE MACRO reports.win_rate_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
SELECT
    currency,
    count(*) FILTER (status = 'won') AS won,
    count(*) FILTER (status = 'lost') AS lost,
    round(count(*) FILTER (status = 'won') / count(*), 4) AS win_rate,
    round(coalesce(sum(value) FILTER (status = 'won'), 0) / nullif(sum(value), 0), 4) AS win_rate_by_value
FROM reports.deals_of(of_pipeline, of_owner)
WHERE status IN ('won', 'lost') AND reports.is_within(closed_at, since, until)
GROUP BY ALL
ORDER BY currency NULLS LAST;
