-- The stage and value that a CRM recorded each time a deal was saved. Saves at the same instant are ordered by win probability, then by the
-- source's id.
CREATE OR REPLACE TEMP TABLE deal_saves AS
SELECT
    deal_facts.deal_id,
    if(stage_map.to_stage IS NULL, deal_facts.own_source, 'leadsift') AS source,
    coalesce(stage_map.to_pipeline, deal_facts.own_pipeline) AS pipeline,
    coalesce(stage_map.to_stage, change.stage) AS stage,
    change.probability,
    change.entered_at,
    change.value,
    coalesce(change.currency, deal_facts.currency) AS currency,
    change.expected_close_date,
    records.user_id(change.user_key) AS changed_by,
    row_number() OVER (
        PARTITION BY deal_facts.deal_id
        ORDER BY change.entered_at NULLS FIRST, change.probability NULLS FIRST, change.external_id, change.record_key
    ) AS place
FROM records.current_version('records.source_stage_changes') AS change
LEFT JOIN linked_keys AS linked_deal ON linked_deal.reference_key = change.deal_key
JOIN deal_facts ON deal_facts.record_key = coalesce(linked_deal.record_key, change.deal_key)
LEFT JOIN stage_map
    ON stage_map.source = deal_facts.own_source
    AND stage_map.pipeline = coalesce(deal_facts.own_pipeline, 'Pipeline')
    AND stage_map.stage = change.stage
WHERE NOT coalesce(change.is_deleted, false);
