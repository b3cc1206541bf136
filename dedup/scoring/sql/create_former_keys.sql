-- Values of blocking rules that changed records held.
CREATE OR REPLACE TEMP TABLE former_keys (rule UTINYINT, key UBIGINT, record BIGINT);
