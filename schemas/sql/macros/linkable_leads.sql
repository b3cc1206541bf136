-- Leads as `list_links` compares them.
CREATE OR REPLACE MACRO records.linkable_leads() AS TABLE
SELECT
    source, record_key, is_stub AS is_reference,
    if(object = 'lead', external_id, NULL) AS id,
    []::VARCHAR[] AS emails,
    NULL::VARCHAR AS domain,
    records.folded_name(title) AS name
FROM records.current_version('records.source_leads')
WHERE NOT coalesce(is_deleted, false);
