-- Leads as their sources say, with their status decided: converted when the source says so or names the deal, archived, else open.
CREATE OR REPLACE TEMP TABLE lead_facts AS
SELECT
    *,
    records.entity_id('lead_', record_key) AS lead_id,
    CASE
        WHEN is_converted OR deal_key IS NOT NULL OR lower(status) = 'converted' THEN 'converted'
        WHEN is_archived OR archived_at IS NOT NULL OR lower(status) = 'archived' THEN 'archived'
        ELSE 'open'
    END AS decided_status
FROM records.current_version('records.source_leads')
WHERE NOT coalesce(is_deleted, false);
