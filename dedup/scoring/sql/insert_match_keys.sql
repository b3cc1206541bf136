-- Values of a rule that two records share, and not too many.
INSERT INTO match_keys
SELECT $rule, key, record
FROM rule_keys
SEMI JOIN (SELECT key FROM rule_keys GROUP BY key HAVING count(*) BETWEEN 2 AND $largest) USING (key);
