CREATE OR REPLACE MACRO reports.pipeline_movement_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH steps AS (
    SELECT
        history.deal_id, history.entered_at AS moved_at, before.name AS from_stage, after.name AS to_stage, after.pipeline_id,
        CASE
            WHEN before.stage_id IS NULL THEN 'entered'
            WHEN after.status = 'won' THEN 'won'
            WHEN after.status = 'lost' THEN 'lost'
            WHEN after.position > before.position THEN 'forward'
            ELSE 'back'
        END AS direction,
        round(reports.days_between(history.from_entered_at, history.entered_at), 2) AS days_in_stage_before,
        history.origin
    FROM reports.history_of(of_pipeline, of_owner, NULL, NULL) AS history
    JOIN main.stages AS after ON after.stage_id = history.stage_id
    LEFT JOIN main.stages AS before ON before.stage_id = history.from_stage_id
    WHERE reports.is_within(history.entered_at, since, until)
),
changes AS (
    SELECT
        changed.deal_id, changed.changed_at AS moved_at, deals.pipeline_id, changed.origin,
        CASE WHEN changed.currency IS NOT DISTINCT FROM changed.from_currency OR changed.from_value IS NULL THEN CAST(changed.value - coalesce(changed.from_value, 0) AS DECIMAL(18, 2)) END AS value_change,
        changed.expected_close_date - changed.from_expected_close_date AS days_moved
    FROM main.deal_value_history AS changed
    JOIN reports.deals_of(of_pipeline, of_owner) AS deals USING (deal_id)
    WHERE changed.sequence > 1 AND reports.is_within(changed.changed_at, since, until)
),
moves AS (
    FROM steps
    UNION ALL BY NAME
    SELECT * EXCLUDE (days_moved), CASE WHEN value_change > 0 THEN 'value up' ELSE 'value down' END AS direction FROM changes WHERE value_change <> 0
    UNION ALL BY NAME
    SELECT * EXCLUDE (value_change), CASE WHEN days_moved > 0 THEN 'pushed out' ELSE 'pulled in' END AS direction FROM changes WHERE days_moved <> 0
)
SELECT
    pipelines.name AS pipeline,
    moves.moved_at,
    deals.title AS deal,
    moves.direction,
    moves.from_stage,
    moves.to_stage,
    moves.days_in_stage_before,
    moves.value_change,
    moves.days_moved,
    deals.value,
    deals.currency,
    moves.origin,
    moves.deal_id,
    moves.pipeline_id
FROM moves
JOIN main.deals AS deals USING (deal_id)
LEFT JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = moves.pipeline_id;
