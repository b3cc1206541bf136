-- The size of each block that changed records are or were in: now, and before the change.
CREATE OR REPLACE TEMP TABLE block_sizes AS
WITH held AS (SELECT rule, key, count(*) AS now FROM match_keys GROUP BY rule, key)
SELECT rule, key, coalesce(now, 0) AS now, coalesce(now, 0) - gained + lost AS before
FROM changed_blocks LEFT JOIN held USING (rule, key);
