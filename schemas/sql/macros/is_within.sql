-- Whether a time lies between two days in UTC, the second included. A NULL day is no bound; a NULL time is outside any bound.
CREATE OR REPLACE MACRO reports.is_within(moment, since, until) AS
(since IS NULL OR coalesce(reports.in_utc(moment) >= CAST(since AS DATE), false))
    AND (until IS NULL OR coalesce(reports.in_utc(moment) < CAST(until AS DATE) + 1, false));
