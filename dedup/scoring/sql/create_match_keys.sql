-- Values of blocking rules and the records that hold them: the rule by its number, the value hashed, the record by its row id.
CREATE OR REPLACE TEMP TABLE match_keys (rule UTINYINT, key UBIGINT, record BIGINT);
