CREATE VIEW reports.source_overlap AS
WITH found AS (
    SELECT 'person' AS entity, person_id AS id, list_sort(list(DISTINCT source)) AS sources FROM main.person_sources GROUP BY person_id
    UNION ALL
    SELECT 'organization', organization_id, list_sort(list(DISTINCT source)) FROM main.organization_sources GROUP BY organization_id
)
SELECT entity, list_aggregate(sources, 'string_agg', ' + ') AS sources, len(sources) AS systems, count(*) AS entities
FROM found
GROUP BY ALL
ORDER BY entity, systems DESC, entities DESC, sources;
