-- The maximum block size of each blocking rule.
CREATE OR REPLACE TEMP TABLE rule_limits (rule UTINYINT, max_block_size INTEGER);
