-- The value history of a deal does not go back in time, every change changes something, and the last values are the current ones.
SELECT deal_id, sequence
FROM (
    SELECT
        *,
        lag(changed_at) OVER (PARTITION BY deal_id ORDER BY sequence) AS previous_changed_at,
        lead(sequence) OVER (PARTITION BY deal_id ORDER BY sequence) IS NULL AS is_last
    FROM main.deal_value_history
) AS history
LEFT JOIN main.deals AS deals USING (deal_id)
WHERE changed_at < previous_changed_at
    OR (
        sequence > 1 AND history.value IS NOT DISTINCT FROM from_value AND history.currency IS NOT DISTINCT FROM from_currency
        AND history.expected_close_date IS NOT DISTINCT FROM from_expected_close_date
    )
    OR (
        is_last AND (
            history.value IS DISTINCT FROM deals.value OR history.currency IS DISTINCT FROM deals.currency
            OR history.expected_close_date IS DISTINCT FROM deals.expected_close_date
        )
    )
