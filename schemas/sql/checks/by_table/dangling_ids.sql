-- How many rows point at a row that is not there.
SELECT count(*)
FROM {table} AS pointing
ANTI JOIN {target} AS target ON target.{key} = pointing.{column}
WHERE pointing.{column} IS NOT NULL
