-- The blocks of a rule with at least two records, and at most the maximum block size.
INSERT INTO match_keys
SELECT $rule, key, record
FROM rule_keys
SEMI JOIN (SELECT key FROM rule_keys GROUP BY key HAVING count(*) BETWEEN 2 AND $max_block_size) USING (key);
