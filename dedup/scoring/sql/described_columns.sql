-- Names and types of the columns of a table.
SELECT column_name, column_type FROM (DESCRIBE {table})
