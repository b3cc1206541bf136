-- How many records have each name.
SELECT {column} AS name, count(*) AS bearers FROM {features} WHERE {column} IS NOT NULL GROUP BY ALL ORDER BY ALL
