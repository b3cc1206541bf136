-- The name of a {entity}.
SELECT name FROM main.{entity}s WHERE {entity}_id = $id
