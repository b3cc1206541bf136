-- Values of a rule that changed records hold or held, with all their holders.
INSERT INTO match_keys
SELECT $rule, key, record
FROM rule_keys
SEMI JOIN (
    SELECT key FROM rule_keys SEMI JOIN changed_rows USING (record)
    UNION
    SELECT key FROM former_keys WHERE rule = $rule
) USING (key);
