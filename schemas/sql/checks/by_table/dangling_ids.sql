-- How many rows refer to a row that does not exist.
SELECT count(*)
FROM {table} AS pointing
ANTI JOIN {target} AS target ON target.{key} = pointing.{column}
WHERE pointing.{column} IS NOT NULL
