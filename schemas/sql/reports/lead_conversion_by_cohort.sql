CREATE OR REPLACE MACRO reports.lead_conversion_by_cohort_of(of_owner := NULL, since := NULL, until := NULL) AS TABLE
SELECT
    CAST(date_trunc('month', reports.in_utc(created_at)) AS DATE) AS created_month,
    channel,
    count(*) AS leads,
    count(*) FILTER (status = 'converted') AS converted,
    count(*) FILTER (status = 'archived') AS archived,
    count(*) FILTER (status = 'open') AS still_open,
    round(count(*) FILTER (status = 'converted') / count(*), 4) AS conversion_rate_so_far,
    round((count(*) FILTER (status = 'converted') + count(*) FILTER (status = 'open')) / count(*), 4) AS conversion_rate_at_most,
    round(median(reports.days_between(created_at, converted_at)) FILTER (status = 'converted' AND reports.days_between(created_at, converted_at) >= 0), 1) AS median_days_to_convert
FROM reports.leads_of(of_owner)
WHERE reports.is_within(created_at, since, until)
GROUP BY ALL
ORDER BY created_month NULLS LAST, leads DESC, channel NULLS LAST;
