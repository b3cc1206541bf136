-- The requested pairs of record keys, in Splink's format of blocked pairs.
CREATE OR REPLACE TEMP TABLE match_pairs AS
SELECT DISTINCT '0' AS match_key, least(l.rowid, r.rowid) AS join_key_l, greatest(l.rowid, r.rowid) AS join_key_r
FROM asked_pairs
JOIN {features} AS l ON l.record_key = one
JOIN {features} AS r ON r.record_key = other;
