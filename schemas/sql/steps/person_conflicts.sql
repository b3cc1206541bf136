-- Pairs of records in one component that cannot be one person: their national ids differ by more than slips of the pen.
SELECT
    one.record_key AS record_key_l,
    other.record_key AS record_key_r,
    'different national ids' AS rule
FROM record_components AS left_part
JOIN record_components AS right_part ON left_part.component = right_part.component AND left_part.record_key < right_part.record_key
JOIN current_persons AS one ON one.record_key = left_part.record_key
JOIN current_persons AS other ON other.record_key = right_part.record_key
WHERE length(one.national_id) >= 6 AND length(other.national_id) >= 6
    AND damerau_levenshtein(upper(one.national_id), upper(other.national_id)) > 3
ORDER BY ALL
