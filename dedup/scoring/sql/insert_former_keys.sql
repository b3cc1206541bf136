-- The former values of a rule of changed records.
INSERT INTO former_keys SELECT $rule, key, record FROM rule_keys;
