-- Leads by the month in which they came in and their channel: how many were converted, and within how many days. Open leads may still be
-- converted, so a rate is final only when none is open; archived ones are taken for settled.
CREATE VIEW reports.lead_conversion_by_cohort AS
SELECT
    CAST(date_trunc('month', created_at) AS DATE) AS created_month,
    channel,
    count(*) AS leads,
    count(*) FILTER (status = 'converted') AS converted,
    count(*) FILTER (status = 'archived') AS archived,
    count(*) FILTER (status = 'open') AS still_open,
    round(count(*) FILTER (status = 'converted') / count(*), 4) AS conversion_rate_so_far,
    round((count(*) FILTER (status = 'converted') + count(*) FILTER (status = 'open')) / count(*), 4) AS conversion_rate_at_most,
    round(median(epoch(converted_at - created_at) / 86400) FILTER (status = 'converted' AND converted_at >= created_at), 1) AS median_days_to_convert
FROM main.leads
GROUP BY ALL
ORDER BY created_month NULLS LAST, leads DESC, channel NULLS LAST;
