-- Pairs of records in one component that cannot be one organization: two records of a source whose profile says that it has
-- no duplicates. No official ids of organizations are known yet.
SELECT one.record_key AS record_key_l, other.record_key AS record_key_r, 'two records of a source without duplicates' AS rule
FROM record_components AS left_part
JOIN record_components AS right_part ON left_part.component = right_part.component AND left_part.record_key < right_part.record_key
JOIN records.current_organizations AS one ON one.record_key = left_part.record_key
JOIN records.current_organizations AS other ON other.record_key = right_part.record_key
WHERE one.source = other.source AND one.object = other.object AND NOT one.is_stub AND NOT other.is_stub
    AND EXISTS (
        SELECT 1 FROM records.sheets AS sheets
        WHERE sheets.is_unique AND sheets.table_name = 'records.source_organizations' AND sheets.source = one.source AND sheets.object = one.object
    )
ORDER BY ALL
