-- Stage changes between successive imports, for deals without a history from the CRM. The time of a change is the one that the source gives
-- (last stage change, else last change of the record), else the time when the import was received. The first known stage has a time only
-- if the source gives one.
CREATE OR REPLACE TEMP TABLE inferred_history AS
WITH named AS (
    SELECT *, 'stage_' || records.short_hash(source || chr(31) || coalesce(pipeline, '') || chr(31) || stage) AS stage_id
    FROM deal_versions
    WHERE stage IS NOT NULL AND NOT EXISTS (SELECT 1 FROM native_history WHERE native_history.deal_id = deal_versions.deal_id)
),
moves AS (
    SELECT *, lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place) AS from_stage_id
    FROM named
    QUALIFY stage_id IS DISTINCT FROM lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place)
)
SELECT
    *,
    CASE WHEN from_stage_id IS NULL THEN stage_entered_at ELSE coalesce(stage_entered_at, updated_at, received_at) END AS entered_at
FROM moves;
