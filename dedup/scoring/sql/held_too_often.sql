-- How many records hold a value of the rule at hand that more than $most share.
SELECT coalesce(sum(held), 0) FROM (SELECT count(*) AS held FROM rule_keys GROUP BY key HAVING held > $most)
