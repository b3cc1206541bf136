-- A {entity} by its id, or by `source:external id`, with its record key.
SELECT called.*, sources.record_key
FROM main.{entity}s AS called
LEFT JOIN (
    SELECT {entity}_id, record_key, any_value(source || ':' || external_id) AS named
    FROM main.{entity}_sources
    WHERE NOT is_stub
    GROUP BY ALL
) AS sources USING ({entity}_id)
WHERE {entity}_id = $given OR named = $given
LIMIT 1
