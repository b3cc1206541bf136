-- The size of each block of a blocking rule that has at least two records. One statement unites the rules.
SELECT rule, key, count(*) AS now FROM ({keys}) GROUP BY rule, key HAVING count(*) > 1
