-- A {entity} as it is published.
SELECT * FROM main.{entity}s WHERE {entity}_id = $id
