-- Values that too many records share bring no two of them together.
DELETE FROM match_keys
USING block_sizes JOIN rule_limits USING (rule)
WHERE match_keys.rule = block_sizes.rule AND match_keys.key = block_sizes.key AND now > largest;
