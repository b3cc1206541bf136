-- Organizations and persons with records of several sources: their records, and the evidence for each matched pair.
WITH members AS (
    SELECT 'organization' AS entity, organization_id AS id, source, object, external_id, record_key FROM main.organization_sources
    UNION
    SELECT 'person', person_id, source, object, external_id, record_key FROM main.person_sources
),
pairs AS (
    SELECT 'organization' AS entity, * FROM audit.organization_pairs WHERE band = 'matched'
    UNION ALL
    SELECT 'person', * FROM audit.person_pairs WHERE band = 'matched'
),
names AS (
    SELECT 'organization' AS entity, organization_id AS id, name FROM main.organizations
    UNION ALL
    SELECT 'person', person_id, name FROM main.persons
),
merged AS (
    SELECT
        entity,
        id,
        count(DISTINCT source) AS sources,
        list_sort(list(DISTINCT source || ' ' || object || coalesce(' ' || external_id, ''))) AS records
    FROM members
    GROUP BY entity, id
    HAVING count(DISTINCT source) > 1
),
reasons AS (
    SELECT members.entity, members.id, list({'rule': pairs.rule, 'evidence': map_entries(pairs.evidence)} ORDER BY pairs.match_weight DESC) AS pairs
    FROM pairs
    JOIN (SELECT DISTINCT entity, id, record_key FROM members) AS members
        ON members.entity = pairs.entity AND members.record_key = pairs.record_key_l
    GROUP BY members.entity, members.id
)
SELECT merged.entity, names.name, merged.records, coalesce(reasons.pairs, []) AS pairs
FROM merged
JOIN names USING (entity, id)
LEFT JOIN reasons USING (entity, id)
QUALIFY row_number() OVER (PARTITION BY merged.entity ORDER BY merged.sources DESC, names.name, merged.id) <= $shown
ORDER BY merged.entity, merged.sources DESC, names.name, merged.id
