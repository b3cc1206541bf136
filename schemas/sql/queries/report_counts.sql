-- How many rows of a report have each value of a column.
SELECT {across}, count(*) AS {count} FROM {report} GROUP BY ALL ORDER BY ALL
