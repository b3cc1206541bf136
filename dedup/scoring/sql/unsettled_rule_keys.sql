-- Values of a rule that unsettled records share and no changed record has.
CREATE OR REPLACE TEMP TABLE unsettled_rule_keys AS
SELECT key FROM rule_keys SEMI JOIN unsettled_rows USING (record) GROUP BY key HAVING count(*) > 1
EXCEPT
SELECT key FROM block_sizes WHERE rule = $rule;
