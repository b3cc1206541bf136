-- The former values of blocking rules of changed records.
CREATE OR REPLACE TEMP TABLE former_keys (rule UTINYINT, key UBIGINT, record BIGINT);
