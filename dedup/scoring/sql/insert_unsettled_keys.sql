-- Those values with all their holders.
INSERT INTO match_keys
SELECT $rule, key, record FROM rule_keys SEMI JOIN unsettled_rule_keys USING (key);
