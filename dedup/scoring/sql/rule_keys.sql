-- The value of a blocking rule that each record of a table of comparison features holds, hashed.
CREATE OR REPLACE TEMP TABLE rule_keys AS
SELECT hash(key) AS key, record FROM (SELECT {value} AS key, rowid AS record FROM {features}) WHERE key IS NOT NULL;
