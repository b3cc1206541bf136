-- Suspend actions on records whose import was undone, and on deals of such leads, until the records return. The model in use concerns no
-- record.
UPDATE audit.actions SET is_suspended = true
WHERE action <> 'use_model' AND (entity, record_key) NOT IN (
    SELECT 'person', record_key FROM records.source_persons
    UNION ALL
    SELECT 'organization', record_key FROM records.source_organizations
    UNION ALL
    SELECT 'lead', record_key FROM records.source_leads
    UNION ALL
    SELECT 'deal', record_key FROM records.source_deals
    UNION ALL
    SELECT 'deal', details['deal_key'] FROM audit.actions
    WHERE entity = 'lead' AND action = 'convert' AND record_key IN (SELECT record_key FROM records.source_leads)
);
