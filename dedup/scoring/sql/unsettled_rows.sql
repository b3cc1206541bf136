-- Unchanged holders of a value that was shared by few enough records to compare them and is not any more, or the other way round.
CREATE OR REPLACE TEMP TABLE unsettled_rows AS
SELECT DISTINCT match_keys.record
FROM match_keys
JOIN block_sizes USING (rule, key)
JOIN rule_limits USING (rule)
ANTI JOIN changed_rows USING (record)
WHERE (block_sizes.now > rule_limits.largest) <> (block_sizes.before > rule_limits.largest);
