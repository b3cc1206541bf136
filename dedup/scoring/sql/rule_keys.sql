-- The hashed value of a blocking rule for each record of a features table.
CREATE OR REPLACE TEMP TABLE rule_keys AS
SELECT hash(key) AS key, record FROM (SELECT {value} AS key, rowid AS record FROM {features}) WHERE key IS NOT NULL;
