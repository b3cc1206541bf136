-- Scored pairs by record key.
SELECT scored_pairs.* REPLACE (l.record_key AS record_key_l, r.record_key AS record_key_r)
FROM scored_pairs
JOIN {features} AS l ON l.rowid = record_key_l
JOIN {features} AS r ON r.rowid = record_key_r
