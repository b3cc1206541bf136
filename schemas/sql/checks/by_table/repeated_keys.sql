-- Keys that occur more than once in a table.
SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1
