-- The blocks that changed records are or were in: how many they gained and lost.
CREATE OR REPLACE TEMP TABLE changed_blocks AS
SELECT rule, key, count(*) FILTER (is_now) AS gained, count(*) FILTER (NOT is_now) AS lost
FROM (SELECT rule, key, true AS is_now FROM ({keys}) UNION ALL SELECT rule, key, false FROM ({former_keys}))
GROUP BY rule, key;
