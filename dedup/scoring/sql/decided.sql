-- What people decided about pairs of live {entity} records.
SELECT record_key_l, record_key_r, decision
FROM records.decided_pairs('{entity}')
JOIN records.current_{entity}s AS one ON one.record_key = record_key_l AND NOT coalesce(one.is_deleted, false)
JOIN records.current_{entity}s AS other ON other.record_key = record_key_r AND NOT coalesce(other.is_deleted, false)
WHERE decision <> 'unsure'
ORDER BY ALL
