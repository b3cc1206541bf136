-- By source and kind, how many records of an import were known from earlier imports, and how many of them have another name now.
WITH met AS (
    SELECT 'person' AS entity, source, record_key, name, import_id, import_sequence, file FROM records.source_persons WHERE NOT is_stub
    UNION ALL
    SELECT 'organization', source, record_key, name, import_id, import_sequence, file FROM records.source_organizations WHERE NOT is_stub
    UNION ALL
    SELECT 'lead', source, record_key, title, import_id, import_sequence, file FROM records.source_leads WHERE NOT is_stub
    UNION ALL
    SELECT 'deal', source, record_key, title, import_id, import_sequence, file FROM records.source_deals WHERE NOT is_stub
)
SELECT
    now.entity,
    now.source,
    count(DISTINCT now.record_key) AS updated,
    count(DISTINCT now.record_key) FILTER (records.folded_name(now.name) <> records.folded_name(before.name)) AS renamed,
    min(before.file) AS known_from
FROM met AS now
JOIN met AS before ON before.record_key = now.record_key AND before.import_sequence < now.import_sequence
WHERE now.import_id = ?
GROUP BY now.entity, now.source
ORDER BY now.entity, now.source
