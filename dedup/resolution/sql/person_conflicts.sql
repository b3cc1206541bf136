-- Pairs of records in one component that cannot be one person: national id, birth date and given name are all known and differ by
-- more than typos (one or two of them are often simply wrong); or both are of a source whose profile says that it has no duplicates.
SELECT
    one.record_key AS record_key_l,
    other.record_key AS record_key_r,
    'different national ids, birth dates and given names' AS rule
FROM record_components AS left_part
JOIN record_components AS right_part ON left_part.component = right_part.component AND left_part.record_key < right_part.record_key
JOIN records.current_persons AS one ON one.record_key = left_part.record_key
JOIN records.current_persons AS other ON other.record_key = right_part.record_key
WHERE length(one.national_id) >= 6 AND length(other.national_id) >= 6
    AND damerau_levenshtein(upper(one.national_id), upper(other.national_id)) > 2
    AND jaro_winkler_similarity(lower(one.first_name), lower(other.first_name)) < 0.75
    AND levenshtein(CAST(one.birth_date AS VARCHAR), CAST(other.birth_date AS VARCHAR)) > 2
UNION
SELECT one.record_key, other.record_key, 'two records of a source without duplicates' AS rule
FROM record_components AS left_part
JOIN record_components AS right_part ON left_part.component = right_part.component AND left_part.record_key < right_part.record_key
JOIN records.current_persons AS one ON one.record_key = left_part.record_key
JOIN records.current_persons AS other ON other.record_key = right_part.record_key
WHERE one.source = other.source AND one.object = other.object AND NOT one.is_stub AND NOT other.is_stub
    AND EXISTS (
        SELECT 1 FROM records.sheets AS sheets
        WHERE sheets.is_unique AND sheets.table_name = 'records.source_persons' AND sheets.source = one.source AND sheets.object = one.object
    )
ORDER BY ALL
