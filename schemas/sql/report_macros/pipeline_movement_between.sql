-- What moved between two days (the second one included): steps by direction, number of deals and value by currency.
CREATE OR REPLACE MACRO reports.pipeline_movement_between(since, until) AS TABLE
SELECT pipeline, direction, currency, count(*) AS steps, count(DISTINCT deal_id) AS deals, sum(value) AS value, bool_or(origin = 'inferred') AS includes_inferred_history
FROM reports.pipeline_movement
WHERE moved_at >= CAST(CAST(since AS DATE) AS TIMESTAMPTZ) AND moved_at < CAST(CAST(until AS DATE) + 1 AS TIMESTAMPTZ)
GROUP BY ALL
ORDER BY pipeline, direction, currency NULLS LAST;
