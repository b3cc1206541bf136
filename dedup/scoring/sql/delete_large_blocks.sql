-- Oversized blocks yield no pairs.
DELETE FROM match_keys
USING (
    SELECT rule, key
    FROM match_keys JOIN rule_limits USING (rule)
    GROUP BY rule, key, max_block_size
    HAVING count(*) > max_block_size
) AS oversized
WHERE match_keys.rule = oversized.rule AND match_keys.key = oversized.key;
