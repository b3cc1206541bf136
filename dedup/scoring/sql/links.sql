-- Links that need no model: links stated by the source, references by name to the only {entity} of that name in the same source, and
-- references between lists of one import.
WITH named AS (
    SELECT source, records.folded_name(name) AS folded, min(record_key) AS record_key, count(*) AS namesakes
    FROM records.current_{entity}s
    WHERE name IS NOT NULL AND external_id IS NOT NULL AND NOT coalesce(is_deleted, false)
    GROUP BY ALL
),
links AS (
    SELECT mention.record_key AS one, named.record_key AS other, 'same name within the source' AS rule
    FROM records.current_{entity}s AS mention
    JOIN named ON named.source = mention.source AND named.folded = records.folded_name(mention.name)
    WHERE mention.is_stub AND mention.external_id IS NULL AND named.namesakes = 1
    UNION ALL
    SELECT stated.record_key, stated.same_as_key, 'stated by the source'
    FROM records.current_{entity}s AS stated
    JOIN records.current_{entity}s AS target ON target.record_key = stated.same_as_key
    WHERE NOT coalesce(target.is_deleted, false) AND NOT coalesce(stated.is_deleted, false)
    UNION ALL
    SELECT linked.reference_key, linked.record_key, 'same ' || linked.fits_by || ' within the import'
    FROM records.list_links('records.linkable_{entity}s') AS linked
)
SELECT
    least(one, other) AS record_key_l,
    greatest(one, other) AS record_key_r,
    max(rule) AS rule
FROM links
WHERE one <> other
GROUP BY ALL
ORDER BY ALL
