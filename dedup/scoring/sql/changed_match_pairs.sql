-- The pairs with a changed record, and those of two unsettled records.
CREATE OR REPLACE TEMP TABLE match_pairs AS
SELECT '0' AS match_key, pair >> 32 AS join_key_l, pair & 4294967295 AS join_key_r
FROM (
    SELECT DISTINCT (CAST(l.record AS BIGINT) << 32) | r.record AS pair
    FROM match_keys AS l
    JOIN match_keys AS r ON l.rule = r.rule AND l.key = r.key AND l.record < r.record
    WHERE l.record IN (SELECT record FROM changed_rows) OR r.record IN (SELECT record FROM changed_rows)
        OR (l.record IN (SELECT record FROM unsettled_rows) AND r.record IN (SELECT record FROM unsettled_rows))
);
