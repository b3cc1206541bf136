-- By source and kind, how many reference-only records the files of an import have: records that they refer to and no import contains.
WITH met AS (
    SELECT 'person' AS entity, source, record_key, is_stub, import_id FROM records.source_persons
    UNION ALL
    SELECT 'organization', source, record_key, is_stub, import_id FROM records.source_organizations
    UNION ALL
    SELECT 'lead', source, record_key, is_stub, import_id FROM records.source_leads
    UNION ALL
    SELECT 'deal', source, record_key, is_stub, import_id FROM records.source_deals
)
SELECT entity, source, count(*) AS mentioned
FROM (
    SELECT entity, source, record_key
    FROM met
    GROUP BY ALL
    HAVING bool_and(is_stub) AND bool_or(import_id = ?)
)
GROUP BY entity, source
ORDER BY source, entity
