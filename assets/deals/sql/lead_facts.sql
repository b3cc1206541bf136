-- Leads from their sources and from users' actions. A lead is converted if a user converted it here, or its source says so or names its deal;
-- else archived or open, by the later of what the source says and what users did.
CREATE OR REPLACE TEMP TABLE lead_facts AS
WITH filed AS (
    SELECT record_key, action, acted_at
    FROM audit.actions
    WHERE entity = 'lead' AND action IN ('archive', 'restore')
    QUALIFY row_number() OVER (PARTITION BY record_key ORDER BY sequence DESC) = 1
),
known AS (
    SELECT
        version.* REPLACE (
            coalesce(version.person_key, implied.person_key) AS person_key,
            coalesce(version.organization_key, implied.organization_key) AS organization_key,
            coalesce(conversions.deal_key, linked_deal.record_key, version.deal_key) AS deal_key,
            coalesce(conversions.acted_at, version.converted_at) AS converted_at,
            if(filed.action = 'archive', coalesce(version.archived_at, filed.acted_at), version.archived_at) AS archived_at
        ),
        filed.action AS filed,
        filed.acted_at AS filed_at,
        version.archived_at AS source_archived_at,
        conversions.lead_key IS NOT NULL AS is_converted_here
    FROM records.current_version('records.source_leads') AS version
    LEFT JOIN conversions ON conversions.lead_key = version.record_key
    LEFT JOIN implied_keys AS implied ON implied.record_key = version.record_key
    LEFT JOIN filed ON filed.record_key = version.record_key
    LEFT JOIN linked_keys AS linked_deal ON linked_deal.reference_key = version.deal_key
    WHERE NOT coalesce(version.is_deleted, false) AND NOT (version.is_stub AND (version.object = 'lead' OR version.external_id IS NULL))
)
SELECT
    *,
    records.entity_id('lead_', record_key) AS lead_id,
    CASE
        WHEN is_converted_here OR is_converted OR deal_key IS NOT NULL OR lower(status) = 'converted' THEN 'converted'
        WHEN filed = 'archive' THEN 'archived'
        WHEN filed = 'restore' AND NOT coalesce(source_archived_at > filed_at, false) THEN 'open'
        WHEN is_archived OR archived_at IS NOT NULL OR lower(status) = 'archived' THEN 'archived'
        ELSE 'open'
    END AS decided_status
FROM known;
