-- The sizes of the blocks of unsettled records.
INSERT INTO block_sizes
SELECT $rule, key, count(*), count(*) FROM rule_keys SEMI JOIN unsettled_rule_keys USING (key) GROUP BY key;
