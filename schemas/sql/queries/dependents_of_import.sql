-- Acts and decisions about records that no other import has: they are suspended while the import is undone.
WITH gone AS (FROM records.only_from_import($import_id)),
gone_with_deals AS (
    FROM gone
    UNION
    SELECT 'deal', details['deal_key'] FROM audit.actions SEMI JOIN gone USING (entity, record_key) WHERE action = 'convert'
),
sides AS (
    SELECT sequence, entity, 'left' AS side, unnest(records_l) AS record_key FROM audit.decisions
    UNION ALL
    SELECT sequence, entity, 'right', unnest(records_r) FROM audit.decisions
),
emptied AS (
    SELECT DISTINCT sequence
    FROM (
        SELECT sequence FROM sides LEFT JOIN gone USING (entity, record_key)
        GROUP BY sequence, side HAVING bool_and(gone.record_key IS NOT NULL)
    )
)
SELECT action AS fact, entity, records.entity_id(if(entity = 'organization', 'org_', if(entity = 'person', 'per_', entity || '_')), record_key) AS id, acted_at AS stated_at, acted_by AS stated_by, reason
FROM audit.actions SEMI JOIN gone_with_deals USING (entity, record_key)
WHERE NOT is_suspended
UNION ALL
SELECT 'decided ' || decision, entity, records.entity_id(if(entity = 'organization', 'org_', 'per_'), record_key_l), decided_at, decided_by, reason
FROM audit.decisions SEMI JOIN emptied USING (sequence)
WHERE NOT is_suspended
ORDER BY stated_at, fact, id
