-- Leads by the channel they came through, and how many of them became deals.
CREATE VIEW reports.lead_conversion_by_channel AS
SELECT
    channel,
    count(*) AS leads,
    count(*) FILTER (status = 'open') AS still_open,
    count(*) FILTER (status = 'archived') AS archived,
    count(*) FILTER (status = 'converted') AS converted,
    round(count(*) FILTER (status = 'converted') / count(*), 4) AS conversion_rate
FROM main.leads
GROUP BY ALL
ORDER BY leads DESC, channel NULLS LAST;
