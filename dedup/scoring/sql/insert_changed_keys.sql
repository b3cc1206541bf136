-- All records in the blocks of a rule that changed records are or were in.
INSERT INTO match_keys
SELECT $rule, key, record
FROM rule_keys
SEMI JOIN (
    SELECT key FROM rule_keys SEMI JOIN changed_rows USING (record)
    UNION
    SELECT key FROM former_keys WHERE rule = $rule
) USING (key);
