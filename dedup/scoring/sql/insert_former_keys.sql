-- Values of a rule that changed records held.
INSERT INTO former_keys SELECT $rule, key, record FROM rule_keys;
