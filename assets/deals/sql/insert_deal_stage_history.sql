-- Stage history: native if the CRM has one, else inferred, never both for one deal; with the users' own moves, by time. A move that two of
-- them record counts once. No step goes back in time: one that a source dates before its predecessor gets the predecessor's time.
INSERT INTO main.deal_stage_history BY NAME
WITH source_moves AS (
    SELECT deal_id, place, stage_id, entered_at, changed_by, 'native' AS origin FROM native_history
    UNION ALL BY NAME
    SELECT deal_id, place, stage_id, entered_at, NULL AS changed_by, 'inferred' AS origin FROM inferred_history
),
moves AS (
    SELECT *, max(entered_at) OVER (PARTITION BY deal_id ORDER BY place) AS happened_at FROM source_moves
    UNION ALL BY NAME
    SELECT deal_id, sequence AS place, stage_id, entered_at, origin, entered_at AS happened_at FROM local_moves
),
steps AS (
    SELECT *, row_number() OVER (PARTITION BY deal_id ORDER BY happened_at NULLS FIRST, origin IN ('conversion', 'manual'), place) AS step FROM moves
),
folded AS (
    SELECT *, lag(stage_id) OVER (PARTITION BY deal_id ORDER BY step) AS from_stage_id
    FROM steps
    QUALIFY stage_id IS DISTINCT FROM lag(stage_id) OVER (PARTITION BY deal_id ORDER BY step)
)
SELECT
    deal_id,
    row_number() OVER in_order AS sequence,
    from_stage_id,
    lag(if(entered_at IS NULL, NULL, happened_at)) OVER in_order AS from_entered_at,
    stage_id,
    if(entered_at IS NULL, NULL, happened_at) AS entered_at,
    lead(if(entered_at IS NULL, NULL, happened_at)) OVER in_order AS left_at,
    changed_by,
    origin
FROM folded
WINDOW in_order AS (PARTITION BY deal_id ORDER BY step)
ORDER BY deal_id, sequence;
