-- Unchanged records in blocks that grew beyond the maximum size, or shrank below it.
CREATE OR REPLACE TEMP TABLE unsettled_rows AS
SELECT DISTINCT match_keys.record
FROM match_keys
JOIN block_sizes USING (rule, key)
JOIN rule_limits USING (rule)
ANTI JOIN changed_rows USING (record)
WHERE (block_sizes.now > rule_limits.max_block_size) <> (block_sizes.before > rule_limits.max_block_size);
