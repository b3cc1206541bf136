CREATE OR REPLACE MACRO reports.lead_conversion_by_channel_of(of_owner := NULL, since := NULL, until := NULL) AS TABLE
SELECT
    channel,
    count(*) AS leads,
    count(*) FILTER (status = 'open') AS still_open,
    count(*) FILTER (status = 'archived') AS archived,
    count(*) FILTER (status = 'converted') AS converted,
    round(count(*) FILTER (status = 'converted') / count(*), 4) AS conversion_rate
FROM reports.leads_of(of_owner)
WHERE reports.is_within(created_at, since, until)
GROUP BY ALL
ORDER BY leads DESC, channel NULLS LAST;
