-- Stages from the exported configuration of sources, and from the settings.
CREATE OR REPLACE TEMP TABLE configured_stages AS
SELECT
    source, pipeline, name AS stage, position, probability,
    'pipe_' || records.short_hash(source || chr(31) || coalesce(pipeline, '')) AS pipeline_id,
    'stage_' || records.short_hash(source || chr(31) || coalesce(pipeline, '') || chr(31) || name) AS stage_id,
    CASE WHEN is_won THEN 'won' WHEN is_closed THEN 'lost' ELSE 'open' END AS status
FROM records.current_version('records.source_stages') AS known
WHERE NOT EXISTS (
        SELECT 1 FROM stage_map
        WHERE stage_map.source = known.source AND stage_map.pipeline = coalesce(known.pipeline, 'Pipeline') AND stage_map.stage = known.name
    )
    AND name IS NOT NULL AND NOT coalesce(is_deleted, false)
QUALIFY row_number() OVER (PARTITION BY source, pipeline, name ORDER BY position NULLS LAST, record_key) = 1
UNION ALL BY NAME
SELECT
    'leadsift' AS source, pipeline, stage, position, NULL AS probability,
    'pipe_' || records.short_hash('leadsift' || chr(31) || pipeline) AS pipeline_id,
    'stage_' || records.short_hash('leadsift' || chr(31) || pipeline || chr(31) || stage) AS stage_id,
    'open' AS status
FROM own_stages;
