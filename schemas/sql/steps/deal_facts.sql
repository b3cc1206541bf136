-- Deals as their sources say, with their status decided: stated, else by the closing marks, else by the closing times.
CREATE OR REPLACE TEMP TABLE deal_facts AS
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
FROM records.current_version('records.source_deals')
WHERE NOT coalesce(is_deleted, false);
