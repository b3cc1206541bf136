-- How many records may share a value of each blocking rule.
CREATE OR REPLACE TEMP TABLE rule_limits (rule UTINYINT, largest INTEGER);
