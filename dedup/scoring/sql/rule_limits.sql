-- The maximum block size of each blocking rule.
CREATE OR REPLACE TEMP TABLE rule_limits AS
SELECT CAST(unnest(range(len($limits))) AS UTINYINT) AS rule, unnest($limits) AS max_block_size;
