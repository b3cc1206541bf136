-- What each sheet refers to. A placeholder whose entity has a record of some import is resolved; by which way (key, link or match) is all one.
INSERT INTO audit.references BY NAME
WITH referring AS (
    SELECT
        'organization' AS entity, record_key, import_id, file_ordinal, sheet_ordinal, object, file, sheet,
        coalesce(external_id, domain, name) AS value,
        coalesce(domain, name) IS NOT NULL AS is_named
    FROM records.source_organizations WHERE is_stub
    UNION ALL
    SELECT
        'person', record_key, import_id, file_ordinal, sheet_ordinal, object, file, sheet,
        coalesce(external_id, emails[1], name),
        coalesce(emails[1], name) IS NOT NULL
    FROM records.source_persons WHERE is_stub
    UNION ALL
    SELECT
        'user', record_key, import_id, file_ordinal, sheet_ordinal, object, file, sheet,
        coalesce(external_id, email, name),
        coalesce(email, name) IS NOT NULL
    FROM records.source_users WHERE is_stub
    UNION ALL
    -- A deal or lead is not made of its mention, so its title leads nowhere, too.
    SELECT 'deal', record_key, import_id, file_ordinal, sheet_ordinal, object, file, sheet, coalesce(external_id, title), false
    FROM records.source_deals WHERE is_stub
    UNION ALL
    SELECT 'lead', record_key, import_id, file_ordinal, sheet_ordinal, object, file, sheet, coalesce(external_id, title), false
    FROM records.source_leads WHERE is_stub
),
given AS (
    SELECT record_key FROM records.current_organizations WHERE NOT is_stub
    UNION ALL
    SELECT record_key FROM records.current_persons WHERE NOT is_stub
),
known AS (
    SELECT record_key FROM entity_of_record SEMI JOIN (
        SELECT entity_id FROM entity_of_record SEMI JOIN given USING (record_key)
    ) AS of_record USING (entity_id)
    UNION
    SELECT record_key FROM records.source_deals WHERE NOT is_stub
    UNION
    SELECT record_key FROM records.source_leads WHERE NOT is_stub
    UNION
    SELECT record_key FROM records.source_users WHERE NOT is_stub
    UNION
    SELECT reference_key FROM linked_keys
    UNION
    SELECT reference_key FROM records.list_links('records.linkable_users')
),
decided AS (
    SELECT
        import_id, file_ordinal, sheet_ordinal, object, entity, record_key,
        any_value(file) AS file,
        any_value(sheet) AS sheet,
        min(value) AS value,
        CASE WHEN any_value(known.record_key) IS NOT NULL THEN 'resolved' WHEN bool_or(is_named) THEN 'mentioned' ELSE 'nowhere' END AS outcome
    FROM referring
    LEFT JOIN known USING (record_key)
    GROUP BY import_id, file_ordinal, sheet_ordinal, object, entity, record_key
)
SELECT
    decided.import_id,
    any_value(decided.file) AS file,
    any_value(decided.sheet) AS sheet,
    array_to_string(any_value(sheets.headers), ', ') AS column_name,
    decided.entity,
    any_value(sheets.referring_rows) AS row_count,
    count(*) AS distinct_count,
    count(*) FILTER (outcome = 'resolved') AS resolved,
    count(*) FILTER (outcome = 'mentioned') AS mentioned,
    count(*) FILTER (outcome = 'nowhere') AS nowhere,
    coalesce(list(decided.value ORDER BY decided.value) FILTER (outcome = 'nowhere'), [])[1:3] AS examples
FROM decided
JOIN records.sheets AS sheets
    ON sheets.import_id = decided.import_id
    AND sheets.file_ordinal = decided.file_ordinal
    AND sheets.sheet_ordinal = decided.sheet_ordinal
    AND sheets.object = decided.object
    AND sheets.table_name = 'records.source_' || decided.entity || 's'
    AND sheets.is_stub
GROUP BY decided.import_id, decided.file_ordinal, decided.sheet_ordinal, decided.object, decided.entity
ORDER BY decided.import_id, decided.file_ordinal, decided.sheet_ordinal, column_name, decided.entity;
