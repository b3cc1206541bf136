-- Pairs of records in one component that cannot be one organization. No number of a state is known of organizations yet.
SELECT record_key AS record_key_l, record_key AS record_key_r, '' AS rule
FROM record_components
WHERE false
