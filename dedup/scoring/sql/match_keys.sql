-- Records by their values of blocking rules: rule number, hashed value, row id. Oversized blocks yield no pairs.
CREATE OR REPLACE TEMP TABLE match_keys AS
SELECT rule, key, record
FROM ({keys})
SEMI JOIN (SELECT rule, key FROM block_sizes JOIN rule_limits USING (rule) WHERE now <= max_block_size) USING (rule, key);
