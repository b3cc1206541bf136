-- The stage history of a deal does not go back in time, and no stage follows itself.
SELECT deal_id, sequence
FROM (
    SELECT
        *,
        lag(entered_at) OVER (PARTITION BY deal_id ORDER BY sequence) AS previous_entered_at,
        lag(stage_id) OVER (PARTITION BY deal_id ORDER BY sequence) AS previous_stage_id
    FROM main.deal_stage_history
)
WHERE entered_at < previous_entered_at OR stage_id = previous_stage_id OR left_at < entered_at
    OR from_entered_at IS DISTINCT FROM previous_entered_at
