CREATE OR REPLACE MACRO reports.pipeline_movement_between(since, until, of_pipeline := NULL, of_owner := NULL) AS TABLE
SELECT
    pipeline,
    direction,
    currency,
    count(*) AS changes,
    count(DISTINCT deal_id) AS deals,
    sum(value) AS value,
    sum(value_change) AS value_change,
    round(avg(days_moved), 1) AS mean_days_moved,
    bool_or(origin = 'inferred') AS includes_inferred_history
FROM reports.pipeline_movement_of(of_pipeline := of_pipeline, of_owner := of_owner, since := since, until := until)
GROUP BY ALL
ORDER BY pipeline, direction, currency NULLS LAST;
