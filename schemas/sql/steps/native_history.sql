-- Stage changes that the CRM itself recorded, one row for each real move: saves that left the stage alone are folded together.
-- Moves within one instant are ordered by the chance of winning, then by the source's id.
CREATE OR REPLACE TEMP TABLE native_history AS
WITH saves AS (
    SELECT
        deal_facts.deal_id,
        'stage_' || records.short_hash(deal_facts.source || chr(31) || coalesce(deal_facts.pipeline, '') || chr(31) || change.stage) AS stage_id,
        deal_facts.source, deal_facts.pipeline, change.stage, change.probability,
        change.entered_at,
        records.entity_id('user_', change.user_key) AS changed_by,
        row_number() OVER (
            PARTITION BY deal_facts.deal_id
            ORDER BY change.entered_at NULLS FIRST, change.probability NULLS FIRST, change.external_id, change.record_key
        ) AS place
    FROM records.current_version('records.source_stage_changes') AS change
    JOIN deal_facts ON deal_facts.record_key = change.deal_key
    WHERE NOT coalesce(change.is_deleted, false) AND change.stage IS NOT NULL
)
SELECT *, lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place) AS from_stage_id
FROM saves
QUALIFY stage_id IS DISTINCT FROM lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place);
