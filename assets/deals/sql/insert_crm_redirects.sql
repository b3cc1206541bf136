-- Retired ids of leads and deals: the source deleted the record, its import was undone, or its conversion was reverted.
INSERT INTO audit.id_redirects BY NAME
WITH known AS (
    SELECT 'lead' AS entity, record_key, NULL AS current_id FROM records.source_leads
    UNION ALL BY NAME
    SELECT 'deal' AS entity, record_key, NULL AS current_id FROM records.source_deals
    UNION ALL BY NAME
    SELECT entity, record_key, NULL AS current_id FROM audit.retired_records WHERE entity IN ('lead', 'deal')
    UNION ALL BY NAME
    SELECT 'deal' AS entity, actions.details['deal_key'] AS record_key, records.entity_id('deal_', conversions.deal_key) AS current_id
    FROM audit.actions AS actions
    LEFT JOIN conversions ON conversions.lead_key = actions.record_key
    WHERE actions.action = 'convert'
)
SELECT entity, records.entity_id(entity || '_', record_key) AS retired_id, max(current_id) AS current_id, record_key
FROM known
GROUP BY ALL
HAVING retired_id NOT IN (SELECT lead_id FROM main.leads UNION ALL SELECT deal_id FROM main.deals)
ORDER BY ALL;
