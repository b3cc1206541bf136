-- The hashed value of a blocking rule for each record of a features table. One statement unites the rules.
SELECT CAST({rule} AS UTINYINT) AS rule, hash(key) AS key, record
FROM (SELECT {value} AS key, rowid AS record FROM {features})
WHERE key IS NOT NULL
