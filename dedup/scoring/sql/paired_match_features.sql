-- Comparable features of the records that are in a pair, under row ids: numbers are joined in half the time of texts.
CREATE OR REPLACE TEMP VIEW match_features AS
SELECT rowid AS record_key, * EXCLUDE (record_key)
FROM {features}
WHERE rowid IN (SELECT join_key_l FROM match_pairs UNION ALL SELECT join_key_r FROM match_pairs);
