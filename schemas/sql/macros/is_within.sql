-- Whether a moment lies between two days in UTC, the second one included. A day that is NULL sets no bound; no time lies within a bound.
CREATE OR REPLACE MACRO reports.is_within(moment, since, until) AS
(since IS NULL OR coalesce(reports.in_utc(moment) >= CAST(since AS DATE), false))
    AND (until IS NULL OR coalesce(reports.in_utc(moment) < CAST(until AS DATE) + 1, false));
