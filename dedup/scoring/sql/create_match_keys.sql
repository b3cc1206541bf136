-- Records by their values of blocking rules: rule number, hashed value, row id.
CREATE OR REPLACE TEMP TABLE match_keys (rule UTINYINT, key UBIGINT, record BIGINT);
