-- Deals from their sources, and deals that leads were converted into. The status is the stated one, else it follows from the closing
-- marks, else from the closing times.
CREATE OR REPLACE TEMP TABLE deal_facts AS
WITH known AS (
    -- A deal that a list only mentions is a link, not a deal.
    SELECT
        version.* REPLACE (
            coalesce(version.person_key, implied.person_key) AS person_key,
            coalesce(version.organization_key, implied.organization_key) AS organization_key,
            coalesce(version.lead_key, implied.lead_key) AS lead_key
        ),
        false AS is_local
    FROM records.current_version('records.source_deals') AS version
    LEFT JOIN implied_keys AS implied ON implied.record_key = version.record_key
    WHERE NOT coalesce(version.is_deleted, false) AND NOT (version.is_stub AND (version.object = 'deal' OR version.external_id IS NULL))
    UNION ALL BY NAME
    SELECT
        deal_key AS record_key,
        true AS is_local,
        details['pipeline_source'] AS source,
        details['title'] AS title,
        nullif(details['pipeline'], '') AS pipeline,
        details['stage'] AS stage,
        'open' AS status,
        CAST(details['value'] AS DECIMAL(18, 2)) AS value,
        details['currency'] AS currency,
        details['visibility'] AS visibility,
        CAST(details['expected_close_date'] AS DATE) AS expected_close_date,
        acted_at AS stage_entered_at,
        acted_at AS created_at,
        details['person_key'] AS person_key,
        details['organization_key'] AS organization_key,
        lead_key,
        users.record_key AS user_key
    FROM conversions
    LEFT JOIN (SELECT DISTINCT record_key FROM records.source_users) AS users ON users.record_key = details['user_key']
),
-- Stages that the settings map to those of another system.
placed AS (
    SELECT
        known.* REPLACE (
            if(stage_map.to_stage IS NULL, known.source, 'leadsift') AS source,
            coalesce(stage_map.to_pipeline, known.pipeline) AS pipeline,
            coalesce(stage_map.to_stage, known.stage) AS stage
        ),
        known.source AS own_source,
        known.pipeline AS own_pipeline
    FROM known
    LEFT JOIN stage_map
        ON stage_map.source = known.source AND stage_map.pipeline = coalesce(known.pipeline, 'Pipeline') AND stage_map.stage = known.stage
)
SELECT
    *,
    records.entity_id('deal_', record_key) AS deal_id,
    CASE
        WHEN lower(status) IN ('open', 'won', 'lost') THEN lower(status)
        WHEN is_won THEN 'won'
        WHEN is_closed THEN 'lost'
        WHEN is_closed = false THEN 'open'
        WHEN won_at IS NOT NULL AND lost_at IS NULL THEN 'won'
        WHEN lost_at IS NOT NULL AND won_at IS NULL THEN 'lost'
        ELSE 'open'
    END AS decided_status,
    if(pipeline IS NULL AND stage IS NULL, NULL, 'pipe_' || records.short_hash(source || chr(31) || coalesce(pipeline, ''))) AS pipeline_id,
    'stage_' || records.short_hash(source || chr(31) || coalesce(pipeline, '') || chr(31) || stage) AS stage_id
FROM placed;
