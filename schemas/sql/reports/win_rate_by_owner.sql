-- Owners by what they won: open, won and lost deals, win rate by number and by value, and the days a won deal took. One row for each
-- owner and currency; values of different currencies are never added up.
CREATE VIEW reports.win_rate_by_owner AS
SELECT
    coalesce(users.name, users.email) AS owner,
    deals.currency,
    count(*) FILTER (deals.status = 'open') AS still_open,
    count(*) FILTER (deals.status = 'won') AS won,
    count(*) FILTER (deals.status = 'lost') AS lost,
    round(count(*) FILTER (deals.status = 'won') / nullif(count(*) FILTER (deals.status <> 'open'), 0), 4) AS win_rate,
    coalesce(sum(deals.value) FILTER (deals.status = 'won'), 0) AS won_value,
    coalesce(sum(deals.value) FILTER (deals.status = 'open'), 0) AS open_value,
    round(median(epoch(deals.closed_at - deals.created_at) / 86400) FILTER (deals.status = 'won' AND deals.closed_at >= deals.created_at), 1) AS median_days_to_win,
    deals.owner_id
FROM main.deals AS deals
LEFT JOIN main.users AS users ON users.user_id = deals.owner_id
GROUP BY ALL
ORDER BY won_value DESC, owner NULLS LAST, deals.currency NULLS LAST;
