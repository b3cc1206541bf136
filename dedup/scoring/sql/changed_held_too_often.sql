-- By rule, how many records hold a value of changed records that more than $most share.
SELECT rule, sum(now) AS held FROM block_sizes WHERE now > $most GROUP BY rule ORDER BY rule
