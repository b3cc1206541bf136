-- Oversized blocks yield no pairs.
DELETE FROM match_keys
USING block_sizes JOIN rule_limits USING (rule)
WHERE match_keys.rule = block_sizes.rule AND match_keys.key = block_sizes.key AND now > max_block_size;
