CREATE OR REPLACE MACRO reports.win_rate_by_owner_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
SELECT
    coalesce(users.name, users.email) AS owner,
    deals.currency,
    count(*) FILTER (deals.status = 'open') AS still_open,
    count(*) FILTER (deals.status = 'won') AS won,
    count(*) FILTER (deals.status = 'lost') AS lost,
    round(count(*) FILTER (deals.status = 'won') / nullif(count(*) FILTER (deals.status <> 'open'), 0), 4) AS win_rate,
    coalesce(sum(deals.value) FILTER (deals.status = 'won'), 0) AS won_value,
    coalesce(sum(deals.value) FILTER (deals.status = 'open'), 0) AS open_value,
    round(median(reports.days_between(deals.created_at, deals.closed_at)) FILTER (deals.status = 'won' AND reports.days_between(deals.created_at, deals.closed_at) >= 0), 1) AS median_days_to_win,
    deals.owner_id
FROM reports.deals_of(of_pipeline, of_owner) AS deals
LEFT JOIN main.users AS users ON users.user_id = deals.owner_id
WHERE deals.status = 'open' OR reports.is_within(deals.closed_at, since, until)
GROUP BY ALL
ORDER BY won_value DESC, owner NULLS LAST, deals.currency NULLS LAST;
