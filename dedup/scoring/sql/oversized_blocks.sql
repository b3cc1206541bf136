-- By rule, how many records are in blocks that have more than $most records.
SELECT rule, sum(now) AS held FROM block_sizes WHERE now > $most GROUP BY rule ORDER BY rule
