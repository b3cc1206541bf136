-- Stage changes that the CRM recorded, one row for each move: consecutive saves in the same stage are one.
CREATE OR REPLACE TEMP TABLE native_history AS
WITH named AS (
    SELECT *, 'stage_' || records.short_hash(source || chr(31) || coalesce(pipeline, '') || chr(31) || stage) AS stage_id
    FROM deal_saves
    WHERE stage IS NOT NULL
)
SELECT *, lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place) AS from_stage_id
FROM named
QUALIFY stage_id IS DISTINCT FROM lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place);
