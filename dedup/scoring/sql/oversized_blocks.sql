-- How many records are in blocks of the current rule that have more than $most records.
SELECT coalesce(sum(held), 0) FROM (SELECT count(*) AS held FROM rule_keys GROUP BY key HAVING held > $most)
