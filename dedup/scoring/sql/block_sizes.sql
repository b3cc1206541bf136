-- The size of each block that changed records are or were in: now, and before the change.
CREATE OR REPLACE TEMP TABLE block_sizes AS
WITH held AS (
    SELECT rule, key, count(*) AS now, count(changed_rows.record) AS gained
    FROM match_keys LEFT JOIN changed_rows USING (record)
    GROUP BY rule, key
),
lost AS (SELECT rule, key, count(*) AS lost FROM former_keys GROUP BY rule, key)
SELECT rule, key, coalesce(now, 0) AS now, coalesce(now, 0) - coalesce(gained, 0) + coalesce(lost, 0) AS before
FROM held FULL JOIN lost USING (rule, key);
