-- Stage history, native where the CRM has it, else inferred; never both for one deal.
INSERT INTO main.deal_stage_history BY NAME
WITH moves AS (
    SELECT deal_id, place, from_stage_id, stage_id, entered_at, changed_by, 'native' AS origin FROM native_history
    UNION ALL BY NAME
    SELECT deal_id, place, from_stage_id, stage_id, entered_at, NULL AS changed_by, 'inferred' AS origin FROM inferred_history
)
SELECT
    deal_id,
    row_number() OVER (PARTITION BY deal_id ORDER BY place) AS sequence,
    from_stage_id,
    stage_id,
    entered_at,
    lead(entered_at) OVER (PARTITION BY deal_id ORDER BY place) AS left_at,
    changed_by,
    origin
FROM moves
ORDER BY deal_id, sequence;
