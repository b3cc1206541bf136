-- How many rows each file has in a table.
SELECT import_id, file_ordinal, count(*) AS found FROM {table} GROUP BY ALL
