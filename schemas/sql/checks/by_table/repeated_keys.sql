-- Keys that a table holds more than once.
SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1
