-- The blocks of unsettled records, with all records in them.
INSERT INTO match_keys
SELECT $rule, key, record FROM rule_keys SEMI JOIN unsettled_rule_keys USING (key);
